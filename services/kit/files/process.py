"""Reads one spreadsheet file in a process of its own, within limits that the system keeps (ORG-14).

    python -m services.kit.files.process '{"kind": "xlsx", "sheets": ["员工"], "max_rows": 1000}' < file

It writes a line of JSON for every row: [7, ["E001", null, {"moment": "2026-03-31T00:00:00"}]]. Between them stand
["sheet", "员工"] before the rows of a sheet, ["extra", "工资"] for a sheet with content that nobody asked for, and last
["end"], or ["refused", reason]. Whatever else its end is, the file is not to be trusted.
"""

import json
import os
import resource
import signal
import sys
from typing import IO, Any, Final

from services.kit.files.csv_records import read_records
from services.kit.files.workbook_sheets import Workbook, wanted
from services.kit.files.workbook_unpacking import Archive, FileRefused

MAX_MEMORY: Final = 256 * 1024 * 1024  # of addresses; what is in use stays far below
MAX_CPU_SECONDS: Final = 30
MAX_SECONDS: Final = 120
MAX_CELLS: Final = 4_000_000
MAX_OUTPUT: Final = 128 * 1024 * 1024
_NICENESS: Final = 5
_OPEN_FILES: Final = 16


def limit_this_process() -> None:
    """Bound memory, processor time and duration; write no file; step back behind those who answer requests."""
    for what, most in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(what, (most, most))
    signal.alarm(MAX_SECONDS)
    os.nice(_NICENESS)


class Output:
    """The lines that are written, bounded: one long text in every cell would be a bomb as well."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._cells = 0
        self._length = 0
        self._encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

    def row(self, number: int, cells: list[object]) -> None:
        """Raises FileRefused where it is too much."""
        self._cells += len(cells)
        line = self._encode([number, cells])
        self._length += len(line)
        if self._cells > MAX_CELLS or self._length > MAX_OUTPUT:
            raise FileRefused("too_large")
        self._stream.write(line + "\n")

    def say(self, *words: str) -> None:
        """Write a line that is no row."""
        self._stream.write(self._encode(words) + "\n")


def read(order: dict[str, Any], file: IO[bytes], output: Output) -> None:
    """Write all that is asked for, or why it cannot be had."""
    try:
        if order["kind"] == "csv":
            output.say("sheet", *order["sheets"][:1])
            read_records(file, output.row, max_rows=order["max_rows"])
        else:
            _read_workbook(order, file, output)
        output.say("end")
    except FileRefused as refused:
        output.say("refused", refused.reason)
    except MemoryError:
        output.say("refused", "too_large")


def _read_workbook(order: dict[str, Any], file: IO[bytes], output: Output) -> None:
    workbook = Workbook.of(Archive(file))
    read_ones = wanted(workbook, order["sheets"])
    for sheet in read_ones:
        output.say("sheet", sheet.name)
        workbook.read(sheet, output.row, max_rows=order["max_rows"])
    passed_over = {*order["notes"], *(sheet.name for sheet in read_ones)}
    for sheet in workbook.sheets:
        if not sheet.hidden and sheet.name not in passed_over and not workbook.is_empty(sheet):
            output.say("extra", sheet.name)


def main() -> None:
    """Do what the command line says."""
    limit_this_process()
    stream = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the process ends with it
    read(json.loads(sys.argv[1]), sys.stdin.buffer, Output(stream))
    stream.flush()


if __name__ == "__main__":
    main()
