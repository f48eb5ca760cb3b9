"""Tables as people keep them: sheets with declared columns, read into typed rows and a complete list of field_errors.

    UNITS = SheetForm("单元", (Column("单元编码", "code", code()), Column("生效日期", "first", day())), make=UnitRow)
    reading = read_workbook(data, [UNITS, POSITIONS])     # kit.spreadsheet_files
    reading.rows(UNITS)                                   # [Line(row=2, value=UnitRow(code="U-1", first=…)), …]
    reading.field_errors                                        # every bad cell of every sheet, not only the first

A faulty row is left out of ``rows``; whoever stores anything looks at ``field_errors`` first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Generic, NamedTuple, TypeVar

from services.kit.errors import FieldError, Invalid, Text

Row = TypeVar("Row")
Cell = object
Parser = Callable[[Cell], object]

HEADER_ROW = 1


class CellRefused(Exception):
    """Raised by a parser: the cell does not hold what it should. ``expected`` says what that is."""

    def __init__(self, expected: Text) -> None:
        self.expected = expected
        super().__init__(expected.en)


class SheetsRefused(Invalid):
    """A file has cells that are not as they should be; nothing of it was stored."""

    code = "cells_refused"
    zh = "文件中有 {count} 处错误，本次未导入任何内容；请按下列提示修改后重新上传。"
    en = "The file has {count} errors, so nothing was imported; correct them as follows and upload it again."


@dataclass(frozen=True)
class CellFault:
    """One thing wrong. ``row`` counts as spreadsheet programs do, from 1; ``column`` is the header, None for a row."""

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
    """A declared column: ``header`` in the file, ``name`` in the row. An empty optional cell gives ``default``."""

    header: str
    name: str
    parse: Parser
    required: bool = True
    default: object = None


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

    def read(self, rows: Iterable[Sequence[Cell]]) -> tuple[list[Line[Row]], list[CellFault]]:
        """Read a sheet's rows, the header row first."""
        lines: list[Line[Row]] = []
        field_errors: list[CellFault] = []
        numbered = enumerate(rows, HEADER_ROW)
        places = self._places(next(numbered, (HEADER_ROW, ()))[1], field_errors)
        if field_errors:  # without a sound header every cell below would be read as something else
            return [], field_errors
        takes = [_taking(column) for column in places]
        names = [column.name if column else _NAMELESS for column in places]
        rest = {column.name: column.default for column in self.columns if column.name not in names}
        has_required = bool(self._required())
        for number, cells in numbered:
            try:
                taken = [take(cell) for take, cell in zip(takes, cells, strict=True)]
            except (CellRefused, ValueError):  # a bad cell, a blank row, or one of another length
                taken = self._slowly(number, cells, places, field_errors)
            if taken and (has_required or not _is_blank(cells)):
                values = dict(zip(names, taken, strict=True), **rest)
                values.pop(_NAMELESS, None)
                lines.append(Line(number, self.make(**values)))
        return lines, field_errors

    def _required(self) -> list[Column]:
        return [column for column in self.columns if column.required]

    def _fault(self, header: str | None, found: str | None, expected: Text) -> CellFault:
        return CellFault(self.name, HEADER_ROW, header, found, expected)

    def _places(self, cells: Sequence[Cell], field_errors: list[CellFault]) -> list[Column | None]:
        """The declared column beneath each header; None where nothing stands."""
        known = {column.header: column for column in self.columns}
        headers = ["" if is_empty(cell) else str(cell).strip() for cell in cells]
        for place, header in enumerate(headers):
            if header in known and headers.index(header) != place:
                field_errors.append(self._fault(header, header, Text("该列只出现一次", "this column only once")))
            elif header and header not in known:
                names = "、".join(known)
                field_errors.append(
                    self._fault(header, header, Text(f"以下列之一：{names}", f"one of the columns {names}"))
                )
        missing = [column for column in self._required() if column.header not in headers]
        field_errors.extend(self._fault(column.header, None, _HEADER_MISSING) for column in missing)
        return [known.get(header) for header in headers]

    def _slowly(
        self, number: int, cells: Sequence[Cell], places: Sequence[Column | None], field_errors: list[CellFault]
    ) -> list[object]:
        """A row cell by cell, all its field_errors noted; nothing if it has any or is blank."""
        if _is_blank(cells):
            return []
        values, known = [], len(field_errors)
        for column, cell in zip_longest(places, cells):
            try:
                values.append(_taking(column)(cell))
            except CellRefused as refused:
                header, found = column.header if column else None, None if is_empty(cell) else shown(cell)
                field_errors.append(CellFault(self.name, number, header, found, refused.expected))
        return values[: len(places)] if len(field_errors) == known else []


@dataclass
class Reading:
    """What a file held: lines by sheet name, and everything that was wrong with it."""

    lines: dict[str, list[Line[Any]]] = field(default_factory=dict)
    field_errors: list[CellFault] = field(default_factory=list)

    def rows(self, form: SheetForm[Row]) -> list[Line[Row]]:
        """The sound rows of one sheet; none if the file has no such sheet."""
        return self.lines.get(form.name, [])

    def require_sound(self, most: int = 200) -> None:
        """Go on only if nothing was wrong.

        Raises:
            SheetsRefused: with the first ``most`` field_errors.
        """
        if self.field_errors:
            raise SheetsRefused(
                count=len(self.field_errors), field_errors=[fault.as_fault() for fault in self.field_errors[:most]]
            )


def _taking(column: Column | None) -> Parser:
    """How the cells of a column become values, the empty ones too; None for a column without header."""
    if column is None:
        return _nothing
    parse, required, default = column.parse, column.required, column.default

    def take(cell: Cell) -> object:
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
_NO_HEADER_ABOVE = Text("空：该列没有表头", "nothing: the column has no header")


def is_empty(cell: Cell) -> bool:
    """Whether a cell counts as not filled in."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def shown(cell: Cell) -> str:
    """A cell in a message as its user sees it, shortened."""
    is_whole = isinstance(cell, float) and cell.is_integer()
    return (f"{cell:.0f}" if is_whole else str(cell).strip())[:80]
