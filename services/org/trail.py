"""What every change leaves behind: a line of the audit trail and news for others, in the transaction of the deed."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.kit.audit import record
from services.kit.database import WriteSession
from services.kit.events import publish
from services.kit.identity import Caller
from services.kit.periods import Period


def plain(value: object) -> object:
    """Domain values as plain JSON: dates, ids and numbers as text, periods with both ends included."""
    if isinstance(value, Period):
        return {"first_day": str(value.start), "last_day": plain(value.last)}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, UUID | date | Decimal) else value


def fields_of(facts: object) -> dict[str, object]:
    """The fields of a dataclass as plain JSON."""
    found = plain(facts)
    return found if isinstance(found, dict) else {}


async def leave(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    action: str,
    resource: str,
    resource_id: UUID,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    news: str | None = None,
    about: tuple[str, UUID] | None = None,
    data: Mapping[str, object] | None = None,
) -> None:
    """Record ``action`` and, if ``news`` names an event type, report it.

    ``about`` is what the news is about where it is not the changed record itself; ``data`` holds ids and dates only.
    """
    await record(
        session,
        caller=caller,
        action=action,
        resource=resource,
        resource_id=resource_id,
        now=now,
        before=_object(before),
        after=_object(after),
    )
    if news is not None:
        noun, subject_id = about or (resource, resource_id)
        told = {f"{resource}_id": resource_id, "action": action, **(data or {})}
        await publish(session, type=news, subject=f"{noun}/{subject_id}", data=_object(told) or {}, now=now)


def _object(value: Mapping[str, object] | None) -> dict[str, object] | None:
    return None if value is None else {key: plain(item) for key, item in value.items()}
