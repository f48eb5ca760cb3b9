"""/v1/appraisal: the forms of a cycle, and my own (APR-04, PLT-03)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.cycles.domain import form as domain
from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.usecases import forms
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller
from services.appraisal.schemas import PositionTitleEn, SubjectNameEn, UnitNameEn
from services.kit.database.pages import Page
from services.kit.fields import Model
from services.kit.web.application import PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/appraisal", tag="forms")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class FormSummary(Model):
    """One subject's form for one assignment, as lists show it. Names are those of the cycle's snapshot."""

    id: UUID = Field(description="Id of the form.", examples=[_ID])
    cycle_id: UUID = Field(description="Cycle of the form.", examples=[_ID])
    cycle_code: str = Field(description="Code of the cycle.", examples=["2026-Q1"])
    cycle_state: CycleState = Field(description="State of the cycle.", examples=["goal_setting"])
    subject_kind: SubjectKind = Field(description="Kind of subject: employee, unit or supplier.", examples=["employee"])
    subject_id: UUID = Field(description="Employee or unit that is appraised.", examples=[_ID])
    subject_code: str = Field(description="Employee number, or code of the unit or supplier.", examples=["E101"])
    subject_name: str = Field(description="Name of the subject.", examples=["周雨桐"])
    subject_name_en: SubjectNameEn
    unit_id: UUID = Field(description="Unit of the assignment.", examples=[_ID])
    unit_name: str = Field(description="Name of that unit.", examples=["华东大区"])
    unit_name_en: UnitNameEn
    position_code: str | None = Field(description="Code of the position; null for a unit's form.", examples=["REP"])
    position_title: str | None = Field(description="Title of the position.", examples=["销售代表"])
    position_title_en: PositionTitleEn
    valid_from: date = Field(description="First day that the form covers, included.", examples=["2026-01-01"])
    valid_to: date = Field(description="Last day that the form covers, included.", examples=["2026-03-31"])
    owner_id: UUID | None = Field(
        description="Employee who owns the form: the subject, or the head of the unit.", examples=[_ID]
    )
    owner_name: str | None = Field(description="Name of the owner.", examples=["周雨桐"])
    manager_id: UUID | None = Field(description="Superior who agrees the goals and rates.", examples=[_ID])
    manager_name: str | None = Field(description="Name of the superior.", examples=["林晓燕"])
    goal_state: GoalState = Field(description="State of its goals.", examples=["agreed"])
    revision: int = Field(description="Revision of the form, for `If-Match` at the next change.", examples=[3])
    excluded_at: datetime | None = Field(
        description="Time since which the form does not count, because its subject was excluded from the cycle.",
        examples=[None],
    )

    @classmethod
    def of(cls, form: domain.FormSummary) -> "FormSummary":
        """A form as lists show it."""
        return cls.model_validate(form_fields(form))


def form_fields(form: domain.FormSummary) -> dict[str, object]:
    """The fields of a form in lists."""
    fields = {**vars(form), "valid_from": form.days.start, "valid_to": form.days.last}
    del fields["days"]
    return fields


@routes.get("/cycles/{cycle_id}/forms", summary="List the forms of a cycle")
async def list_forms(
    cycle_id: Annotated[UUID, Path(description="Id of the cycle.")],
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    subject_kind: Annotated[
        SubjectKind | None, Query(description="Only forms of employees, of units or of suppliers.")
    ] = None,
    subject_id: Annotated[UUID | None, Query(description="Only forms of this employee, unit or supplier.")] = None,
    manager_id: Annotated[UUID | None, Query(description="Only forms under this superior.")] = None,
    unit_id: Annotated[UUID | None, Query(description="Only forms in this unit and below.")] = None,
    goal_state: Annotated[GoalState | None, Query(description="Only forms whose goals are in this state.")] = None,
    search: Annotated[str | None, Query(max_length=100, description="Part of the subject's code or name.")] = None,
) -> Page[FormSummary]:
    """The forms that the caller may see: their own, those of their reports, and those in the
    scope of their HR role.
    """
    wanted = domain.FormFilter(
        cycle_id=cycle_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        manager_id=manager_id,
        unit_id=unit_id,
        goal_state=goal_state,
        search=search,
    )
    found = await forms.list_forms(session, caller=caller, cycle_id=cycle_id, wanted=wanted, paging=paging)
    return Page[FormSummary].model_validate(found.written(FormSummary.of))


@routes.get("/my/forms", summary="List my forms")
async def list_my_forms(caller: AnyCaller, session: Read, paging: PageAsked) -> Page[FormSummary]:
    """The forms of the caller and of the units that they head."""
    found = await forms.list_own(session, caller=caller, paging=paging)
    return Page[FormSummary].model_validate(found.written(FormSummary.of))
