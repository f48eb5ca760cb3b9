"""Looking at an XLSX file before it is unpacked: is it one, and is it harmless?

A few kilobytes can unpack to gigabytes, or hold one cell so far out that a reader lays out billions of empty ones. Both
are found here by unpacking piece by piece, without keeping anything.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from services.kit.errors import Malformed, Text, TooLarge

MAX_UNPACKED: Final = 256 * 1024 * 1024
MAX_COLUMNS: Final = 52  # A to AZ
_MAX_PARTS = 500
_PIECE = 1024 * 1024
_OVERLAP = 64
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1


DAMAGED: Final = Text("文件不完整或已损坏", "it is incomplete or damaged")


class NotAWorkbook(Malformed):
    """The file is not an XLSX workbook, or is damaged or encrypted."""

    code = "not_a_workbook"
    zh = "无法读取该 XLSX 文件：{reason}。请在 Excel 中另存为“Excel 工作簿（*.xlsx）”后重新上传。"
    en = "The XLSX file cannot be read: {reason}. Save it in Excel as 'Excel Workbook (*.xlsx)' and upload it again."


class TooManyCells(TooLarge):
    """The workbook's sheets reach further than this import takes."""

    code = "too_many_cells"
    zh = "工作表过大，至多 {rows} 行、{columns} 列；请删除多余的行列，或分成几个文件上传。"
    en = "A sheet is too large: at most {rows} rows and {columns} columns. Delete what is not needed or split the file."


class UnpacksTooLarge(TooLarge):
    """The workbook grows too large when unpacked."""

    code = "unpacks_too_large"
    zh = "文件解压后过大，上限为 {limit} 字节；请分成几个文件上传。"
    en = "The unpacked file is too large; the limit is {limit} bytes. Split it into several files."


def check_workbook(data: bytes, *, max_rows: int, max_unpacked: int = MAX_UNPACKED) -> None:
    """Let only pass what is a workbook and stays within the bounds.

    Raises:
        NotAWorkbook: it is something else, damaged or encrypted.
        UnpacksTooLarge: more than ``max_unpacked`` bytes.
        TooManyCells: a cell below row ``max_rows`` or right of column AZ.
    """
    far = _far(max_rows)
    left = max_unpacked
    for part in _parts(data):
        tail = b""
        is_first, is_sheet = True, False
        for piece in _unpacked(data, part):
            left -= len(piece)
            if left < 0:
                raise UnpacksTooLarge(limit=max_unpacked)
            if is_first and part.filename.endswith((".xml", ".rels")) and b"\0" in piece[:64]:
                raise NotAWorkbook(
                    reason=Text("文件内部编码不是 UTF-8", "its inner text is not UTF-8")
                )  # the patterns below would not see through it
            is_first = False
            window = tail + piece
            is_sheet = is_sheet or b"sheetData" in window  # whatever the part is called
            if is_sheet and far.search(window):
                raise TooManyCells(limit=max_rows, rows=max_rows, columns=MAX_COLUMNS)
            tail = window[-_OVERLAP:]


def _far(max_rows: int) -> re.Pattern[bytes]:
    """A pattern of cells right of column AZ and of cells and rows below ``max_rows``, the latter rounded up to a
    leading digit: 200,000 lets 299,999 pass, which is as good for keeping memory bounded and needs no arithmetic.
    """
    digits = str(max_rows)
    first, rest = int(digits[0]), len(digits) - 1
    same_length = f"[{first + 1}-9]\\d{{{rest}}}|" if first < 9 else ""  # noqa: PLR2004 - the last digit there is
    far_row = rf"""[A-Z]*(?:{same_length}\d{{{len(digits) + 1},}})["']"""
    # \b behind the r: the search runs over all of the XML, and much faster for one known first letter.
    return re.compile(rf"""r(?<=\br)\s*=\s*["'](?:[A-Z]{{3,}}\d|[B-Z][A-Z]\d|{far_row})""".encode())


def _parts(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as fault:
        raise NotAWorkbook(reason=DAMAGED) from fault
    names = {part.filename for part in parts}
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names or "xl/workbook.bin" in names:
        raise NotAWorkbook(reason=Text("文件不是 Excel 工作簿", "it is not an Excel workbook"))
    if len(parts) > _MAX_PARTS or len(names) != len(parts):
        raise NotAWorkbook(reason=Text("文件内部结构异常", "its inner structure is unusual"))
    return parts


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's true content in pieces, whatever size the directory claims for it."""
    if part.flag_bits & _ENCRYPTED or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NotAWorkbook(reason=Text("文件已加密，请去除密码", "it is encrypted; remove its password"))
    head = data[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
    if len(head) < _LOCAL_HEADER.size:
        raise NotAWorkbook(reason=DAMAGED)
    magic, name_length, extra_length = _LOCAL_HEADER.unpack(head)
    start = part.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    packed = data[start : start + part.compress_size]
    if magic != b"PK\3\4" or len(packed) != part.compress_size:
        raise NotAWorkbook(reason=DAMAGED)
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as fault:
        raise NotAWorkbook(reason=DAMAGED) from fault
