"""Writes workbooks and CSV files the way an HR office keeps them; the same bytes on every run."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

Cell = str | int | Decimal | date | None
WRITTEN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def text(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _width(sheet: Sheet, column: int) -> int:
    cells = [sheet.columns[column], *(text(row[column]) for row in sheet.rows)]
    longest = max(sum(1 if letter.isascii() else 2 for letter in cell) for cell in cells)
    return min(60, longest + 3)


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Codes and numbers kept exactly are text cells, dates are date cells, the header row is frozen."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": path.stem, "author": "人力资源部", "created": WRITTEN.replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "bottom": 1, "font_name": "微软雅黑"})
        plain = book.add_format({"num_format": "@", "font_name": "微软雅黑"})
        days = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "font_name": "微软雅黑"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
            for column, title in enumerate(sheet.columns):
                page.write_string(0, column, title, head)
                page.set_column(column, column, _width(sheet, column))
            for number, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(
                            number,
                            column,
                            datetime(cell.year, cell.month, cell.day, tzinfo=UTC).replace(tzinfo=None),
                            days,
                        )
                    elif isinstance(cell, int):
                        page.write_number(number, column, cell)
                    elif cell is not None and cell != "":
                        page.write_string(number, column, text(cell), plain)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """UTF-8 with a byte order mark, so that spreadsheet programs show Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([text(cell) for cell in row] for row in rows)
