"""Asking the next superior of the line where one has left before rating; where nobody is left, HR (APR-09)."""

from typing import Final
from uuid import UUID

from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.absences import away_for_the_rest
from services.appraisal.cycles.usecases.access import hr_besides
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.domain.replacement import next_superior
from services.appraisal.feedback.store import handover as store
from services.appraisal.feedback.store import raters as rater_store
from services.appraisal.feedback.store import rating_tasks
from services.appraisal.feedback.store.handover import REPLACE
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.feedback.usecases.replacement import move_task
from services.kit.errors import Text
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork

BATCH: Final = 200


async def hand_over_ratings(uow: UnitOfWork) -> int:
    """Replace superiors who have left without rating; returns the number of ratings asked again.

    Only for superiors, whose ratings bear a name: of peers and subordinates nobody may see whether they answered.
    """
    deserted = await store.deserted(uow.session, uow.today, BATCH)
    for form_id, rater_id in deserted:
        await _hand_over(uow, form_id, rater_id)
    return len(deserted)


async def _hand_over(uow: UnitOfWork, form_id: UUID, rater_id: UUID) -> None:
    found = await form_store.find(uow.session, form_id)
    if found is None:
        return
    cycle = await cycle_store.shared(uow.session, found[1].id)
    rater = await rater_store.locked(uow.session, form_id, rater_id)
    if rater is None or rater.state != RatingState.OPEN.value:
        return
    form = found[0]
    await form_store.hold(uow.session, form.id)
    successor = await _next(uow, form, cycle)
    if successor is None:
        await _ask_hr(uow, form, cycle, rater)
        return
    fresh = await rater_store.replace(uow.session, rater, successor)
    await move_task(uow, cycle, rater, fresh)
    form.revision += 1
    people = {"rater_id": rater_id, "successor_id": successor}
    after = {"reason": "left", "relation": rater.relation, **people}
    data = {"cycle_id": cycle.id, **people}
    await uow.record("appraisal.form.rater_replaced", subject=("form", form.id), after=after, data=data)


async def _next(uow: UnitOfWork, form: FormRow, cycle: CycleRow) -> UUID | None:
    asked = {row.rater_id for row in await rater_store.raters_of_form(uow.session, form.id)}
    gone = await away_for_the_rest(uow.session, cycle, form.manager_chain, uow.today)
    owner = {form.owner_id} if form.owner_id else set()
    return next_superior(form.manager_chain, unavailable={*asked, *gone, *owner})


async def _ask_hr(uow: UnitOfWork, form: FormRow, cycle: CycleRow, rater: RaterRow) -> None:
    await rating_tasks.close_rating_task(uow, rater.id)
    subject, name = form.subject, cycle.name
    title = Text(
        f"为{subject.zh}指定评价人（{name}）：上级已离职，且无上一级",
        f"Name a rater for {subject.en} ({name}): the superior has left and there is none above",
    )
    link = f"/v1/appraisal/forms/{form.id}"
    await open_task(uow, REPLACE, subject=("form", form.id), assignee=hr_besides(form), title=title, link=link)
