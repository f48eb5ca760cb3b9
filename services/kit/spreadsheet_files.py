"""Reading XLSX and CSV files by declared sheets."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from services.kit.errors import Malformed, Text
from services.kit.spreadsheets import HEADER_ROW, Cell, CellFault, Reading, SheetForm
from services.kit.workbook_guard import DAMAGED, MAX_COLUMNS, NotAWorkbook, TooManyCells, check_workbook

MAX_ROWS: Final = 200_000
# Sheets that people add for themselves; they are not read.
NOTES: Final = frozenset({"说明", "填写说明", "Notes", "README"})
_FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r")


class NotCsv(Malformed):
    """The file is not CSV text in UTF-8 or GB18030."""

    code = "not_csv"
    zh = "无法读取该 CSV 文件（{reason}）。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”后重新上传。"
    en = (
        "The CSV file cannot be read ({reason}). Save it in Excel as 'CSV UTF-8 (comma delimited)' and upload it again."
    )


def read_workbook(data: bytes, forms: Sequence[SheetForm[Any]], *, max_rows: int = MAX_ROWS) -> Reading:
    """Read an XLSX file. All its sheets must be among ``forms`` (or notes), and all of those not optional be there.

    Raises:
        NotAWorkbook, UnpacksTooLarge, TooManyCells: the file as a whole cannot be read.
    """
    check_workbook(data, max_rows=max_rows)
    reading = Reading()
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        names = workbook.sheet_names
        for form in forms:
            if form.name in names:
                rows = _rows(workbook.get_sheet_by_name(form.name), max_rows)
                reading.lines[form.name], field_errors = form.read(rows)
                reading.field_errors += field_errors
            elif not form.optional:
                expected = Text(f"名为“{form.name}”的工作表", f"a sheet called {form.name}")
                reading.field_errors.append(CellFault(form.name, HEADER_ROW, None, None, expected))
    except CalamineError as fault:
        raise NotAWorkbook(reason=DAMAGED) from fault
    known = [form.name for form in forms]
    expected = Text(f"工作表名为以下之一：{'、'.join(known)}", f"a sheet called one of {', '.join(known)}")
    extra = [name for name in names if name not in known and name not in NOTES]
    reading.field_errors += [CellFault(name, HEADER_ROW, None, name[:80], expected) for name in extra]
    return reading


def read_csv(data: bytes, form: SheetForm[Any], *, max_rows: int = MAX_ROWS) -> Reading:
    """Read a CSV file, in UTF-8 with or without mark, or in GB18030 as Chinese Excel writes it.

    Raises:
        NotCsv, TooManyCells: the file as a whole cannot be read.
    """
    reading = Reading()
    reading.lines[form.name], reading.field_errors = form.read(_records(_decoded(data), max_rows))
    return reading


def _rows(sheet: CalamineSheet, max_rows: int) -> Iterator[Sequence[Cell]]:
    end = sheet.end
    if end is not None and (end[0] > max_rows or end[1] >= MAX_COLUMNS):
        raise TooManyCells(limit=max_rows, rows=max_rows, columns=MAX_COLUMNS)
    return iter(sheet.to_python(skip_empty_area=False))


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise NotCsv(reason=Text("编码不是 UTF-8 或 GB18030", "it is neither UTF-8 nor GB18030"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as fault:
            raise NotCsv(reason=Text("编码不是 UTF-8 或 GB18030", "it is neither UTF-8 nor GB18030")) from fault


def _records(content: str, max_rows: int) -> Iterable[Sequence[Cell]]:
    reader = csv.reader(StringIO(content, newline=""), strict=True)
    try:
        for number, record in enumerate(reader, HEADER_ROW):
            if number > max_rows + HEADER_ROW or len(record) > MAX_COLUMNS:
                raise TooManyCells(limit=max_rows, rows=max_rows, columns=MAX_COLUMNS)
            yield [_unguarded(cell) for cell in record]
    except csv.Error as fault:
        raise NotCsv(reason=Text(f"第 {reader.line_num} 行", f"line {reader.line_num}")) from fault


def _unguarded(cell: str) -> str:
    """Take off the apostrophe that our own exports put before text that looks like a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_LEADS) else cell
