"""Writing XLSX and CSV files whose text is never taken for a formula or a link (INC-17)."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import zip_longest
from typing import Any, Final

import xlsxwriter

from services.kit.files.csv_records import guarded
from services.kit.money import plain

Value = str | int | Decimal | date | bool | None
_EXACT_DIGITS: Final = 15  # as many as a spreadsheet's binary number keeps for certain
# The same content gives the same bytes: the file says nothing of when it was written.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - XlsxWriter takes plain moments
_NARROWEST, _WIDEST, _MARGIN = 9, 60, 2
_MEASURED: Final = 500
"""So many rows say how wide a column must be; a file may have a hundred thousand."""


@dataclass(frozen=True)
class SheetContent:
    """A sheet to write. ``rows`` may be a generator: it is read once, row by row.

    ``grouped``: numbers show commas between thousands, for sheets that people read and nobody imports again.
    """

    name: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Value]]
    grouped: bool = False


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
    styles = _Styles(workbook)
    for content in sheets:
        sheet = workbook.add_worksheet(content.name)
        sheet.freeze_panes(1, 0)
        for place, header in enumerate(content.headers):
            sheet.write_string(0, place, header, styles.header)
        widths = [_width(header) for header in content.headers]
        for number, row in enumerate(content.rows, 1):
            for place, value in enumerate(row):
                _write(sheet, number, place, value, styles.grouped if content.grouped else styles.plain, styles.date)
            if number <= _MEASURED:
                widths = [max(wide, _width(value)) for wide, value in zip_longest(widths, row, fillvalue=0)]
        for place, wide in enumerate(widths):
            sheet.set_column(place, place, min(max(wide + _MARGIN, _NARROWEST), _WIDEST))
    workbook.close()
    return target.getvalue()


class _Styles:
    """The cell formats of a workbook."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._grouped: dict[int, Any] = {}
        self._money = workbook.add_format({"num_format": "0.00"})
        self.header = workbook.add_format({"bold": True})
        self.date = workbook.add_format({"num_format": "yyyy-mm-dd"})

    def plain(self, places: int) -> Any:
        """Of a number with so many decimal places; two are shown even if they are zeros."""
        return self._money if places == 2 else None  # noqa: PLR2004 - fen

    def grouped(self, places: int) -> Any:
        """The same with commas between thousands."""
        if places not in self._grouped:
            decimals = "." + "0" * places if places else ""
            self._grouped[places] = self._workbook.add_format({"num_format": f"#,##0{decimals}"})
        return self._grouped[places]


def _width(value: Value) -> int:
    """How many columns of half width a value takes; a Chinese character takes two."""
    shown = plain(value) if isinstance(value, Decimal) else "" if value is None else str(value)
    return max((sum(1 if letter.isascii() else 2 for letter in line) for line in shown.split("\n")), default=0)


def _write(sheet: Any, row: int, place: int, value: Value, style: Callable[[int], Any], date_style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, date_style)
    elif isinstance(value, (int, Decimal)) and _fits(value):
        places = len(plain(value).partition(".")[2])
        sheet.write_number(row, place, value, style(places))
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
