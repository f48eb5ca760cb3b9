"""/v1/appraisal/imports, exports and templates: goals as a workbook (APR-05, PLT-06)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from services.appraisal.alignment.usecases.goal_files import GOAL_SHEET, goal_workbook, take_goals
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork
from services.kit.fields import Model
from services.kit.files.routes import (
    CSV,
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

routes = router("/v1/appraisal", tag="forms")

MOST_BYTES = 16 * 1024 * 1024
_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
CycleAsked = Annotated[UUID, Query(description="The cycle whose goals they are.", examples=[_ID])]


class GoalImport(Model):
    """What a file proposes, or would propose; with errors nothing is stored."""

    dry_run: bool = Field(description="Whether this was a dry run.", examples=[False])
    proposed: int = Field(description="Forms for which goals are proposed.", examples=[12])
    unchanged: int = Field(description="Forms whose goals are as the file has them.", examples=[3])
    error_count: int = Field(description="Number of all errors, including those not listed.", examples=[0])
    errors: list[CellError] = Field(description=f"The first {MOST_FAULTS} errors.", examples=[[]])


@routes.post("/imports/goals", summary="Import goals", openapi_extra=upload_body(XLSX, CSV))
@reads_raw_body
@takes_up_to(MOST_BYTES)
async def import_goals(
    request: Request,
    uow: AnyCallerUnitOfWork,
    language: AcceptedLanguage,
    cycle_id: CycleAsked,
    dry_run: Annotated[bool, Query(description="Report what would happen, without storing anything.")] = False,
) -> GoalImport:
    """Propose the goals of an XLSX or CSV file on the caller's side: all or nothing; the other side agrees as ever.

    The columns are those of the template. An empty cell leaves a value as it is, `清除` or `-` takes it away. A dry
    run answers 200 with an error for every cell that is wrong; without it such a file is refused (422).
    """
    file = await sent_file(request)
    took = await take_goals(uow, cycle_id=cycle_id, data=file.data, is_csv=file.is_csv, dry_run=dry_run)
    return GoalImport(
        dry_run=dry_run,
        proposed=took.proposed,
        unchanged=took.unchanged,
        error_count=len(took.field_errors),
        errors=cell_errors(took.field_errors, language),
    )


@routes.get("/exports/goals", summary="Export goals", response_class=Response, responses=FILE_ANSWER)
async def export_goals(caller: AnyCaller, session: Read, language: AcceptedLanguage, cycle_id: CycleAsked) -> Response:
    """The goals of the forms that the caller may see as XLSX; imported again it changes nothing."""
    data = await goal_workbook(session, caller=caller, cycle_id=cycle_id, language=language)
    return file_answer(data, "goals")


@routes.get(
    "/templates/goals", summary="Download the template for goals", response_class=Response, responses=FILE_ANSWER
)
async def get_goal_template(_: AnyCaller, language: AcceptedLanguage) -> Response:
    """An empty workbook in the language of `Accept-Language`, with a sheet that describes every column."""
    return template_answer([GOAL_SHEET], "goals", language)
