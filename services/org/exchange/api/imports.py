"""Import and export of the organisation (ORG-14)."""

from enum import StrEnum
from typing import Annotated

from fastapi import Query, Request, Response

from services.kit.callers import permit
from services.kit.errors import FieldError, Language, Text, UnsupportedMedia
from services.kit.fields import Model, Prose
from services.kit.identity import Caller, Role
from services.kit.routing import reads_raw_body, router, takes_up_to
from services.kit.spreadsheets import CellFault
from services.kit.web import AcceptedLanguage, Context, Read
from services.org.exchange.usecases import exports as files
from services.org.exchange.usecases import imports
from services.org.permissions import HrUnitOfWork
from services.org.structure.usecases.scope import require_over

routes = router("/v1/org/imports", tag="imports")
exports = router("/v1/org/exports", tag="exports")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
LARGEST = 64 * 1024 * 1024

Exporter = Annotated[Caller, permit(Role.HR, Role.AUDITOR)]


class Sheet(StrEnum):
    """One of the four sheets."""

    UNITS = "units"
    POSITIONS = "positions"
    EMPLOYEES = "employees"
    ASSIGNMENTS = "assignments"


class Count(Model):
    """How many records are made and how many changed."""

    made: int
    changed: int


class Cell(Model):
    """One thing wrong: ``row`` counts as spreadsheet programs do, ``column`` is the header, null for a whole row."""

    sheet: str
    row: int
    column: str | None
    found: str | None
    expected: str


class ImportReport(Model):
    """What a file changes, or would change; with ``field_errors`` nothing is stored."""

    dry_run: bool
    units: Count
    positions: Count
    employees: Count
    assignments: Count
    error_count: int
    field_errors: list[Cell]


@routes.post(
    "",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (XLSX, CSV)},
        }
    },
)
@reads_raw_body
@takes_up_to(LARGEST)
async def take_over(
    request: Request,
    context: Context,
    uow: HrUnitOfWork,
    language: AcceptedLanguage,
    sheet: Annotated[Sheet | None, Query(description="which sheet a CSV file is; not for XLSX")] = None,
    dry_run: Annotated[bool, Query(description="only tell what would happen")] = False,  # noqa: FBT002 - a query parameter
    overfill_reason: Annotated[Prose | None, Query(description="why headcounts may be exceeded")] = None,
) -> ImportReport:
    """Take over an XLSX workbook or a CSV file; all or nothing, and the same file again changes nothing.

    A dry run answers 200 with a fault for every cell that is wrong; without it such a file is refused (422).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {XLSX, CSV} or (kind == CSV) != (sheet is not None):
        expected = Text(
            "XLSX 文件；或 CSV 文件，并在地址中以“?sheet=”指明工作表", "XLSX, or CSV with ?sheet= naming the sheet"
        )
        raise UnsupportedMedia(
            expected=f"{XLSX} | {CSV} + ?sheet=", field_errors=[FieldError("query/sheet", sheet, expected)]
        )
    data = await request.body()
    reading = await imports.read(data, sheet=sheet)
    if dry_run:
        async with context.sessions.snapshot() as still:
            plan = await imports.try_out(still, caller=uow.caller, reading=reading, overfill_reason=overfill_reason)
    else:
        plan = await imports.take_over(uow, data=data, reading=reading, overfill_reason=overfill_reason)
    counts = {name: Count(made=made, changed=changed) for name, (made, changed) in plan.counts.items()}
    field_errors = [_cell(fault, language) for fault in plan.field_errors[: imports.MOST_FAULTS]]
    return ImportReport(dry_run=dry_run, error_count=len(plan.field_errors), field_errors=field_errors, **counts)


@exports.get("", response_class=Response, responses={200: {"content": {XLSX: {}, CSV: {}}}})
async def export(session: Read, caller: Exporter, sheet: Sheet | None = None) -> Response:
    """The whole organisation as XLSX, or one sheet of it as CSV; imported again it changes nothing."""
    require_over(caller, Role.HR, Role.AUDITOR)
    if sheet is None:
        return Response(await files.workbook(session), media_type=XLSX, headers=_named("organisation.xlsx"))
    return Response(await files.csv(session, sheet=sheet), media_type=CSV, headers=_named(f"{sheet}.csv"))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _cell(fault: CellFault, language: Language) -> Cell:
    expected = fault.expected.in_language(language)
    return Cell(sheet=fault.sheet, row=fault.row, column=fault.column, found=fault.found, expected=expected)
