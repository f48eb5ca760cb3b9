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

from services.kit.errors import Text
from services.kit.money import MAX_DIGITS, NotAnExactNumber, exact, plain

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

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_visible)]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(_no_controls_but_breaks),
]
_LINK = r"^https?://\S+$"
Link = Annotated[Label, StringConstraints(pattern=_LINK)]
_CODE = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$"
_PERIOD = r"^\d{4}(-(Q[1-4]|H[12]|\d{2}))?$"
CodeText = Annotated[str, StringConstraints(pattern=_CODE)]
_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
PeriodLabel = Annotated[str, Field(pattern=_PERIOD, examples=["2026-Q1"])]
MonthLabel = Annotated[str, Field(pattern=_MONTH, examples=["2026-03"])]
EMAIL: Final = r"^[^@\s]+@[^@\s]+$"
NO_SPACES: Final = r"^\S+$"
SHA_256: Final = r"^[0-9a-f]{64}$"
GRADE: Final = r"^[A-Za-z0-9+\-]{1,16}$"
"""Patterns of text that the API and files take alike."""

PATTERN_NAMES = {
    _CODE: Text(
        "编码只含字母、数字、点、横线、下划线，以字母或数字开头，至多 64 个字符",
        "a code of letters, digits, dots, dashes and underscores that begins with a letter or digit, at most 64 long",
    ),
    _PERIOD: Text("2026、2026-H1、2026-Q1 或 2026-03", "2026, 2026-H1, 2026-Q1 or 2026-03"),
    _MONTH: Text("月份，例如 2026-03", "a month such as 2026-03"),
    _LINK: Text("以“http://”或“https://”开头的网址", "an address that begins with http:// or https://"),
    r"^[A-Z]{3}$": Text("三个大写字母，例如 CNY", "three capital letters such as CNY"),
    NO_SPACES: Text("不含空格的文本", "text without spaces"),
    EMAIL: Text("电子邮箱地址", "an e-mail address"),
    SHA_256: Text("读取时得到的 64 位哈希值", "the hash of 64 digits as it was read"),
    GRADE: Text("等级，例如 A", "a grade such as A"),
}
"""What the patterns of fields mean, for people."""
