"""/v1/appraisal/cycles: the life of a cycle, and what it holds (APR-04, APR-13)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.appraisal.cycles.api.forms import FormLine, form_line
from services.appraisal.cycles.domain.cycle import EXCLUSION_NAMES, CyclePolicy, CycleState
from services.appraisal.cycles.store import cycles as store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import POLICIES, CycleRow, LeftOutRow
from services.appraisal.cycles.usecases import cycles
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.permissions import AnyCaller, HrUnitOfWork, Overseer
from services.kit.database import period
from services.kit.errors import Language
from services.kit.fields import CodeText, Label, Model, PeriodLabel
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, PageAsked, Read, tag

routes = router("/v1/appraisal/cycles", tag="cycles")


class Policy(Model):
    """Choices made when the cycle is created."""

    transfers: Literal["per_assignment", "last_assignment"] = Field(
        default="per_assignment", description="one form a main assignment, weighted by days, or one form for the last"
    )
    leavers: Literal["included", "left_out"] = Field(
        default="left_out", description="people who leave within the period"
    )
    minimum_days: Annotated[int, Field(ge=1, le=366, description="fewer days in the period leave a person out")] = 1
    public_notice_days: Annotated[
        int, Field(ge=1, le=60, description="working days of the public notice, never below 5")
    ] = 5


class NewCycle(Model):
    """A draft cycle over one year, half, quarter or month."""

    code: CodeText
    name: Label
    period: PeriodLabel
    frequency: Frequency = Frequency.QUARTER
    unit_id: UUID | None = Field(None, description="only this unit's subtree; null is the whole organisation")
    policy: Policy = Policy()


class Cycle(Model):
    """A cycle and where it stands."""

    id: UUID
    code: str
    name: str
    frequency: Frequency
    first: date
    last: date
    unit_id: UUID | None
    policy: Policy
    state: CycleState
    revision: int
    public_notice_from: date | None
    public_notice_to: date | None
    failure: str | None = Field(description="why the last job about it failed, if it did")
    created_at: datetime


class LeftOut(Model):
    """Somebody who is not appraised, and why."""

    subject_kind: SubjectKind
    subject_id: UUID
    code: str
    name: str
    reason: Literal["no_main_assignment", "left_in_the_period", "too_few_days", "no_scheme"]
    reason_text: str = Field(description="the reason in the reader's language", examples=["期内无主岗"])


@routes.post("", status_code=201)
async def create_cycle(body: NewCycle, uow: HrUnitOfWork) -> Cycle:
    """Make a draft cycle."""
    policy = CyclePolicy(**body.policy.model_dump())
    row = await cycles.create(
        uow,
        code=body.code,
        name=body.name,
        label=body.period,
        frequency=body.frequency,
        unit_id=body.unit_id,
        policy=policy,
    )
    return cycle_written(row)


@routes.get("")
async def list_cycles(_: AnyCaller, session: Read, paging: PageAsked) -> Page[Cycle]:
    """All cycles in the order of their making."""
    found = await store.listed(session, paging)
    return Page[Cycle].model_validate(found.written(lambda row: cycle_written(row[0])))


@routes.get("/{cycle_id}")
async def read_cycle(cycle_id: UUID, _: AnyCaller, session: Read, response: Response) -> Cycle:
    """One cycle."""
    row = await store.find(session, cycle_id)
    tag(response, row.revision)
    return cycle_written(row)


@routes.post("/{cycle_id}/open", status_code=202)
async def open_cycle(cycle_id: UUID, uow: HrUnitOfWork) -> Cycle:
    """draft → opening; a job takes the organisation's snapshot, makes forms and raters, then goal_setting."""
    return cycle_written(await cycles.open_cycle(uow, cycle_id=cycle_id))


@routes.post("/{cycle_id}/evaluate")
async def begin_evaluation(cycle_id: UUID, uow: HrUnitOfWork) -> Cycle:
    """goal_setting → evaluating, once every form's goals are agreed."""
    return cycle_written(await cycles.evaluate(uow, cycle_id=cycle_id))


@routes.get("/{cycle_id}/left_out")
async def list_left_out(
    cycle_id: UUID, caller: Overseer, session: Read, paging: PageAsked, language: AcceptedLanguage
) -> Page[LeftOut]:
    """Who is not appraised in this cycle, and why."""
    await store.find(session, cycle_id)
    found = await store.left_out(session, cycle_id, caller, paging)
    return Page[LeftOut].model_validate(found.written(lambda row: _left_out(row[0], language)))


@routes.get("/{cycle_id}/forms")
async def list_forms(
    cycle_id: UUID,
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    subject_kind: Annotated[SubjectKind | None, Query()] = None,
) -> Page[FormLine]:
    """The forms that the caller may see: his own, his people's, those in the scope of his HR role."""
    await store.find(session, cycle_id)
    found = await form_store.listed(session, caller, paging, cycle_id=cycle_id, kind=subject_kind)
    return Page[FormLine].model_validate(found.written(lambda row: form_line(row[0], row[1])))


def cycle_written(row: CycleRow) -> Cycle:
    """A cycle as the API shows it."""
    span = period(row.period)
    notice = period(row.public_notice) if row.public_notice else None
    return Cycle(
        id=row.id,
        code=row.code,
        name=row.name,
        frequency=Frequency(row.frequency),
        first=span.start,
        last=span.last or span.start,
        unit_id=row.unit_id,
        policy=Policy.model_validate(POLICIES.load(row.policy)),
        state=CycleState(row.state),
        revision=row.revision,
        public_notice_from=notice.start if notice else None,
        public_notice_to=notice.last if notice else None,
        failure=row.failure,
        created_at=row.created_at,
    )


def _left_out(row: LeftOutRow, language: Language) -> LeftOut:
    return LeftOut.model_validate(
        {
            "subject_kind": row.subject_kind,
            "subject_id": row.subject_id,
            "code": row.code,
            "name": row.name,
            "reason": row.reason,
            "reason_text": EXCLUSION_NAMES[row.reason].in_language(language),
        }
    )
