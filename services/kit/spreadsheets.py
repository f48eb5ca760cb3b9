"""Tables as people keep them: sheets with declared columns, read into typed rows and a complete list of faults.

    UNITS = SheetForm("单元", (Column("单元编码", "code", code()), Column("生效日期", "first", day())), make=UnitRow)
    reading = read_workbook(data, [UNITS, POSITIONS])     # kit.spreadsheet_files
    reading.rows(UNITS)                                   # [Line(row=2, value=UnitRow(code="U-1", first=…)), …]
    reading.faults                                        # every bad cell of every sheet, not only the first

A faulty row is left out of ``rows``; whoever stores anything looks at ``faults`` first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from services.kit.errors import Fault, Invalid, Text

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
    zh = "文件中有 {count} 处错误，未导入任何内容。"
    en = "The file has {count} faults; nothing of it was imported."


@dataclass(frozen=True)
class CellFault:
    """One thing wrong. ``row`` counts as spreadsheet programs do, from 1; ``column`` is the header, None for a row."""

    sheet: str
    row: int
    column: str | None
    found: str | None
    expected: Text

    def as_fault(self) -> Fault:
        """The same for a problem document: ``/单元/12/上级单元编码``."""
        where = "/".join(("", self.sheet, str(self.row), *((self.column,) if self.column else ())))
        return Fault(where, self.found, self.expected)


@dataclass(frozen=True)
class Column:
    """A declared column: ``header`` in the file, ``name`` in the row. An empty optional cell gives ``default``."""

    header: str
    name: str
    parse: Parser
    required: bool = True
    default: object = None


@dataclass(frozen=True)
class Line(Generic[Row]):
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
        faults: list[CellFault] = []
        places: dict[int, Column] | None = None
        blank = {column.name: column.default for column in self.columns}
        for number, cells in enumerate(rows, HEADER_ROW):
            if places is None:
                places = self._places(cells, faults)
                if faults:  # without a sound header every cell below would be read as something else
                    return [], faults
                continue
            if all(is_empty(cell) for cell in cells):
                continue
            values, bad = self._values(number, cells, places, blank.copy())
            faults.extend(bad)
            if not bad:
                lines.append(Line(number, self.make(**values)))
        if places is None:
            faults.extend(self._fault(column.header, None, _HEADER_MISSING) for column in self._required())
        return lines, faults

    def _required(self) -> list[Column]:
        return [column for column in self.columns if column.required]

    def _fault(self, header: str | None, found: str | None, expected: Text) -> CellFault:
        return CellFault(self.name, HEADER_ROW, header, found, expected)

    def _places(self, cells: Sequence[Cell], faults: list[CellFault]) -> dict[int, Column]:
        known = {column.header: column for column in self.columns}
        headers = ["" if is_empty(cell) else str(cell).strip() for cell in cells]
        places: dict[int, Column] = {}
        for place, header in enumerate(headers):
            if header in known and headers.index(header) != place:
                faults.append(self._fault(header, header, Text("该列只出现一次", "this column once only")))
            elif header in known:
                places[place] = known[header]
            elif header:
                names = "、".join(known)
                faults.append(self._fault(header, header, Text(f"以下列之一：{names}", f"one of the columns {names}")))
        missing = [column for column in self._required() if column.header not in headers]
        faults.extend(self._fault(column.header, None, _HEADER_MISSING) for column in missing)
        return places

    def _values(
        self, number: int, cells: Sequence[Cell], places: Mapping[int, Column], values: dict[str, Any]
    ) -> tuple[dict[str, Any], list[CellFault]]:
        faults = []
        for place, cell in enumerate(cells):
            column = places.get(place)
            empty = cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())
            if column is None and not empty:
                faults.append(CellFault(self.name, number, None, shown(cell), _NO_HEADER_ABOVE))
            elif column is not None and empty and column.required:
                faults.append(CellFault(self.name, number, column.header, None, _REQUIRED))
            elif column is not None and not empty:
                try:
                    values[column.name] = column.parse(cell)
                except CellRefused as refused:
                    faults.append(CellFault(self.name, number, column.header, shown(cell), refused.expected))
        if len(cells) <= max(places, default=0):
            short = [column for place, column in places.items() if place >= len(cells) and column.required]
            faults.extend(CellFault(self.name, number, column.header, None, _REQUIRED) for column in short)
        return values, faults


@dataclass
class Reading:
    """What a file held: lines by sheet name, and everything that was wrong with it."""

    lines: dict[str, list[Line[Any]]] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)

    def rows(self, form: SheetForm[Row]) -> list[Line[Row]]:
        """The sound rows of one sheet; none if the file has no such sheet."""
        return self.lines.get(form.name, [])

    def require_sound(self, most: int = 200) -> None:
        """Go on only if nothing was wrong.

        Raises:
            SheetsRefused: with the first ``most`` faults.
        """
        if self.faults:
            raise SheetsRefused(count=len(self.faults), faults=[fault.as_fault() for fault in self.faults[:most]])


_HEADER_MISSING = Text("第一行须有该列", "this column in the first row")
_REQUIRED = Text("必填", "required")
_NO_HEADER_ABOVE = Text("该列没有表头，应为空", "nothing: the column has no header")


def is_empty(cell: Cell) -> bool:
    """Whether a cell counts as not filled in."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def shown(cell: Cell) -> str:
    """A cell in a message as its user sees it, shortened."""
    is_whole = isinstance(cell, float) and cell.is_integer()
    return (f"{cell:.0f}" if is_whole else str(cell).strip())[:80]
