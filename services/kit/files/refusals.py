"""Why a file as a whole cannot be read (ORG-14)."""

from typing import Final

from services.kit.errors import DomainError, Malformed, Text, TooLarge, Unavailable


class NotAWorkbook(Malformed):
    """The file is not an XLSX workbook, or is damaged or encrypted."""

    code = "not_a_workbook"
    zh = "无法读取该 XLSX 文件：{reason}。请在 Excel 中另存为“Excel 工作簿（*.xlsx）”后重新上传。"
    en = "The XLSX file cannot be read: {reason}. Save it in Excel as 'Excel Workbook (*.xlsx)' and upload it again."


class NotCsv(Malformed):
    """The file is not CSV text in UTF-8, UTF-16 or GB18030."""

    code = "not_csv"
    zh = "无法读取该 CSV 文件（{reason}）。请在 Excel 中另存为“CSV UTF-8（逗号分隔）”后重新上传。"
    en = (
        "The CSV file cannot be read ({reason}). Save it in Excel as 'CSV UTF-8 (comma delimited)' and upload it again."
    )


class TooManyCells(TooLarge):
    """The workbook's sheets reach further than this import takes."""

    code = "too_many_cells"
    zh = "工作表过大，至多 {rows} 行、{columns} 列；请删除多余的行列，或分成几个文件上传。"
    en = "A sheet is too large: at most {rows} rows and {columns} columns. Delete what is not needed or split the file."


class UnpacksTooLarge(TooLarge):
    """The file grows too large when it is unpacked, or has more text than any file of ours."""

    code = "unpacks_too_large"
    zh = "文件解压后内容过多，或单元格文字过长；请删除多余内容，或分成几个文件上传。"
    en = "The file is too large when unpacked, or a cell is too long. Delete what is not needed, or split the file."


class ReadersBusy(Unavailable):
    """More files wait to be read than this process takes on."""

    code = "readers_busy"
    zh = "正在处理的文件较多，请稍后重新上传。"
    en = "Too many files are being read at the moment; upload yours again shortly."


_NOT_A_WORKBOOK: Final = {
    "damaged": Text("文件不完整或已损坏", "it is incomplete or damaged"),
    "not_a_workbook": Text("文件不是 Excel 工作簿", "it is not an Excel workbook"),
    "old_or_encrypted": Text("文件已加密，或为旧版 Excel 格式", "it is encrypted, or in the old XLS format"),
    "unusual": Text("文件内部结构异常", "its inner structure is unusual"),
}
_NOT_TEXT: Final = Text("编码不是 UTF-8 或 GB18030", "it is not encoded in UTF-8, UTF-16 or GB18030")


def refusal_of(reason: str, *, max_rows: int, max_columns: int) -> DomainError:
    """The refusal for a reason that the reading process gives; an unknown one counts as damage."""
    word, _, place = reason.partition(":")
    match word:
        case "too_many_cells":
            return TooManyCells(limit=max_rows, rows=max_rows, columns=max_columns)
        case "too_large" | "cell_too_long":
            return UnpacksTooLarge()
        case "not_text":
            return NotCsv(reason=_NOT_TEXT)
        case "not_csv":
            return NotCsv(reason=Text(f"第 {place} 行", f"line {place}"))
    return NotAWorkbook(reason=_NOT_A_WORKBOOK.get(word, _NOT_A_WORKBOOK["damaged"]))
