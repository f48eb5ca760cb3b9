"""Reads the company's files into plain rows, keyed by the column titles."""

import csv
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

Row = dict[str, str]


def sheet(path: Path, name: str) -> list[Row]:
    """Rows of one sheet; every cell as text, days as yyyy-mm-dd, numbers without a trailing .0."""
    title, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
    return [{str(column): _text(cell) for column, cell in zip(title, row, strict=True)} for row in rows]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(cell: object) -> str:
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    if isinstance(cell, float):
        return str(int(cell))  # only head counts are number cells
    return str(cell)
