"""Parsers of spreadsheet cells. A cell is text (always in CSV) or what the spreadsheet program made of the input."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from services.kit.errors import Text
from services.kit.money import NotAnExactNumber, exact
from services.kit.spreadsheets import Cell, CellRefused, Parser

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)
_EXCEL_ERROR = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
_DAYS_KEPT = 4096
_EXACT_DIGITS = 15  # as many decimal digits as a spreadsheet's binary number keeps for certain


def text(longest: int = 200) -> Parser:
    """Text without control characters, at most ``longest`` characters; a number is taken as it is written."""
    expected = Text(f"不超过 {longest} 个字符的文本", f"text of at most {longest} characters")

    def parse(cell: Cell) -> str:
        written = _written(cell, expected)
        printable = written.isprintable() or written.replace("\n", "").isprintable()
        if not written or len(written) > longest or not printable:
            raise CellRefused(expected)
        return written

    return parse


def code() -> Parser:
    """A code: Latin letters, digits, dot, dash, underscore; at most 64."""
    expected = Text(
        "由字母、数字、点、横线、下划线组成的编码，至多 64 个字符",
        "a code of letters, digits, dots, dashes and underscores, at most 64 characters",
    )

    def parse(cell: Cell) -> str:
        written = _written(cell, expected)
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


def decimal(places: int = 2, least: str | None = None, most: str | None = None) -> Parser:
    """An exact decimal number with at most ``places`` places.

    A binary number of a spreadsheet is read by its shortest decimal form, which is what its user typed or sees, and
    refused where that form has more digits than a spreadsheet keeps for certain.
    """
    bounds = _bounds(least, most)
    expected = Text(f"{bounds.zh}至多 {places} 位小数的数", f"a number{bounds.en} with at most {places} decimal places")

    def parse(cell: Cell) -> Decimal:
        number = _number(cell, expected)
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
    """A date: a date cell, or text like 2026-03-31 or 2026/3/31."""
    expected = Text("日期，例如 2026-03-31", "a date such as 2026-03-31")

    @lru_cache(_DAYS_KEPT, typed=True)  # the same days come again and again in a file
    def parse(cell: Cell) -> date:
        if isinstance(cell, datetime):
            if cell.time() != time.min:
                raise CellRefused(expected)
            return cell.date()
        if isinstance(cell, date):
            return cell
        match = _DATE.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match is None:
            raise CellRefused(expected)
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError as fault:
            raise CellRefused(expected) from fault

    return parse


def choice(meanings: Mapping[str, Any]) -> Parser:
    """One of given words, and what it means: ``choice({"管理": "management", "专业": "professional"})``."""
    words = "、".join(meanings)
    expected = Text(f"以下之一：{words}", f"one of {words}")

    def parse(cell: Cell) -> Any:
        written = _written(cell, expected)
        if written not in meanings:
            raise CellRefused(expected)
        return meanings[written]

    return parse


def yes_no() -> Parser:
    """是 or 否, or a spreadsheet's own TRUE or FALSE."""
    words = choice({"是": True, "否": False})
    return lambda cell: cell if isinstance(cell, bool) else words(cell)


def _written(cell: Cell, expected: Text) -> str:
    """The cell as its user sees it, where that is beyond doubt."""
    if isinstance(cell, str):
        written = cell.strip()
        if written[:1] == "#" and _EXCEL_ERROR.fullmatch(written):
            raise CellRefused(expected)
        return written
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return format(_number(cell, expected), "f")
    raise CellRefused(expected)


def _number(cell: Cell, expected: Text) -> Decimal:
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
        return exact(cell.strip() if isinstance(cell, str) else cell)
    except NotAnExactNumber as fault:
        raise CellRefused(expected) from fault
