"""How ``kit.database.codec`` reads and writes single values: exact numbers, days, bilingual texts and periods."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final, TypeVar

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, TypeAdapter, ValidationInfo, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

from services.kit.errors import Invalid, Text
from services.kit.fields import PATTERN
from services.kit.money import NotAnExactNumber, exact
from services.kit.money import plain as number_text
from services.kit.periods import Period

Read = TypeVar("Read")


def keeping_refusals(value: object, handler: Callable[[object], Read]) -> Read:
    """What ``handler`` makes of ``value``; what the domain refuses keeps its error inside pydantic's."""
    try:
        return handler(value)
    except Invalid as refused:
        raise PydanticCustomError("refused", "refused by the domain", {"refused": refused}) from refused


def _read_decimal(value: object) -> Decimal:
    if not isinstance(value, str | Decimal):
        raise PydanticCustomError("not_exact", "expected a decimal number as text")
    try:
        return exact(value)
    except NotAnExactNumber as fault:
        raise PydanticCustomError("not_exact", "expected a decimal number as text") from fault


def _read_fraction(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) not in {1, 2} or not all(part.removeprefix("-").isdecimal() for part in parts) or "0" in parts[1:]:
        raise PydanticCustomError("not_exact", "expected a fraction as text, such as 7/3")
    return Fraction(*map(int, parts))


def _read_text(value: object, info: ValidationInfo) -> Text:
    if isinstance(value, Text):
        return value
    named: Mapping[str, Text] = info.context or {}
    if isinstance(value, str) and value in named:
        return named[value]
    halves = [value.get(name) for name in Text._fields] if isinstance(value, Mapping) and len(value) == 2 else []  # noqa: PLR2004 - zh and en
    found = [half.strip() for half in halves if isinstance(half, str)]
    if len(found) != len(Text._fields):
        raise PydanticCustomError("not_bilingual", "expected a text with zh and en")
    return Text(*found)


def _read_period(value: object) -> Period:
    return value if isinstance(value, Period) else keeping_refusals(value, _period)


def _period(value: object) -> Period:
    if not isinstance(value, Mapping) or not {"valid_from"} <= set(value) <= {"valid_from", "valid_to"}:
        raise PydanticCustomError("not_a_period", "expected valid_from and valid_to")
    first, last = (_DAY_OR_NONE.validate_python(value.get(name)) for name in ("valid_from", "valid_to"))
    if first is None:
        raise PydanticCustomError("not_a_period", "expected valid_from and valid_to")
    return Period.closed(first, last)


def _no_number(value: object) -> object:
    """Refuse seconds since 1970 where a day or moment is written as text."""
    if isinstance(value, int | float):
        raise PydanticCustomError("date_type", "expected text")
    return value


def period_object(value: Period) -> dict[str, str | None]:
    """A period as JSON: both ends included, ``valid_to`` null for one without end."""
    return {"valid_from": str(value.start), "valid_to": None if value.last is None else str(value.last)}


def _node(shape: Any) -> CoreSchema:
    return TypeAdapter(shape).core_schema


_DAY_OR_NONE: Final[TypeAdapter[date | None]] = TypeAdapter(Annotated[date, BeforeValidator(_no_number)] | None)
_BILINGUAL: Final = {
    "type": "object",
    "description": "A text in both languages.",
    "properties": {
        "zh": {"type": "string", "description": "Text in Chinese."},
        "en": {"type": "string", "description": "Text in English."},
    },
    "required": ["zh", "en"],
    "additionalProperties": False,
}
_SPAN: Final = {
    "type": "object",
    "properties": {
        "valid_from": {"type": "string", "format": "date", "description": "First day of the span."},
        "valid_to": {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
            "description": "Last day, included; null: without end.",
        },
    },
    "required": ["valid_from"],
    "additionalProperties": False,
    "description": "Days, both ends included.",
}
LEAVES: Final[Mapping[Any, CoreSchema]] = {
    "decimal": _node(
        Annotated[
            Decimal,
            PlainValidator(_read_decimal),
            PlainSerializer(number_text, return_type=str),
            WithJsonSchema({"type": "string", "pattern": PATTERN, "description": "exact decimal number as text"}),
        ]
    ),
    "fraction": _node(
        Annotated[
            Fraction,
            PlainValidator(_read_fraction),
            PlainSerializer(str, return_type=str),
            WithJsonSchema({"type": "string", "pattern": r"^-?\d+(/\d+)?$", "description": "exact fraction as text"}),
        ]
    ),
    "date": _node(Annotated[date, BeforeValidator(_no_number)]),
    "datetime": _node(Annotated[datetime, BeforeValidator(_no_number)]),
    Text: _node(
        Annotated[
            Text,
            PlainValidator(_read_text),
            PlainSerializer(Text._asdict, return_type=dict[str, str]),
            WithJsonSchema(_BILINGUAL),
        ]
    ),
    Period: _node(
        Annotated[
            Period,
            PlainValidator(_read_period),
            PlainSerializer(period_object, return_type=dict[str, str | None]),
            WithJsonSchema(_SPAN),
        ]
    ),
}
