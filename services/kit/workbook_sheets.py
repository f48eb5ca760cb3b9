"""The cells of an XLSX file as their user sees them, row by row (ORG-14).

A cell comes out as text, a number, a truth value or None; as {"moment": …} for a date, {"number": …, "shown": …} for a
number that is shown in another way than by its digits, and {"error": "#N/A"} or {"formula": "=A1"} where there is no
value to read. Rows and cells that hold no value are not there. This module runs in the process of
``spreadsheet_process``.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Final

from services.kit.workbook_styles import NumberFormat, Styles
from services.kit.workbook_unpacking import Archive, Enough, FileRefused, resolved

MAX_COLUMNS: Final = 52  # A to AZ
MAX_CELL_TEXT: Final = 32_767  # as Excel has it
MAX_STRINGS: Final = 1_000_000
MAX_STRING_TEXT: Final = 32 * 1024 * 1024
_WORKBOOK: Final = "xl/workbook.xml"
_MAX_SHEETS: Final = 500
_HIDDEN: Final = frozenset({"hidden", "veryHidden"})
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_ROW_NUMBER: Final = re.compile(r"\d{1,7}", re.ASCII)
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")

Emit = Callable[[int, list[object]], None]


@dataclass(frozen=True)
class SheetPart:
    """A sheet: its name, the part of the file that holds it, whether its users see it."""

    name: str
    part: str
    hidden: bool


@dataclass
class Workbook:
    """A workbook, its cells not yet read."""

    archive: Archive
    sheets: list[SheetPart]
    from_1904: bool
    styles: Styles
    _strings_part: str | None
    _strings: list[str] | None = None
    formats: dict[str | None, NumberFormat] = field(default_factory=dict)

    @classmethod
    def of(cls, archive: Archive) -> "Workbook":
        """Raises FileRefused."""
        if not archive.has(_WORKBOOK):
            raise FileRefused("not_a_workbook")
        listed, related, styles = _SheetList(), _Relations(), Styles()
        archive.walk(_WORKBOOK, listed)
        archive.walk("xl/_rels/workbook.xml.rels", related)
        sheets = [
            SheetPart(name, related.targets[rid], state in _HIDDEN)
            for name, rid, state in listed.sheets
            if rid in related.targets
        ]
        if related.by_type.get("styles"):
            archive.walk(related.by_type["styles"], styles)
        return cls(archive, sheets, listed.from_1904, styles, related.by_type.get("sharedStrings"))

    def read(self, sheet: SheetPart, emit: Emit, *, max_rows: int) -> None:
        """Give every row that holds a value to ``emit``, with its number.

        Raises:
            FileRefused: damaged, or reaching too far.
        """
        self.archive.walk(sheet.part, _Cells(self, emit, max_rows))

    def is_empty(self, sheet: SheetPart) -> bool:
        """Whether a sheet holds no value at all."""
        found = False

        def seen(_row: int, _cells: list[object]) -> None:
            nonlocal found
            found = True
            raise Enough

        self.archive.walk(sheet.part, _Cells(self, seen, None))
        return not found

    def string(self, number: str) -> str:
        """A text of the file's common list."""
        if self._strings is None:
            strings = _Strings()
            if self._strings_part:
                self.archive.walk(self._strings_part, strings)
            self._strings = strings.found
        try:
            return self._strings[int(number)]
        except (IndexError, ValueError) as fault:
            raise FileRefused("damaged") from fault

    def format_of(self, style: str | None) -> NumberFormat:
        """How a cell of this style shows its number."""
        known = self.formats.get(style)
        if known is None:
            known = self.formats[style] = self.styles.format_of(style)
        return known


class _Silent:
    """Events that pass over all but the tags that begin."""

    def end(self, name: str) -> None:
        pass

    def text(self, content: str) -> None:
        pass


class _SheetList(_Silent):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("rid", ""), attributes.get("state", "")))
            if len(self.sheets) > _MAX_SHEETS:
                raise FileRefused("unusual")
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in {"1", "true"}


class _Relations(_Silent):
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self.by_type: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = resolved("xl", attributes.get("Target", ""))
            self.targets[attributes.get("Id", "")] = target
            self.by_type[attributes.get("Type", "").rpartition("/")[2]] = target


class _Strings:
    """The common list of texts."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text = _Text()
        self._length = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._text.start(name)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "si":
            text = self._text.taken()
            self._length += len(text)
            if len(self.found) >= MAX_STRINGS or self._length > MAX_STRING_TEXT:
                raise FileRefused("too_large")
            self.found.append(text)

    def text(self, content: str) -> None:
        self._text.text(content)


class _Text:
    """The text of an ``si`` or ``is``: all its runs, without the phonetic ones."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._collects = False
        self._phonetic = False

    def start(self, name: str) -> None:
        if name == "t":
            self._collects = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self._collects = False
        elif name == "rPh":
            self._phonetic = False

    def text(self, content: str) -> None:
        if self._collects:
            self._length += len(content)
            if self._length > MAX_CELL_TEXT:
                raise FileRefused("cell_too_long")
            self._pieces.append(content)

    def taken(self) -> str:
        """What was collected; the next text begins."""
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return unescaped(text)


def unescaped(text: str) -> str:
    """Text with characters that XML cannot hold, which Excel writes as ``_x000D_``."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


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


class _Cells:
    """The events of a sheet's part."""

    def __init__(self, workbook: Workbook, emit: Emit, max_rows: int | None) -> None:
        self._workbook = workbook
        self._emit = emit
        self._max_rows = max_rows
        self._row, self._column = 0, -1
        self._cells: list[object] = []
        self._kind, self._style = "n", None  # type: str, str | None
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._length = 0
        self._inline = _Text()
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
        column = _column(reference) if reference else self._column + 1
        if column <= self._column:
            raise FileRefused("damaged")
        self._column = column
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s")
        self._value, self._formula = [], None

    def _end_cell(self) -> None:
        value = self._cell()
        if value is None or value == "":
            return
        if self._max_rows is not None and (self._row > self._max_rows + 1 or self._column >= MAX_COLUMNS):
            raise FileRefused("too_many_cells")
        if self._max_rows is not None:
            self._cells += [None] * (self._column - len(self._cells))
        self._cells.append(value)

    def _cell(self) -> object:
        value = "".join(self._value)
        if self._kind in _READ_AS:
            return _READ_AS[self._kind](value)
        if self._kind == "s":
            return self._workbook.string(value) if value else None
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


def _column(reference: str) -> int:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise FileRefused("damaged")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1


def wanted(workbook: Workbook, names: Iterable[str]) -> list[SheetPart]:
    """The sheets that are read: seen by their users, and called by one of ``names``."""
    known = set(names)
    return [sheet for sheet in workbook.sheets if not sheet.hidden and sheet.name in known]
