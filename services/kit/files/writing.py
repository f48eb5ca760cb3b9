"""Writing XLSX and CSV files whose text is never taken for a formula or a link (INC-17)."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Final

import xlsxwriter

from services.kit.files.csv_records import guarded
from services.kit.money import plain

Value = str | int | Decimal | date | bool | None
_EXACT_DIGITS: Final = 15  # as many as a spreadsheet's binary number keeps for certain
# The same content gives the same bytes: the file says nothing of when it was written.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - XlsxWriter takes plain moments
_WIDTH: Final = 16


@dataclass(frozen=True)
class SheetContent:
    """A sheet to write. ``rows`` may be a generator: it is read once, row by row."""

    name: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Value]]


def write_workbook(sheets: Iterable[SheetContent]) -> bytes:
    """An XLSX file. Numbers beyond fifteen digits are written as text, so that none is changed."""
    target = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": False,
    }
    workbook = xlsxwriter.Workbook(target, options)
    workbook.set_properties({"created": _MADE})
    styles = {
        "header": workbook.add_format({"bold": True}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        "money": workbook.add_format({"num_format": "0.00"}),
    }
    for content in sheets:
        sheet = workbook.add_worksheet(content.name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(content.headers) - 1, 0), _WIDTH)
        for place, header in enumerate(content.headers):
            sheet.write_string(0, place, header, styles["header"])
        for number, row in enumerate(content.rows, 1):
            for place, value in enumerate(row):
                _write(sheet, number, place, value, styles)
    workbook.close()
    return target.getvalue()


def _write(sheet: Any, row: int, place: int, value: Value, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, styles["date"])
    elif isinstance(value, (int, Decimal)) and _fits(value):
        style = styles["money"] if isinstance(value, Decimal) and value.as_tuple().exponent == -2 else None  # noqa: PLR2004 - fen
        sheet.write_number(row, place, value, style)
    else:
        sheet.write_string(row, place, value if isinstance(value, str) else plain(value))


def _fits(value: int | Decimal) -> bool:
    return len(Decimal(value).as_tuple().digits) <= _EXACT_DIGITS


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A CSV file in UTF-8 with mark, as Excel opens it rightly."""
    target = StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([guarded(header) for header in headers])
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, Decimal)):
        return plain(value)
    return guarded(value) if isinstance(value, str) else value.isoformat()
