"""Goals that wait for a leaver are settled by HR (APR-05)."""

from typing import Final

from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store import handover as store
from services.appraisal.cycles.usecases.access import hr_besides
from services.appraisal.cycles.usecases.goal_tasks import SETTLE, goals_due_at, nothing_waits
from services.kit.errors import Text
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork

BATCH: Final = 200


async def hand_over_goals(uow: UnitOfWork) -> int:
    """Let HR settle goals whose next step waits for a leaver; returns the number of forms.

    Both sides' proposals are kept, and HR can settle at once, because one of the two has left.
    """
    deserted = await store.waiting_for_leavers(uow.session, uow.today, BATCH)
    for form_id in deserted:
        await form_store.hold(uow.session, form_id)
        found = await form_store.find(uow.session, form_id)
        if found is None:
            continue
        form, cycle = found
        await nothing_waits(uow, form)
        subject, name = form.subject, cycle.name
        await open_task(
            uow,
            SETTLE,
            subject=("form", form.id),
            assignee=hr_besides(form),
            title=Text(
                f"裁定{subject.zh}的目标（{name}）：须确认的人已离职",
                f"Settle the goals of {subject.en} ({name}): whoever had to act has left",
            ),
            link=f"/v1/appraisal/forms/{form.id}/goals",
            due_at=goals_due_at(uow, cycle),
        )
        await uow.audit("appraisal.goals.handed_over", subject=("form", form.id), after={"state": form.state})
    return len(deserted)
