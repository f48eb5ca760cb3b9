"""Parsers of spreadsheet cells. A cell is text (always in CSV) or what the spreadsheet program made of the input."""

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from services.kit.errors import Text
from services.kit.files.sheets import Cell, CellRefused, OddNumber, Parser, stripped
from services.kit.money import NotAnExactNumber, exact
from services.kit.out_of_range_values import FIRST, LAST
from services.kit.patterns import PATTERN_NAMES

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_CHINESE_DATE = re.compile(r"(\d{4})(年)(\d{1,2})月(\d{1,2})日", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_EXCEL_ERROR = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
_NO_PERCENT = Text("不带百分号的数", "a number without a percent sign")
_IN_PROSE = "\n\t\u00ad\u200b\u200c\u200d\u2060\ufeff"
_DAYS_KEPT = 4096
_EXACT_DIGITS = 15  # as many decimal digits as a spreadsheet's binary number keeps for certain


def text(longest: int = 200) -> Parser:
    """A label, as ``fields.Label``: at most ``longest`` characters, spaces plain; a number is taken as it is shown.

    Zero-width characters, which nobody sees, are left out; what changes the direction of writing is refused.
    """
    expected = Text(f"不超过 {longest} 个字符的文本", f"text of at most {longest} characters")

    def parse(cell: Cell) -> str:
        written = stripped(_written(cell, expected))
        if not written or len(written) > longest:
            raise CellRefused(expected)
        if written.isprintable():
            return written
        plain = "".join(" " if unicodedata.category(each) == "Zs" else each for each in written)
        _demand_harmless(plain, but="")
        return plain

    return parse


def matching(pattern: str, longest: int = 200) -> Parser:
    """A label of a form that ``patterns.PATTERN_NAMES`` names."""
    wanted, parse_text = re.compile(pattern), text(longest)

    def parse(cell: Cell) -> str:
        written = str(parse_text(cell))
        if not wanted.search(written):
            raise CellRefused(PATTERN_NAMES[pattern])
        return written

    return parse


def prose(longest: int = 4000) -> Parser:
    """Text of several lines, as ``fields.Prose``: at most ``longest`` characters, kept as they are."""
    expected = Text(f"不超过 {longest} 个字符的文本", f"text of at most {longest} characters")

    def parse(cell: Cell) -> str:
        written = _written(cell, expected).replace("\r\n", "\n")
        if not written or len(written) > longest:
            raise CellRefused(expected)
        _demand_harmless(written, but=_IN_PROSE)
        return written

    return parse


def _demand_harmless(written: str, *, but: str) -> None:
    """Refuse control characters and those that turn the direction of writing, naming the first."""
    for character in "" if written.isprintable() else written:
        if not (character.isprintable() or character in but or unicodedata.category(character) == "Zs"):
            name = f"U+{ord(character):04X}"
            raise CellRefused(Text(f"不含不可见字符 {name} 的文本", f"text without the invisible character {name}"))


def code() -> Parser:
    """A code: Latin letters, digits, dot, dash, underscore; at most 64."""
    expected = Text(
        "由字母、数字、点、横线、下划线组成的编码，至多 64 个字符",
        "a code of letters, digits, dots, dashes and underscores, at most 64 characters",
    )

    def parse(cell: Cell) -> str:
        written = stripped(_written(cell, expected))
        if not _CODE.fullmatch(written):
            raise CellRefused(expected)
        return written

    return parse


def integer(least: int = 0, most: int = 10**9) -> Parser:
    """A whole number from ``least`` to ``most``."""
    expected = Text(f"{least} 至 {most} 之间的整数", f"a whole number from {least} to {most}")

    def parse(cell: Cell) -> int:
        number = _number(cell, expected)
        if number != number.to_integral_value() or not least <= number <= most:
            raise CellRefused(expected)
        return int(number)

    return parse


def decimal(
    places: int = 2, least: str | None = None, most: str | None = None, *, takes_percent: bool = False
) -> Parser:
    """An exact decimal number with at most ``places`` places; commas between thousands do not count.

    With ``takes_percent`` the number is in per cent, and 12.5% is 12.5; elsewhere a percent sign is refused.

    A binary number of a spreadsheet is read by its shortest decimal form, which is what its user typed or sees, and
    refused where that form has more digits than a spreadsheet keeps for certain.
    """
    bounds = _bounds(least, most)
    expected = Text(f"{bounds.zh}至多 {places} 位小数的数", f"a number{bounds.en} with at most {places} decimal places")

    def parse(cell: Cell) -> Decimal:
        number = _number(_points(cell) if takes_percent else cell, expected)
        exponent = number.as_tuple().exponent
        too_fine = isinstance(exponent, int) and -exponent > places
        too_small = least is not None and number < Decimal(least)
        too_great = most is not None and number > Decimal(most)
        if too_fine or too_small or too_great:
            raise CellRefused(expected)
        return number

    return parse


def _bounds(least: str | None, most: str | None) -> Text:
    """Between which values a number must lie, as part of a sentence; both ends count."""
    if least and most:
        return Text(f"{least} 至 {most} 之间、", f" from {least} to {most}")
    if least or most:
        return (
            Text(f"不小于 {least}、", f" of at least {least}")
            if least
            else Text(f"不大于 {most}、", f" of at most {most}")
        )
    return Text("", "")


def day() -> Parser:
    """A date: a date cell, or text like 2026-03-31, 2026/3/31, 2026.3.31 or 2026年3月31日."""
    expected = Text("日期，例如 2026-03-31", "a date such as 2026-03-31")
    near = Text(f"{FIRST} 至 {LAST} 之间的日期", f"a date from {FIRST} to {LAST}")

    def within(found: date) -> date:
        if not FIRST <= found <= LAST:
            raise CellRefused(near)
        return found

    @lru_cache(_DAYS_KEPT, typed=True)  # the same days come again and again in a file
    def parse(cell: Cell) -> date:
        if isinstance(cell, datetime):
            if cell.time() != time.min:
                raise CellRefused(expected)
            return within(cell.date())
        if isinstance(cell, date):
            return within(cell)
        written = stripped(cell) if isinstance(cell, str) else ""
        match = _DATE.fullmatch(written) or _CHINESE_DATE.fullmatch(written)
        if match is None:
            raise CellRefused(expected)
        try:
            return within(date(int(match[1]), int(match[3]), int(match[4])))
        except ValueError as fault:
            raise CellRefused(expected) from fault

    return parse


def labelled(names: Mapping[Any, Text], *, also: Mapping[str, Any] | None = None) -> Parser:
    """One of the named things, by its name in either language, or by what else ``also`` says that people call it."""
    expected = Text(
        f"以下之一：{'、'.join(name.zh for name in names.values())}",
        f"one of {', '.join(name.en for name in names.values())}",
    )
    things = {word: thing for thing, name in names.items() for word in name} | dict(also or {})

    def parse(cell: Cell) -> Any:
        written = stripped(_written(cell, expected))
        if written not in things:
            raise CellRefused(expected)
        return things[written]

    return parse


def yes_no() -> Parser:
    """是 or 否, yes or no, or a spreadsheet's own TRUE or FALSE."""
    words = labelled({True: Text("是", "yes"), False: Text("否", "no")})

    def parse(cell: Cell) -> Any:
        return cell if isinstance(cell, bool) else cell == "TRUE" or (cell != "FALSE" and words(cell))

    return parse


def _written(cell: Cell, expected: Text) -> str:
    """The cell as its user sees it, where that is beyond doubt."""
    if isinstance(cell, str):
        written = cell.strip()
        if written[:1] == "#" and _EXCEL_ERROR.fullmatch(written):
            raise CellRefused(expected)
        return written
    if isinstance(cell, OddNumber) and cell.shown is not None:
        return cell.shown
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return format(_number(cell, expected), "f")
    raise CellRefused(expected)


def _points(cell: Cell) -> Cell:
    """A percentage as a plain number in per cent."""
    if isinstance(cell, OddNumber) and cell.percent:
        return format(Decimal(repr(cell.value)).scaleb(2).normalize(), "f")
    if isinstance(cell, str) and stripped(cell).endswith(("%", "％")):
        return stripped(stripped(cell)[:-1])
    return cell


def _number(cell: Cell, expected: Text) -> Decimal:
    if isinstance(cell, OddNumber):
        if cell.percent:
            raise CellRefused(_NO_PERCENT)
        cell = cell.value
    if isinstance(cell, str):
        cell = stripped(cell)
        if cell.endswith(("%", "％")):
            raise CellRefused(_NO_PERCENT)
        cell = cell.replace(",", "") if _GROUPED.fullmatch(cell) else cell
    try:
        if isinstance(cell, float):
            if not math.isfinite(cell) or abs(cell) >= 10**_EXACT_DIGITS:
                raise CellRefused(expected)
            if cell.is_integer():
                return Decimal(int(cell))
            number = format(Decimal(repr(cell)), "f")  # the shortest form, without exponent
            if len(number.lstrip("-0.").replace(".", "")) > _EXACT_DIGITS:
                raise CellRefused(expected)
            return Decimal(number)
        return exact(cell)
    except NotAnExactNumber as fault:
        raise CellRefused(expected) from fault
