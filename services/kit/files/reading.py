"""Reading XLSX and CSV files by declared sheets: one reader, one set of rules, for every file of every service.

The file itself is opened by another process, within limits (``files.process``); here its cells become rows.
What counts as a value, and what does not, is said in ``workbook_cells`` and ``csv_records``.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog

from services.kit.errors import Text
from services.kit.files.refusals import (
    NotAWorkbook,
    NotCsv,
    ReadersBusy,
    TooManyCells,
    UnpacksTooLarge,
    refusal_of,
)
from services.kit.files.sheets import HEADER_ROW, Cell, CellFault, Numbered, OddNumber, Reading, SheetForm, Unreadable
from services.kit.files.workbook_cells import MAX_COLUMNS

__all__ = ["NotAWorkbook", "NotCsv", "TooManyCells", "UnpacksTooLarge", "read_csv", "read_file", "read_workbook"]

MAX_ROWS: Final = 200_000
# Sheets that people add for themselves, or that come with our templates; they are not read.
NOTES: Final = frozenset({"说明", "填写说明", "Notes", "README"})
AT_ONCE: Final = 2
MOST_WAITING: Final = 16
_ROOT: Final = str(Path(__file__).parents[3])
_READERS: Final = ThreadPoolExecutor(AT_ONCE, "spreadsheets")
_waiting: set[object] = set()
_log = structlog.get_logger()


async def read_file(data: bytes, forms: Sequence[SheetForm[Any]], *, is_csv: bool, max_rows: int = MAX_ROWS) -> Reading:
    """Read a workbook, or the CSV file of the only one of ``forms``, without blocking other tasks.

    Raises:
        NotAWorkbook, NotCsv, UnpacksTooLarge, TooManyCells: the file as a whole cannot be read.
        ReadersBusy: too many files wait already.
    """
    if len(_waiting) >= MOST_WAITING:
        raise ReadersBusy(retry_after=5)
    mine = object()
    _waiting.add(mine)
    try:
        return await asyncio.get_running_loop().run_in_executor(_READERS, _read, data, forms, is_csv, max_rows)
    finally:
        _waiting.discard(mine)


def read_workbook(data: bytes, forms: Sequence[SheetForm[Any]], *, max_rows: int = MAX_ROWS) -> Reading:
    """Read an XLSX file. All its visible sheets with content must be among ``forms`` (or notes), and all of those not
    optional be there.

    Raises:
        NotAWorkbook, UnpacksTooLarge, TooManyCells: the file as a whole cannot be read.
    """
    return _read(data, forms, False, max_rows)  # noqa: FBT003 - positional, as the executor calls it


def read_csv(data: bytes, form: SheetForm[Any], *, max_rows: int = MAX_ROWS) -> Reading:
    """Read a CSV file in UTF-8, UTF-16 or GB18030, as Chinese Excel writes it.

    Raises:
        NotCsv, UnpacksTooLarge, TooManyCells: the file as a whole cannot be read.
    """
    return _read(data, [form], True, max_rows)  # noqa: FBT003 - the same


def _read(data: bytes, forms: Sequence[SheetForm[Any]], is_csv: bool, max_rows: int) -> Reading:  # noqa: FBT001 - positional, as the executor calls it
    by_name = {name: form for form in forms for name in form.names}
    order = {"kind": "csv" if is_csv else "xlsx", "sheets": list(by_name), "max_rows": max_rows, "notes": list(NOTES)}
    reading = Reading()
    with _process(data, order) as lines:
        _sort(lines, by_name, reading, max_rows=max_rows)
    reading.field_errors[:0] = [
        CellFault(
            form.name,
            HEADER_ROW,
            None,
            None,
            Text(f"名为“{form.name}”的工作表", f"a sheet called {form.english_name}"),
        )
        for form in forms
        if form.name not in reading.lines and not form.optional
    ]
    return reading


def _sort(lines: Iterator[list[Any]], by_name: dict[str, SheetForm[Any]], reading: Reading, *, max_rows: int) -> None:
    """Hand the rows of each sheet to its form."""
    said = next(lines, ["refused", "damaged"])
    while said[0] != "end":
        match said:
            case ["sheet", name]:
                form, following = by_name[name], _Rows(lines)
                found, faults = form.read(following, sheet=name)
                said = following.after()
                if form.name in reading.lines:
                    expected = Text("同一内容只用一张工作表", "one sheet for each kind of content")
                    faults = [CellFault(name, HEADER_ROW, None, name, expected)]
                if found or faults or following.any or not form.optional:
                    reading.lines[form.name] = found
                    reading.field_errors += faults if following.any or not form.optional else []
                continue
            case ["extra", name]:
                known = "、".join(by_name)
                expected = Text(f"工作表名为以下之一：{known}", f"a sheet called one of {', '.join(by_name)}")
                reading.field_errors.append(CellFault(name[:80], HEADER_ROW, None, name[:80], expected))
            case ["refused", reason]:
                raise refusal_of(reason, max_rows=max_rows, max_columns=MAX_COLUMNS)
        said = next(lines, ["refused", "damaged"])


class _Rows:
    """The rows of one sheet, up to the line that says what follows."""

    def __init__(self, lines: Iterator[list[Any]]) -> None:
        self._lines = lines
        self._after: list[Any] | None = None
        self.any = False

    def __iter__(self) -> Iterator[Numbered]:
        for line in self._lines:
            if not isinstance(line[0], int):
                self._after = line
                return
            self.any = True
            yield line[0], line[1]
        self._after = ["refused", "damaged"]

    def after(self) -> list[Any]:
        """What the file says after the rows, those not wanted passed over."""
        while self._after is None:
            for _ in self:
                pass
        return self._after


@contextmanager
def _process(data: bytes, order: dict[str, Any]) -> Iterator[Iterator[list[Any]]]:
    """The lines of the process that reads ``data``, which ends with the context."""
    command = [sys.executable, "-S", "-s", "-P", "-m", "services.kit.files.process", json.dumps(order)]
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own program, and names of our own sheets
            command, stdin=file, stdout=subprocess.PIPE, cwd=_ROOT, env={"PYTHONPATH": _ROOT}
        )
        with process:
            try:
                yield _lines(process)
            finally:
                process.kill()


def _lines(process: subprocess.Popen[bytes]) -> Iterator[list[Any]]:
    for line in process.stdout or ():
        yield json.loads(line, object_hook=_cell)
    status = process.wait()
    if status:  # ended by a limit, or broken by what no spreadsheet program writes
        _log.warning("spreadsheet_process_ended", status=status)
        yield ["refused", "too_large" if status < 0 else "damaged"]


def _cell(cell: dict[str, Any]) -> Cell:
    match cell:
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case {"error": error}:
            return Unreadable(error, Text("有效的值，而不是公式错误", "a value instead of a formula's error"))
        case {"formula": formula}:
            expected = Text(
                "公式的结果；请在 Excel 中打开并保存后再上传", "its result: open and save the file in Excel"
            )
            return Unreadable(formula, expected)
    return OddNumber(cell["number"], cell["shown"], bool(cell.get("percent")))
