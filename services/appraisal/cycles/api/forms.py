"""/v1/appraisal/forms: one subject's sheet and its goals (APR-05)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.goal import Goal, GoalState, missing_parts
from services.appraisal.cycles.store import goals as goal_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow, GoalRow
from services.appraisal.cycles.usecases import goals
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.library.domain.scheme import Scheme, SubjectKind
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork
from services.kit.database import ReadSession, period
from services.kit.fields import CodeText, ExactDecimal, Model, Prose
from services.kit.routing import router
from services.kit.web import IfMatch, Read, tag

routes = router("/v1/appraisal/forms", tag="forms")


class FormLine(Model):
    """A form in a list. ``first`` and ``last`` are its days, both included."""

    id: UUID
    cycle_id: UUID
    cycle_code: str
    cycle_state: CycleState
    subject_kind: SubjectKind
    subject_id: UUID
    subject_code: str
    subject_name: str
    unit_id: UUID
    unit_name: str
    position_code: str | None
    position_title: str | None
    first: date
    last: date
    owner_id: UUID | None
    manager_id: UUID | None
    goal_state: GoalState


class GoalBody(Model):
    """What is aimed at in one item. Measure and source default to the indicator's, the deadline to the last day."""

    key: CodeText = Field(description="the item's key")
    target: ExactDecimal | None = None
    measure: Annotated[str, Field(max_length=2000)] = ""
    data_source: Annotated[str, Field(max_length=200)] = ""
    deadline: date | None = None


class GoalsProposed(Model):
    """All goals of the form at once. A change after agreement needs a reason."""

    items: Annotated[list[GoalBody], Field(max_length=200)]
    reason: Prose | None = None


class GoalRevision(Model):
    """One revision of the goals; old ones stay."""

    revision: int
    side: Literal["subject", "superior"]
    proposed_by: str
    at: datetime
    reason: str | None
    items: list[GoalBody]


class Goals(Model):
    """The goals of a form: where they stand, what they lack, every revision."""

    form_id: UUID
    state: GoalState
    revision: int = Field(description="to be sent in If-Match with the next change")
    agreed_revision: int | None
    current: list[GoalBody]
    agreed: list[GoalBody]
    missing: dict[str, list[str]] = Field(description="the SMART check: for each item what is still missing")
    revisions: list[GoalRevision]


class Reason(Model):
    """Why."""

    reason: Prose


@routes.get("/{form_id}/goals")
async def read_goals(form_id: UUID, caller: AnyCaller, session: Read, response: Response) -> Goals:
    """The goals with all their revisions and the SMART check."""
    access = await form_for(session, caller, form_id)
    tag(response, access.form.revision)
    return await _goals(session, access.form)


@routes.put("/{form_id}/goals")
async def propose_goals(
    form_id: UUID,
    body: GoalsProposed,
    uow: AnyCallerUnitOfWork,
    revision: IfMatch,
    response: Response,
) -> Goals:
    """Propose goals, counter the other side's, or (with a reason) ask to change what was agreed."""
    proposed = [Goal(**dict(item)) for item in body.items]
    form = await goals.propose(uow, form_id=form_id, revision=revision, goals=proposed, reason=body.reason)
    tag(response, form.revision)
    return await _goals(uow.session, form)


@routes.post("/{form_id}/goals/agree")
async def agree_goals(form_id: UUID, uow: AnyCallerUnitOfWork, response: Response) -> Goals:
    """Accept the other side's last proposal; a change after agreement is approved by the manager."""
    form = await goals.agree(uow, form_id=form_id)
    tag(response, form.revision)
    return await _goals(uow.session, form)


@routes.post("/{form_id}/goals/keep")
async def keep_goals(form_id: UUID, body: Reason, uow: AnyCallerUnitOfWork) -> Goals:
    """Refuse a change of agreed goals; what was agreed stands."""
    form = await goals.keep(uow, form_id=form_id, reason=body.reason)
    return await _goals(uow.session, form)


def form_line(form: FormRow, cycle: CycleRow) -> FormLine:
    """A form as lists show it."""
    return FormLine.model_validate(form_fields(form, cycle))


def form_fields(form: FormRow, cycle: CycleRow) -> dict[str, object]:
    """The fields of a form in lists."""
    span = period(form.days)
    same = {name: getattr(form, name) for name in FormLine.model_fields if hasattr(form, name)}
    cycle_of = {"cycle_code": cycle.code, "cycle_state": cycle.state}
    return {**same, **cycle_of, "first": span.start, "last": span.last, "goal_state": form.state}


async def _goals(session: ReadSession, form: FormRow) -> Goals:
    scheme: Scheme = await scheme_store.find(session, form.scheme_id)
    revisions = await goal_store.revisions(session, form.id)
    by_number = {row.revision: row for row in revisions}
    current = goal_store.goals_of(by_number.get(form.goal_revision))
    agreed = goal_store.goals_of(by_number.get(form.agreed_revision or 0))
    return Goals(
        form_id=form.id,
        state=GoalState(form.state),
        revision=form.revision,
        agreed_revision=form.agreed_revision,
        current=[_goal(goal) for goal in current],
        agreed=[_goal(goal) for goal in agreed],
        missing=missing_parts(scheme, current),
        revisions=[_revision(row) for row in revisions],
    )


def _goal(goal: Goal) -> GoalBody:
    return GoalBody.model_validate(goal)


def _revision(row: GoalRow) -> GoalRevision:
    return GoalRevision(
        revision=row.revision,
        side="subject" if row.side == "subject" else "superior",
        proposed_by=row.proposed_by_name,
        at=row.at,
        reason=row.reason,
        items=[_goal(goal) for goal in goal_store.goals_of(row)],
    )
