"""For whom the goals of a form wait (APR-05, PLT-02)."""

from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.goal import GoalState, Side, goal_items
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store import goal_tasks as store
from services.appraisal.cycles.store.goal_tasks import PROPOSE
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import hr_besides
from services.appraisal.library.store import schemes as scheme_store
from services.kit.errors import Text
from services.kit.tasks import Assignee, close_tasks, open_task
from services.kit.unit_of_work import UnitOfWork

AGREE: Final = "goals.agree"


async def ask_for_proposals(uow: UnitOfWork, cycle_id: UUID) -> None:
    """Let owners propose goals for the forms of a cycle that has just opened, where the scheme takes any."""
    used = await scheme_store.find_all(uow.session, await form_store.scheme_ids(uow.session, cycle_id))
    await store.open_proposals(uow, cycle_id, [scheme_id for scheme_id, scheme in used.items() if goal_items(scheme)])


async def ask_for_agreement(uow: UnitOfWork, form: FormRow, cycle: CycleRow, *, side: Side, state: GoalState) -> None:
    """Let what ``side`` proposed wait for the other side; a change after agreement waits for the manager always."""
    await nothing_waits(uow, form)
    subject, name = form.subject_name, cycle.name
    if state is GoalState.AMENDING:
        title = Text(f"审批{subject}的目标变更（{name}）", f"Decide on the change of the goals of {subject} ({name})")
    else:
        title = Text(f"确认{subject}的目标（{name}）", f"Agree the goals of {subject} ({name})")
    assignee = _superior(form) if side == "subject" or state is GoalState.AMENDING else _owner(form)
    if assignee is not None:
        link = f"/v1/appraisal/forms/{form.id}/goals"
        await open_task(uow, AGREE, subject=("form", form.id), assignee=assignee, title=title, link=link)


async def nothing_waits(uow: UnitOfWork, form: FormRow) -> None:
    """The goals wait for nobody any more."""
    await close_tasks(uow, PROPOSE, AGREE, subject=("form", form.id))


def _owner(form: FormRow) -> Assignee | None:
    return Assignee(employee_id=form.owner_id) if form.owner_id else None


def _superior(form: FormRow) -> Assignee:
    """The manager, or HR where nobody is above the subject."""
    if form.manager_id is None:
        return hr_besides(form)
    return Assignee(employee_id=form.manager_id)
