"""For whom the goals of a form wait (APR-05, PLT-02)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.goal import GoalRevision, GoalState, Side, goal_items
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store import goal_tasks as store
from services.appraisal.cycles.store.goal_tasks import PROPOSE
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import hr_besides
from services.appraisal.library.store import schemes as scheme_store
from services.kit.deadlines import end_of
from services.kit.errors import Text
from services.kit.release import Signature
from services.kit.work.refusal_notices import VERB, refused, tell_refusal
from services.kit.work.tasks import Assignee, close_tasks, open_task, set_deadline
from services.kit.work.unit_of_work import UnitOfWork

AGREE: Final = "goals.agree"
ACKNOWLEDGE: Final = "goals.acknowledge"
SETTLE: Final = "goals.settle"
_READ: Final = f"form.{VERB}"
"""Why a change of goals was rejected: nothing to read any more once another one is asked for."""


async def ask_for_proposals(uow: UnitOfWork, cycle: CycleRow, *, form_ids: Sequence[UUID] | None = None) -> None:
    """Let owners propose goals for forms just made, all of a cycle or some, where the scheme takes any."""
    used = await scheme_store.find_all(uow.session, await form_store.scheme_ids(uow.session, cycle.id))
    with_goals = [scheme_id for scheme_id, scheme in used.items() if goal_items(scheme)]
    await store.open_proposals(uow, cycle.id, with_goals, due_at=goals_due_at(uow, cycle), form_ids=form_ids)


def goals_due_at(uow: UnitOfWork, cycle: CycleRow) -> datetime | None:
    """The first instant that is too late for goals; None without a deadline."""
    return None if cycle.goals_due_on is None else end_of(cycle.goals_due_on, uow.local_now)


async def move_goal_deadline(uow: UnitOfWork, cycle: CycleRow) -> None:
    """What waits for goals of the cycle gets its present deadline."""
    forms = form_store.ids_of_cycle(cycle.id)
    await set_deadline(uow, PROPOSE, AGREE, SETTLE, subjects=forms, due_at=goals_due_at(uow, cycle))


async def ask_for_agreement(uow: UnitOfWork, form: FormRow, cycle: CycleRow, *, side: Side, state: GoalState) -> None:
    """Let what ``side`` proposed wait for the other side; a change after agreement waits for the manager always."""
    await nothing_waits(uow, form)
    subject, name = form.subject, cycle.name
    amends = state is GoalState.AMENDING
    if amends:
        title = Text(
            f"审批{subject.zh}的目标变更（{name}）", f"Decide on the change of the goals of {subject.en} ({name})"
        )
    else:
        title = Text(f"确认{subject.zh}的目标（{name}）", f"Agree the goals of {subject.en} ({name})")
    assignee = _superior(form) if side == "subject" or amends else _owner(form)
    if assignee is not None:
        link = f"/v1/appraisal/forms/{form.id}/goals"
        due_at = None if amends else goals_due_at(uow, cycle)
        await open_task(uow, AGREE, subject=("form", form.id), assignee=assignee, title=title, link=link, due_at=due_at)


async def ask_to_acknowledge(uow: UnitOfWork, form: FormRow, cycle: CycleRow) -> None:
    """Record that the person concerned has read settled goals; nothing else then waits on the form's goals."""
    await nothing_waits(uow, form)
    owner = _owner(form)
    if owner is not None:
        subject, name = form.subject, cycle.name
        title = Text(
            f"查阅已裁定的{subject.zh}的目标（{name}）", f"Take note of the settled goals of {subject.en} ({name})"
        )
        link = f"/v1/appraisal/forms/{form.id}/goals"
        await open_task(uow, ACKNOWLEDGE, subject=("form", form.id), assignee=owner, title=title, link=link)


async def tell_rejection(uow: UnitOfWork, form: FormRow, cycle: CycleRow, change: GoalRevision) -> None:
    """Let whoever asked for a change of agreed goals read why it was rejected."""
    person = form.owner_id if change.side == "subject" else form.manager_id
    subject, name = form.subject, cycle.name
    title = refused(Text(f"{subject.zh}的目标变更（{name}）", f"the change of the goals of {subject.en} ({name})"))
    link = f"/v1/appraisal/forms/{form.id}/goals"
    proposer = Signature(change.proposed_by, person)
    await tell_refusal(uow, subject=("form", form.id), proposer=proposer, title=title, link=link)


async def nothing_waits(uow: UnitOfWork, form: FormRow) -> None:
    """The goals wait for nobody any more."""
    await close_tasks(uow, PROPOSE, AGREE, ACKNOWLEDGE, SETTLE, _READ, subject=("form", form.id))


def _owner(form: FormRow) -> Assignee | None:
    return Assignee(employee_id=form.owner_id) if form.owner_id else None


def _superior(form: FormRow) -> Assignee:
    """The manager, or HR where nobody is above the subject."""
    if form.manager_id is None:
        return hr_besides(form)
    return Assignee(employee_id=form.manager_id)
