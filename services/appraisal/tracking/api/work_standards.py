"""/v1/appraisal/work_standards: what role documents ask for by when, and the events that it follows (APR-07)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import Librarian, ReporterUnitOfWork
from services.appraisal.tracking.domain import work_standard as domain
from services.appraisal.tracking.domain.work_standard import Deadline
from services.appraisal.tracking.usecases import work_standards
from services.kit.database.codec import Exact
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import Model, Moment
from services.kit.web.application import AcceptedLanguage, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/appraisal/work_standards", tag="obligations")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class WorkStandard(Model):
    """What a role document asks for by when."""

    id: UUID = Field(description="The standard.", examples=[_ID])
    subject_kind: SubjectKind = Field(description="Holders of a position, or the head of a unit.", examples=["unit"])
    subject_code: str = Field(description="Code of the position or unit.", examples=["D12"])
    subject_name: str = Field(description="Name of the position or unit in Chinese.", examples=["华东大区"])
    subject_name_en: str = Field(description="Name of the position or unit in English.", examples=["East Region"])
    duty: str = Field(description="The duty that it belongs to.", examples=["编制月度经营分析"])
    metric: str = Field(description="What is owed.", examples=["月度经营分析报告"])
    deadline: Annotated[Deadline, Exact()] = Field(
        description="By when: on a schedule, or around an event.",
        examples=[{"kind": "on_schedule", "every": "month", "nth": 5, "counting": "calendar"}],
    )


class WorkStandardEvent(Model):
    """The event of a standard, which has happened, or will where something is owed before it."""

    occurred_at: Moment = Field(description="When it happened or will happen.", examples=["2026-01-05T00:30:00Z"])


class OpenedObligations(Model):
    """What an event opened."""

    kind: Literal["opened"] = Field(default="opened", description="What was done.", examples=["opened"])
    opened: int = Field(description="How many people owe something now who did not before.", examples=[1])
    occurred_at: datetime = Field(description="When it happened or will happen.", examples=["2026-01-05T00:30:00Z"])


@routes.get("", summary="List work standards")
async def list_work_standards(
    _: Librarian,
    session: Read,
    paging: PageAsked,
    language: AcceptedLanguage,
    subject_code: Annotated[str | None, Query(max_length=64, description="Only of this position or unit.")] = None,
) -> Page[WorkStandard]:
    """Standards of role documents in force that say by when something is owed, as read from org each hour."""
    found = await work_standards.list_standards(session, paging=paging, subject_code=subject_code)
    return Page[WorkStandard].model_validate(found.written(lambda each: _written(each, language)))


@routes.post("/{standard_id}/events", status_code=201, summary="Record an event")
async def record_work_standard_event(
    standard_id: Annotated[UUID, Path(description="The work standard.", examples=[_ID])],
    body: WorkStandardEvent,
    uow: ReporterUnitOfWork,
) -> OpenedObligations:
    """Its holders owe what it asks for after or before it; the same moment again opens nothing."""
    opened = await work_standards.record_event(uow, standard_id=standard_id, occurred_at=body.occurred_at)
    return OpenedObligations(opened=opened, occurred_at=body.occurred_at)


def _written(found: domain.Standard, language: Language) -> WorkStandard:
    return WorkStandard(
        id=found.id,
        subject_kind=found.subject_kind,
        subject_code=found.subject_code,
        **found.subject_name.as_fields("subject_name"),
        duty=found.duty.in_language(language),
        metric=found.metric.in_language(language),
        deadline=found.deadline,
    )
