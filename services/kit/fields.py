"""Types of JSON fields: exact numbers as text, ids, labels. A JSON float is refused: it has already lost digits."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from services.kit.money import MAX_DIGITS, NotAnExactNumber, exact, plain
from services.kit.patterns import CODE, LINK, MONTH, PERIOD

PATTERN = r"^-?\d{1,30}(\.\d+)?$"


class Model(BaseModel):
    """Base of every request and response: unknown fields are refused, values are not changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


_WHOLE = Decimal(1)


def _exactly(low: str | None, high: str | None, places: int) -> Any:
    """Reads a number exactly. One within bounds, with all its places or none as in a column, is taken as it is."""
    full, longest = Decimal(1).scaleb(-places), Decimal("9" * (MAX_DIGITS - places))
    least, most = Decimal(low) if low else -longest, Decimal(high) if high else longest

    def read(given: object) -> Decimal:
        if (
            type(given) is Decimal
            and (given.same_quantum(full) or given.same_quantum(_WHOLE))
            and least <= given <= most
        ):
            return given
        value = _read(given)
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places:
            raise PydanticCustomError("too_many_places", "at most {places} decimal places", {"places": places})
        if low is not None and value < least:
            raise PydanticCustomError("too_small", "at least {low}", {"low": low})
        if high is not None and value > most:
            raise PydanticCustomError("too_great", "at most {high}", {"high": high})
        return value

    return PlainValidator(read)


def _read(value: object) -> Decimal:
    try:
        return exact(value)
    except NotAnExactNumber as fault:
        raise PydanticCustomError("not_exact", "expected a decimal number as text") from fault


def _schema(description: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": PATTERN, "description": description, "examples": [example]})


_writer = PlainSerializer(plain, return_type=str)

ExactDecimal = Annotated[Decimal, _exactly(None, None, 10), _writer, _schema("exact decimal number as text", "95.5")]
Money = Annotated[
    Decimal,
    _exactly("-9999999999999999.99", "9999999999999999.99", 2),
    _writer,
    _schema("amount in the currency's main unit, two places, as text", "54000.00"),
]
PositiveMoney = Annotated[
    Decimal,
    _exactly("0.00", "9999999999999999.99", 2),
    _writer,
    _schema("amount >= 0 in the currency's main unit, two places, as text", "54000.00"),
]
Score = Annotated[Decimal, _exactly("0", "120", 2), _writer, _schema("score from 0 to 120, as text", "98.07")]
Weight = Annotated[Decimal, _exactly("0", "100", 4), _writer, _schema("weight in percent, as text", "40")]
Percent = Annotated[Decimal, _exactly(None, None, 4), _writer, _schema("percentage, as text", "107.83")]
Coefficient = Annotated[Decimal, _exactly("0", "100", 4), _writer, _schema("factor >= 0, as text", "1.5")]

Id = UUID


_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def _refused(character: str) -> PydanticCustomError:
    named = f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    return PydanticCustomError("control_characters", "no {character}", {"character": named})


def _visible(value: str) -> str:
    """A label whose spaces are plain ones; nothing in it is invisible or changes the direction of writing."""
    if value.isprintable():  # neither of these nor any space but the plain one
        return value.strip()
    for character in value:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            raise _refused(character)
    return "".join(" " if character.isspace() else character for character in value).strip()


_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that count as letters or signs and are drawn as nothing."""


def _readable(value: str) -> str:
    """Something to read: a reason of blanks is none."""
    if all(character in _BLANK or unicodedata.category(character)[0] in "CZM" for character in value):
        raise PydanticCustomError("nothing_to_read", "text that can be read")
    return value


def _no_controls_but_breaks(value: str) -> str:
    if value.isprintable():
        return value
    for character in value:
        is_break = character in {"\n", "\t"}
        is_control = unicodedata.category(character) == "Cc" or unicodedata.bidirectional(character) in _DIRECTIONS
        if is_control and not is_break:
            raise _refused(character)
    return value


_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _shown_everywhere(moment: datetime) -> datetime:
    """A moment that has a date in every time zone, and lies within living memory or foresight."""
    if not _FIRST <= moment < _LAST:
        raise PydanticCustomError("moment_out_of_range", "a moment from 2000 to 8999")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_shown_everywhere)]

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(8999, 12, 31)


def _in_living_memory(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise PydanticCustomError("day_out_of_range", "a day from 1900 to 8999")
    return day


Day = Annotated[date, AfterValidator(_in_living_memory)]
"""A day that a person enters; what is far from it is a slip."""

Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_visible),
    AfterValidator(_readable),
]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(_no_controls_but_breaks),
    AfterValidator(_readable),
]
Link = Annotated[Label, StringConstraints(pattern=LINK)]
CodeText = Annotated[str, StringConstraints(pattern=CODE)]
PeriodLabel = Annotated[str, Field(pattern=PERIOD, examples=["2026-Q1"])]
MonthLabel = Annotated[str, Field(pattern=MONTH, examples=["2026-03"])]
