"""/v1/appraisal/imports, exports and templates: the indicator library as a workbook (APR-01, PLT-06)."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field

from services.appraisal.permissions import CompanyHrUnitOfWork, Librarian
from services.appraisal.workbooks.usecases.indicator_files import indicator_workbook, take_indicators
from services.appraisal.workbooks.usecases.indicator_sheets import INDICATOR_SHEETS
from services.kit.fields import Model
from services.kit.files.routes import (
    FILE_ANSWER,
    MOST_FAULTS,
    XLSX,
    CellError,
    cell_errors,
    file_answer,
    sent_file,
    template_answer,
)
from services.kit.files.uploads import upload_body
from services.kit.web.application import AcceptedLanguage, Read
from services.kit.web.routing import reads_raw_body, router, takes_up_to

routes = router("/v1/appraisal", tag="indicators")

MOST_BYTES = 16 * 1024 * 1024


class LibraryImport(Model):
    """The changes that an import makes in the library, or would make. If there are errors, nothing is stored."""

    dry_run: bool = Field(description="Whether this was a dry run.", examples=[False])
    created: int = Field(description="Number of new indicators.", examples=[12])
    changed: int = Field(description="Number of indicators that get a new version.", examples=[3])
    unchanged: int = Field(description="Number of indicators that already match the file.", examples=[65])
    error_count: int = Field(description="Number of all errors, including those not listed.", examples=[0])
    errors: list[CellError] = Field(description=f"The first {MOST_FAULTS} errors.", examples=[[]])


@routes.post("/imports/indicators", summary="Import indicators", openapi_extra=upload_body(XLSX))
@reads_raw_body
@takes_up_to(MOST_BYTES)
async def import_indicators(
    request: Request,
    uow: CompanyHrUnitOfWork,
    language: AcceptedLanguage,
    dry_run: Annotated[bool, Query(description="Report what would happen, without storing anything.")] = False,
) -> LibraryImport:
    """Imports an XLSX workbook of indicators, all or nothing; importing the same file again changes nothing.

    The file is the part `file` of multipart form data, or the body itself; its sheets are those of the template. A
    dry run answers 200 with an error for every invalid cell; without it such a file is refused (422).
    """
    file = await sent_file(request, takes_csv=False)
    took = await take_indicators(uow, data=file.data, dry_run=dry_run)
    return LibraryImport(
        dry_run=dry_run,
        created=took.created,
        changed=took.changed,
        unchanged=took.unchanged,
        error_count=len(took.field_errors),
        errors=cell_errors(took.field_errors, language),
    )


@routes.get("/exports/indicators", summary="Export indicators", response_class=Response, responses=FILE_ANSWER)
async def export_indicators(_: Librarian, session: Read, language: AcceptedLanguage) -> Response:
    """The newest version of every indicator as XLSX, in the language requested. Importing the file again changes
    nothing.
    """
    return file_answer(await indicator_workbook(session, language=language), "indicators")


@routes.get(
    "/templates/indicators",
    summary="Download the template for indicators",
    response_class=Response,
    responses=FILE_ANSWER,
)
async def get_indicator_template(_: Librarian, language: AcceptedLanguage) -> Response:
    """An empty workbook in the language of `Accept-Language`, with a sheet that describes every column."""
    return template_answer(INDICATOR_SHEETS, "indicators", language)
