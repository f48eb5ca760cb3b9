"""The cells of a sheet as their user sees them (ORG-14).

A cell comes out as text, a number, a truth value or None; as {"moment": …} for a date, {"number": …, "shown": …} for a
number that is shown in another way than by its digits, and {"error": "#N/A"} or {"formula": "=A1"} where there is no
value to read. Rows and cells that hold no value are not there. This module runs in the process of
``files.process``.
"""

import re
from collections.abc import Callable
from datetime import datetime
from math import isfinite
from typing import Final, Protocol

from services.kit.files.workbook_strings import MAX_CELL_TEXT, RunText, unescaped
from services.kit.files.workbook_styles import NumberFormat
from services.kit.files.workbook_unpacking import Enough, FileRefused

MAX_COLUMNS: Final = 52  # A to AZ
_LETTERS: Final = re.compile(r"[A-Z]{1,3}", re.ASCII)
_DIGITS: Final = "0123456789"
_ROW_NUMBER: Final = re.compile(r"\d{1,7}", re.ASCII)

Emit = Callable[[int, list[object]], None]


class Book(Protocol):
    """What cells refer to."""

    @property
    def from_1904(self) -> bool:
        """Whether days are counted from 1904."""

    def string(self, number: str) -> str:
        """A text of the file's common list."""

    def format_of(self, style: str | None) -> NumberFormat:
        """How a cell of this style shows its number."""


def _moment(value: str) -> object:
    try:
        return {"moment": datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0).isoformat()}
    except ValueError:
        return value


# By the cell's type, what its value means; formulas among them have their result here as well.
_READ_AS: Final[dict[str, Callable[[str], object]]] = {
    "str": unescaped,
    "inlineStr": str,
    "e": lambda value: {"error": value or "#N/A"},
    "b": lambda value: value in {"1", "true"} if value else None,
    "d": _moment,
}


class Cells:
    """The events of a sheet's part."""

    def __init__(self, workbook: Book, emit: Emit, max_rows: int | None) -> None:
        self._workbook = workbook
        self._emit = emit
        self._max_rows = max_rows
        self._row, self._column = 0, -1
        self._cells: list[object] = []
        self._columns: dict[str, int] = {}
        self._kind, self._style = "n", None  # type: str, str | None
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._length = 0
        self._inline = RunText()
        self._is_inline = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._into = self._value
        elif name == "f":
            self._into = self._formula = []
        elif name == "row":
            self._start_row(attributes.get("r"))
        elif name == "is":
            self._is_inline = True
        elif self._is_inline:
            self._inline.start(name)

    def end(self, name: str) -> None:
        if name in {"v", "f"}:
            self._into, self._length = None, 0
        elif name == "c":
            self._end_cell()
        elif name == "row":
            if self._cells:
                self._emit(self._row, self._cells)
            self._cells = []
        elif name == "is":
            self._is_inline = False
            self._value = [self._inline.taken()]
        elif self._is_inline:
            self._inline.end(name)
        elif name == "sheetData":
            raise Enough

    def text(self, content: str) -> None:
        if self._into is not None:
            self._length += len(content)
            if self._length > MAX_CELL_TEXT:
                raise FileRefused("cell_too_long")
            self._into.append(content)
        elif self._is_inline:
            self._inline.text(content)

    def _start_row(self, number: str | None) -> None:
        if number is not None and not _ROW_NUMBER.fullmatch(number):
            raise FileRefused("damaged")
        row = int(number) if number else self._row + 1
        if row <= self._row:
            raise FileRefused("damaged")
        self._row, self._column, self._cells = row, -1, []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = self._column + 1
        if reference is not None:
            letters = reference.rstrip(_DIGITS)
            known = self._columns.get(letters)
            column = self._columns.setdefault(letters, _column(letters)) if known is None else known
        if column <= self._column:
            raise FileRefused("damaged")
        self._column = column
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s")
        self._value, self._formula = [], None

    def _end_cell(self) -> None:
        if not self._value and self._formula is None and self._kind != "e":
            return
        value = self._cell()
        if value is None or value == "":
            return
        cells, column = self._cells, self._column
        if self._max_rows is not None:
            if self._row > self._max_rows + 1 or column >= MAX_COLUMNS:
                raise FileRefused("too_many_cells")
            if len(cells) < column:
                cells += [None] * (column - len(cells))
        cells.append(value)

    def _cell(self) -> object:
        value = self._value[0] if len(self._value) == 1 else "".join(self._value)
        if self._kind == "s":
            return self._workbook.string(value) if value else None
        if self._kind in _READ_AS:
            return _READ_AS[self._kind](value)
        if not value:
            return None if self._formula is None else {"formula": "=" + "".join(self._formula)[:60]}
        return self._number(value)

    def _number(self, value: str) -> object:
        try:
            number = float(value)
        except ValueError as fault:
            raise FileRefused("damaged") from fault
        if not isfinite(number):
            raise FileRefused("damaged")
        shown = self._workbook.format_of(self._style)
        return number if shown.is_plain else shown.shown(number, from_1904=self._workbook.from_1904)


def _column(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        raise FileRefused("damaged")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1
