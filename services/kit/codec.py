"""Domain values as plain JSON, for the audit trail, events and JSON columns."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kit.periods import Period


def plain(value: object) -> object:
    """A domain value as JSON: dates, ids and numbers as text, periods with both ends included."""
    if isinstance(value, Period):
        return {"valid_from": str(value.start), "valid_to": plain(value.last)}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, UUID | date | Decimal) else value


def plain_object(value: Mapping[str, object]) -> dict[str, object]:
    """A mapping of domain values as a JSON object."""
    return {key: plain(item) for key, item in value.items()}


def fields_of(value: object) -> dict[str, object]:
    """The fields of a dataclass as a JSON object."""
    found = plain(value)
    return found if isinstance(found, dict) else {}
