"""Tables as people keep them: sheets with declared columns, read into typed rows and a complete list of field_errors.

    UNITS = SheetForm("单元", (Column("单元编码", "code", code()), Column("生效日期", "first", day())), make=UnitRow)
    reading = read_workbook(data, [UNITS, POSITIONS])     # kit.spreadsheet_files
    reading.rows(UNITS)                                   # [Line(row=2, value=UnitRow(code="U-1", first=…)), …]
    reading.field_errors                                        # every bad cell of every sheet, not only the first

A faulty row is left out of ``rows``; check ``field_errors`` before storing anything.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import zip_longest
from typing import Any, Generic, NamedTuple, TypeVar

from services.kit.errors import FieldError, Invalid, Text

Row = TypeVar("Row")
Cell = object
Parser = Callable[[Cell], object]
Numbered = tuple[int, Sequence[Cell]]

HEADER_ROW = 1


class CellRefused(Exception):
    """Raised by a parser: the cell does not hold what it should. ``expected`` says what that is."""

    def __init__(self, expected: Text) -> None:
        self.expected = expected
        super().__init__(expected.en)


class OddNumber(NamedTuple):
    """A number cell that shows something else than its digits: ``shown``, or None where that is uncertain.

    ``percent``: the cell shows a hundred times its value, with a percent sign.
    """

    value: float
    shown: str | None
    percent: bool


class Unreadable(NamedTuple):
    """A cell without a value: an error such as #N/A, or a formula that was never calculated. Never an empty cell."""

    found: str
    expected: Text


class SheetsRefused(Invalid):
    """A file has cells that are not as they should be; nothing of it was stored."""

    code = "cells_refused"
    zh = "文件中有 {count} 处错误，本次未导入任何内容；请按下列提示修改后重新上传。"
    en = "The file has {count} errors, so nothing was imported; correct them as follows and upload it again."


@dataclass(frozen=True)
class CellFault:
    """One error. ``row`` counts as spreadsheet programs do, from 1; ``column`` is the header, None for a row."""

    sheet: str
    row: int
    column: str | None
    found: str | None
    expected: Text

    def as_fault(self) -> FieldError:
        """The same for a problem document: ``/单元/12/上级单元编码``."""
        where = "/".join(("", self.sheet, str(self.row), *((self.column,) if self.column else ())))
        return FieldError(where, self.found, self.expected)


@dataclass(frozen=True)
class Column:
    """A declared column: ``header`` in the file, ``name`` in the row. An empty optional cell gives ``default``.

    ``english`` is the header of an English file, ``other`` are headers that earlier files have, ``hint`` is a line of
    the template.
    """

    header: str
    name: str
    parse: Parser
    required: bool = True
    default: object = None
    english: str | None = None
    other: tuple[str, ...] = ()
    hint: Text | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers by which it is known."""
        return (self.header, *((self.english,) if self.english else ()), *self.other)


Place = tuple[Column | None, str]


class Line(NamedTuple, Generic[Row]):
    """A row read without fault, and where it stood."""

    row: int
    value: Row


@dataclass(frozen=True)
class SheetForm(Generic[Row]):
    """What a sheet must look like. ``make`` is called with the columns' names as keywords."""

    name: str
    columns: tuple[Column, ...]
    make: Callable[..., Row]
    optional: bool = False
    english: str | None = None
    other: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names by which the sheet is known."""
        return (self.name, *((self.english,) if self.english else ()), *self.other)

    @property
    def english_name(self) -> str:
        """What an English file calls it."""
        return self.english or self.name

    def read(self, rows: Iterable[Numbered], *, sheet: str | None = None) -> tuple[list[Line[Row]], list[CellFault]]:
        """Read a sheet's rows with their numbers, row 1 with the headers first; ``sheet`` is its name in the file.

        Rows without a value may be left out, as may the empty cells at the end of a row.
        """
        lines: list[Line[Row]] = []
        field_errors: list[CellFault] = []
        numbered = iter(rows)
        first, header = next(numbered, (HEADER_ROW, ()))
        name = sheet or self.name
        places = self._places(header if first == HEADER_ROW else (), name, field_errors)
        if field_errors:  # without a sound header every cell below would be read as something else
            return [], field_errors
        takes = [_taking(column) for column, _ in places]
        names = [column.name if column else _NAMELESS for column, _ in places]
        rest = {column.name: column.default for column in self.columns if column.name not in names}
        for number, cells in numbered:
            if _is_blank(cells):
                continue
            try:
                taken = [take(cell) for take, cell in zip(takes, _padded(cells, len(takes)), strict=True)]
            except (CellRefused, ValueError):  # a bad cell, or a row that is too long
                taken = _slowly(number, cells, places, name, field_errors)
            if taken:
                values = dict(zip(names, taken, strict=True), **rest)
                values.pop(_NAMELESS, None)
                lines.append(Line(number, self.make(**values)))
        return lines, field_errors

    def _places(self, cells: Sequence[Cell], sheet: str, field_errors: list[CellFault]) -> list[Place]:
        """The declared column beneath each header and the header as it stands; None where nothing stands."""
        known = {header: column for column in self.columns for header in column.headers}
        headers = ["" if is_empty(cell) else stripped(str(cell)) for cell in cells]
        places: list[Place] = [(known.get(header), header) for header in headers]
        there = [column for column, _ in places if column]
        for place, (column, header) in enumerate(places):
            if column and column in [before for before, _ in places[:place]]:
                expected = Text("该列只出现一次", "this column only once")
                field_errors.append(CellFault(sheet, HEADER_ROW, header, header, expected))
            elif header and not column:
                names = [each.header for each in self.columns], [each.english or each.header for each in self.columns]
                expected = Text(f"以下列之一：{'、'.join(names[0])}", f"one of the columns {', '.join(names[1])}")
                field_errors.append(CellFault(sheet, HEADER_ROW, header[:80], header[:80], expected))
        for column in self.columns:
            if column.required and column not in there:
                field_errors.append(CellFault(sheet, HEADER_ROW, column.header, None, _HEADER_MISSING))
        return places


def _slowly(
    number: int, cells: Sequence[Cell], places: Sequence[Place], sheet: str, field_errors: list[CellFault]
) -> list[object]:
    """A row cell by cell, all its field_errors noted; nothing if it has any."""
    values, known = [], len(field_errors)
    for (column, header), cell in zip_longest(places, cells, fillvalue=(None, "")):
        value = None if isinstance(cell, tuple) and cell == (None, "") else cell
        try:
            values.append(_taking(column)(value))
        except CellRefused as refused:
            found = None if is_empty(value) else shown(value)
            field_errors.append(CellFault(sheet, number, header or None, found, refused.expected))
    return values[: len(places)] if len(field_errors) == known else []


def _padded(cells: Sequence[Cell], length: int) -> Sequence[Cell]:
    return [*cells, *[None] * (length - len(cells))] if len(cells) < length else cells


@dataclass
class Reading:
    """What a file held: lines by sheet name, and everything that was wrong with it."""

    lines: dict[str, list[Line[Any]]] = field(default_factory=dict)
    field_errors: list[CellFault] = field(default_factory=list)

    def rows(self, form: SheetForm[Row]) -> list[Line[Row]]:
        """The sound rows of one sheet; none if the file has no such sheet."""
        return self.lines.get(form.name, [])


def _taking(column: Column | None) -> Parser:
    """How the cells of a column become values, the empty ones too; None for a column without header."""
    if column is None:
        return _nothing
    parse, required, default = column.parse, column.required, column.default

    def take(cell: Cell) -> object:
        if isinstance(cell, Unreadable):
            raise CellRefused(cell.expected)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            if required:
                raise CellRefused(_REQUIRED)
            return default
        return parse(cell)

    return take


def _nothing(cell: Cell) -> object:
    if not is_empty(cell):
        raise CellRefused(_NO_HEADER_ABOVE)
    return None


def _is_blank(cells: Sequence[Cell]) -> bool:
    return all(is_empty(cell) for cell in cells)


_NAMELESS = ""
_HEADER_MISSING = Text("第一行须有该列", "this column in the first row")
_REQUIRED = Text("必填", "required")
_NO_HEADER_ABOVE = Text(
    "空：该列没有表头；CSV 文件中含逗号的内容须加双引号",
    "nothing: the column has no header; in a CSV file, content with a comma needs double quotes",
)


def stripped(content: str) -> str:
    """Text without spaces of any width around it, and without the invisible characters that come with pasting."""
    return content.translate(_INVISIBLE).strip() if not content.isascii() else content.strip()


_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def is_empty(cell: Cell) -> bool:
    """Whether a cell counts as not filled in."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def shown(cell: Cell) -> str:
    """A cell in a message as its user sees it, shortened."""
    if isinstance(cell, Unreadable):
        return cell.found[:80]
    if isinstance(cell, OddNumber):
        return (cell.shown or str(cell.value))[:80]
    if isinstance(cell, datetime):
        return cell.isoformat(" ")[:10] if cell.time() == time.min else cell.isoformat(" ")
    is_whole = isinstance(cell, float) and cell.is_integer()
    return (f"{cell:.0f}" if is_whole else str(cell).strip())[:80]
