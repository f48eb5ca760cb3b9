"""Routes that take or give spreadsheet files: the same media types, reports and templates everywhere (PLT-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from pydantic import Field

from services.kit.errors import Language, UnsupportedMedia
from services.kit.fields import Model
from services.kit.files.attachment import attachment
from services.kit.files.sheets import CellFault, SheetForm
from services.kit.files.templates import template
from services.kit.files.uploads import uploaded

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
MOST_FAULTS: Final = 200
FILE_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {XLSX: {}}}}


class CellError(Model):
    """An error in a file."""

    sheet: str = Field(description="Name of the sheet.", examples=["员工"])
    row: int = Field(description="Row number as in a spreadsheet program: the header is row 1.", examples=[7])
    column: str | None = Field(
        description="Column header; null if the error concerns the whole row.", examples=["入职日期"]
    )
    found: str | None = Field(description="Content of the cell, shortened.", examples=["2026-13-01"])
    expected: str = Field(description="Expected content.", examples=["2026-03-31 格式的日期"])


@dataclass(frozen=True)
class SentFile:
    """A spreadsheet file as it was sent."""

    data: bytes
    is_csv: bool


def cell_errors(faults: Sequence[CellFault], language: Language) -> list[CellError]:
    """The first faults of a file for people."""
    return [
        CellError(
            sheet=fault.sheet,
            row=fault.row,
            column=fault.column,
            found=fault.found,
            expected=fault.expected.in_language(language),
        )
        for fault in faults[:MOST_FAULTS]
    ]


async def sent_file(request: Request, *, takes_csv: bool = True) -> SentFile:
    """The XLSX or CSV file of a request.

    Raises:
        UnsupportedMedia: it is something else.
        UploadMalformed, TooLarge: see ``uploaded``.
    """
    taken = (XLSX, CSV) if takes_csv else (XLSX,)
    file = await uploaded(request)
    if file.media_type not in taken:
        raise UnsupportedMedia(expected=", ".join(taken))
    return SentFile(file.data, file.media_type == CSV)


def file_answer(data: bytes, *name: str) -> Response:
    """A workbook to download, called by the parts of ``name``."""
    return Response(data, media_type=XLSX, headers=attachment(*name, suffix="xlsx"))


def template_answer(forms: Sequence[SheetForm[Any]], name: str, language: Language) -> Response:
    """An empty workbook of these sheets, with a sheet that describes every column."""
    return file_answer(template(forms, language), name)
