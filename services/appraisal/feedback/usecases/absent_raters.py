"""Asking HR to decide about raters who are away for the rest of evaluation, or have left (APR-09, APR-10).

Nothing is decided by itself, and no answer is lost: until somebody decides, the rater stays asked. What waits does not
depend on whether an anonymous rater has submitted.
"""

from typing import Final
from uuid import UUID

from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.absences import away_for_the_rest
from services.appraisal.cycles.usecases.access import hr_besides
from services.appraisal.feedback.store import absent_raters as store
from services.kit.deadlines import end_of
from services.kit.errors import Text
from services.kit.work.tasks import Assignee, close_tasks_among, open_task
from services.kit.work.unit_of_work import UnitOfWork

BATCH: Final = 200


async def ask_about_absent(uow: UnitOfWork) -> int:
    """Let HR decide where raters are away, and end what nobody has to decide any more; how many forms were found."""
    await close_tasks_among(uow, store.DECIDE, subjects=store.decided(uow.today))
    found = await store.to_ask_about(uow.session, uow.today, BATCH)
    for form_id in found:
        await form_store.hold(uow.session, form_id)
        if each := await form_store.find(uow.session, form_id):
            await _ask(uow, *each)
    return len(found)


async def end_if_decided(uow: UnitOfWork, form_id: UUID) -> None:
    """Nothing waits on a form once every rater who is away was kept, replaced or has returned."""
    await uow.session.flush()
    await close_tasks_among(uow, store.DECIDE, subjects=store.decided(uow.today, form_id))


async def _ask(uow: UnitOfWork, form: FormRow, cycle: CycleRow) -> None:
    subject, name = form.subject, cycle.name
    title = Text(
        f"{subject.zh}的评价人有人请假或离职，请决定保留或更换（{name}）",
        f"Raters of {subject.en} are away or have left: keep or replace them ({name})",
    )
    due_at = None if cycle.ratings_due_on is None else end_of(cycle.ratings_due_on, uow.local_now)
    link = f"/v1/appraisal/cycles/{cycle.id}/raters?form_id={form.id}"
    for assignee in (hr_besides(form), *await _superior(uow, form, cycle)):
        await open_task(
            uow, store.DECIDE, subject=("form", form.id), assignee=assignee, title=title, link=link, due_at=due_at
        )


async def _superior(uow: UnitOfWork, form: FormRow, cycle: CycleRow) -> list[Assignee]:
    """The superior, if the cycle's policy lets them decide and they are there."""
    if form.manager_id is None or not cycle.value.policy.superior_keeps_raters:
        return []
    away = await away_for_the_rest(uow.session, cycle, [form.manager_id], uow.today)
    return [] if away else [Assignee(employee_id=form.manager_id)]
