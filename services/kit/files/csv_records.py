"""The records of a CSV file in any encoding that spreadsheet programs write (ORG-14).

UTF-8 with or without mark, UTF-16 with mark, GBK and GB18030; separated by commas, or by tabs as Excel's Unicode text.
This module runs in the process of ``files.process``.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from typing import IO, Final

from services.kit.files.workbook_cells import MAX_COLUMNS
from services.kit.files.workbook_strings import MAX_CELL_TEXT
from services.kit.files.workbook_unpacking import FileRefused

_PIECE: Final = 1024 * 1024
_LONGEST_LINE: Final = MAX_COLUMNS * MAX_CELL_TEXT
_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_TRIED: Final = ("utf-8", "gb18030")
_FORMULA_LEADS: Final = ("=", "+", "-", "@", "\t", "\r")


def read_records(file: IO[bytes], emit: Callable[[int, list[object]], None], *, max_rows: int) -> None:
    """Give every record that holds a value to ``emit``, with its number from 1.

    Raises:
        FileRefused: it is not CSV text, or reaches too far.
    """
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    first = text.readline(_LONGEST_LINE)
    text.seek(0)
    csv.field_size_limit(MAX_CELL_TEXT)
    separator = "\t" if "\t" in first and "," not in first else ","
    reader = csv.reader(_lines(text), strict=True, delimiter=separator)
    try:
        for number, record in enumerate(reader, 1):
            while record and not record[-1].strip():
                record.pop()
            if not record:
                continue
            if number > max_rows + 1 or len(record) > MAX_COLUMNS:
                raise FileRefused("too_many_cells")
            emit(number, [unguarded(cell) if cell[:1] == "'" else cell for cell in record])
    except (csv.Error, UnicodeDecodeError) as fault:
        raise FileRefused(f"not_csv:{reader.line_num}") from fault


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise FileRefused("too_many_cells")
        yield line


def _encoding(file: IO[bytes]) -> str:
    start = file.read(3)
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding
    for encoding in _TRIED:
        if _decodes(file, encoding):
            return encoding
    raise FileRefused("not_text")


def _decodes(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(_PIECE):
            if b"\0" in piece:
                return False
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def guarded(content: str) -> str:
    """An apostrophe before text that looks like a formula, or like text that has got one, keeps it from being one."""
    return f"'{content}" if content.lstrip("'").startswith(_FORMULA_LEADS) else content


def unguarded(content: str) -> str:
    """The text that ``guarded`` was given."""
    return content[1:] if content[:1] == "'" and content.lstrip("'").startswith(_FORMULA_LEADS) else content
