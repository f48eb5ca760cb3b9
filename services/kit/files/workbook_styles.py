"""What a number cell shows, by its number format: the number, a day, leading zeros, per cent (ORG-14).

This module runs in the process of ``files.process``.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

# ECMA-376 part 1, 18.8.30, the dates of East Asian versions among them
_BUILT_IN_DAYS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_BUILT_IN: Final = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 49: "@"}
_PLAIN: Final = frozenset({"General", "@", "0", "G/通用格式", "GENERAL", "general"})
_ZEROS: Final = re.compile(r"0{2,}")
_NOT_SHOWN: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')
_DAY_LETTERS: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_FIRST: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no zone
_FIRST_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001 - the same
_LAST_OF_FEBRUARY: Final = 60  # Excel counts a 29 February 1900 that never was
_MOST_DAYS: Final = 2958466  # of the year 10000

Shown = float | dict[str, object]


class Styles:
    """The number formats of a workbook's cells. These are the events of its part styles.xml."""

    def __init__(self) -> None:
        self._own: dict[int, str] = {}
        self._cells: list[int] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note a format, or which format the cells of a style have."""
        if name == "numFmt":
            self._own[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")[:255]
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self._cells.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        """Leave the list of cell styles."""
        if name == "cellXfs":
            self._inside = False

    def text(self, content: str) -> None:
        """There is none that counts."""

    def format_of(self, style: str | None) -> "NumberFormat":
        """How a cell of this style shows its number."""
        place = int(style) if style else 0
        number = self._cells[place] if place < len(self._cells) else 0
        return NumberFormat(number, self._own.get(number, _BUILT_IN.get(number, "General")))


class NumberFormat:
    """How numbers are shown."""

    def __init__(self, number: int, code: str) -> None:
        first = _NOT_SHOWN.sub("", code).partition(";")[0]
        self._is_day = number in _BUILT_IN_DAYS or (code not in _PLAIN and bool(_DAY_LETTERS.search(first)))
        self.is_plain = code in _PLAIN and not self._is_day
        self._zeros = len(code) if _ZEROS.fullmatch(code) else 0
        self._is_percent = "%" in first

    def shown(self, value: float, *, from_1904: bool) -> Shown:
        """The cell for the process that asked: a number, or what else its user sees."""
        if self.is_plain:
            return value
        if self._is_day:
            moment = _moment(value, from_1904=from_1904)
            return {"number": value, "shown": None} if moment is None else {"moment": moment.isoformat()}
        if self._zeros and value >= 0 and value == int(value):
            return {"number": value, "shown": format(Decimal(value), "f").zfill(self._zeros)}
        return {"number": value, "shown": None, "percent": self._is_percent}


def _moment(value: float, *, from_1904: bool) -> datetime | None:
    """The moment that a count of days stands for; None where a spreadsheet shows none either."""
    if not 0 <= value < _MOST_DAYS:
        return None
    if from_1904:
        return _FIRST_1904 + timedelta(seconds=round(value * 86400))
    shift = 1 if value < _LAST_OF_FEBRUARY else 0
    return _FIRST + timedelta(days=shift, seconds=round(value * 86400))
