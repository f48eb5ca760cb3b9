"""Import and export of the organisation (ORG-14)."""

from enum import StrEnum
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field

from services.kit.access.callers import permit
from services.kit.errors import FieldError, Text, UnsupportedMedia
from services.kit.fields import Model, Prose
from services.kit.files.attachment import attachment
from services.kit.files.routes import CSV, FILE_ANSWER, XLSX, CellError, cell_errors, file_answer, template_answer
from services.kit.files.uploads import upload_body, uploaded
from services.kit.identity import Caller, Role
from services.kit.web.application import AcceptedLanguage, Context, Read
from services.kit.web.routing import reads_raw_body, router, takes_up_to
from services.org.exchange.usecases import exports as files
from services.org.exchange.usecases import imports
from services.org.exchange.usecases.sheets import SHEETS
from services.org.permissions import CompanyHrUnitOfWork
from services.org.structure.usecases.scope import require_over

routes = router("/v1/org/imports", tag="imports")
exports = router("/v1/org/exports", tag="exports")

LARGEST = 64 * 1024 * 1024

Exporter = Annotated[Caller, permit(Role.HR, Role.AUDITOR)]


class Sheet(StrEnum):
    """The sheets of an organisation workbook."""

    UNITS = "units"
    POSITIONS = "positions"
    EMPLOYEES = "employees"
    ASSIGNMENTS = "assignments"


class ImportCount(Model):
    """The numbers of records of one kind that are created and changed."""

    created: int = Field(description="Number of new records.", examples=[12])
    changed: int = Field(description="Number of records that differ from those stored.", examples=[3])


class ImportReport(Model):
    """The changes that an import makes, or would make. If there are errors, nothing is stored."""

    dry_run: bool = Field(description="Whether this was a dry run.", examples=[False])
    units: ImportCount = Field(description="Counts for units.")
    positions: ImportCount = Field(description="Counts for positions.")
    employees: ImportCount = Field(description="Counts for employees.")
    assignments: ImportCount = Field(description="Counts for assignments.")
    error_count: int = Field(description="Number of all errors, including those not listed.", examples=[0])
    errors: list[CellError] = Field(description=f"The first {imports.MOST_FAULTS} errors.", examples=[[]])


@routes.post("", summary="Import the organisation", openapi_extra=upload_body(XLSX, CSV))
@reads_raw_body
@takes_up_to(LARGEST)
async def import_organisation(
    request: Request,
    context: Context,
    uow: CompanyHrUnitOfWork,
    language: AcceptedLanguage,
    sheet: Annotated[Sheet | None, Query(description="Sheet that a CSV file contains; not for XLSX.")] = None,
    dry_run: Annotated[bool, Query(description="Report what would happen, without storing anything.")] = False,
    overfill_reason: Annotated[Prose | None, Query(description="Reason why headcounts may be exceeded.")] = None,
) -> ImportReport:
    """Imports an XLSX workbook or a CSV file, all or nothing; importing the same file again changes nothing.

    The file is the part `file` of multipart form data, or the body itself. A dry run answers 200 with an error for
    every invalid cell; without it such a file is refused (422).
    """
    file = await uploaded(request)
    if file.media_type not in {XLSX, CSV} or (file.media_type == CSV) != (sheet is not None):
        expected = Text(
            "XLSX 文件；或 CSV 文件，并在地址中以“?sheet=”指明工作表", "XLSX, or CSV with ?sheet= naming the sheet"
        )
        raise UnsupportedMedia(
            expected=f"{XLSX} | {CSV} + ?sheet=", field_errors=[FieldError("query/sheet", sheet, expected)]
        )
    reading = await imports.read(file.data, sheet=sheet)
    if dry_run:
        async with context.sessions.snapshot() as still:
            plan = await imports.try_out(still, caller=uow.caller, reading=reading, overfill_reason=overfill_reason)
    else:
        plan = await imports.import_file(uow, data=file.data, reading=reading, overfill_reason=overfill_reason)
    counts = {name: ImportCount(created=created, changed=changed) for name, (created, changed) in plan.counts.items()}
    errors = cell_errors(plan.field_errors, language)
    return ImportReport(dry_run=dry_run, error_count=len(plan.field_errors), errors=errors, **counts)


@routes.get(
    "/template", summary="Download the template for the organisation", response_class=Response, responses=FILE_ANSWER
)
async def get_organisation_template(_: Exporter, language: AcceptedLanguage) -> Response:
    """An empty workbook in the language of `Accept-Language`, with a sheet that describes every column."""
    return template_answer(list(SHEETS.values()), "organisation", language)


@exports.get(
    "", summary="Export the organisation", response_class=Response, responses={200: {"content": {XLSX: {}, CSV: {}}}}
)
async def export_organisation(
    session: Read,
    caller: Exporter,
    sheet: Annotated[Sheet | None, Query(description="Export only this sheet, as CSV.")] = None,
) -> Response:
    """The whole organisation as XLSX, or one sheet as CSV. Importing the file again changes nothing."""
    require_over(caller, Role.HR, Role.AUDITOR)
    if sheet is None:
        return file_answer(await files.workbook(session), "organisation")
    return Response(await files.csv(session, sheet=sheet), media_type=CSV, headers=attachment(sheet, suffix="csv"))
