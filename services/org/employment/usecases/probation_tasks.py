"""Which probations are under review, and whom each review waits for (ORG-15, PLT-02).

Reviews follow the careers: what was to be reviewed may move, end or lose its superior meanwhile.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from services.kit.deadlines import end_of
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.periods import day_in_words
from services.kit.work.history import advance
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork
from services.org.employment.domain import probation_review as probation
from services.org.employment.domain.probation_review import PROBATION_REVIEW, ProbationAction
from services.org.employment.store import probation_reviews as rows
from services.org.people.domain.employment import Employment
from services.org.people.domain.probation import ProbationState
from services.org.people.store import careers as career_rows
from services.org.people.store import employees as employee_rows
from services.org.people.store import reporting as reporting_rows
from services.org.people.store.tables import ProbationReviewRow

DECIDE: Final = "probation_review.decide"
TERMINATE: Final = "probation_review.terminate"


async def open_due(uow: UnitOfWork, *, days_before: int, since: date) -> int:
    """Open the reviews that are due, of probations that end after ``since``; how many.

    ``since`` is the day before the first reviews ever: what ended earlier was settled otherwise.
    """
    due = await rows.due(uow.session, uow.today, since=since, until=uow.today + timedelta(days=days_before))
    for employee_id, employment_id, due_on in due:
        await career_rows.lock(uow.session, employee_id)
        await open_review(uow, employee_id, employment_id, due_on)
    return len(due)


async def open_review(uow: UnitOfWork, employee_id: UUID, employment_id: UUID, due_on: date) -> UUID:
    """Open a probation review of a person who is locked."""
    row = ProbationReviewRow(
        employee_id=employee_id,
        employment_id=employment_id,
        opened_on=uow.today,
        due_on=due_on,
        state=ProbationState.OPEN.value,
        asks_hr=False,
        revision=1,
    )
    uow.session.add(row)
    await uow.session.flush()
    await uow.record(
        "org.probation_review.opened",
        subject=("probation_review", row.id),
        after={"employee_id": employee_id, "due_on": due_on},
        data={"employee_id": employee_id, "due_on": due_on},
        about=("employee", employee_id),
    )
    await _ask(uow, row, await _superior(uow, employee_id))
    return row.id


async def follow_all(uow: UnitOfWork) -> None:
    """Let every open review follow what has become of the person, the probation and the superior."""
    for employee_id in await rows.people_with_open(uow.session):
        await follow(uow, employee_id)


async def follow(uow: UnitOfWork, employee_id: UUID) -> None:
    """Let the reviews of a person follow their career: cancelled, moved, or assigned to another person."""
    reviews = await rows.unfinished(uow.session, employee_id)
    if not reviews:
        return
    await career_rows.lock(uow.session, employee_id)
    known = {each.id: each for each in (await career_rows.get(uow.session, employee_id)).employments}
    for row in reviews:
        employment = known.get(row.employment_id)
        if row.state == ProbationState.FAILED.value:
            await follow_decision(uow, row, employment)
        elif not probation.awaits_review(employment, uow.today):
            await _cancel(uow, row)
        else:
            await _move(uow, row, employment)


async def follow_decision(uow: UnitOfWork, row: ProbationReviewRow, employment: Employment | None) -> None:
    """Close what waited for a decision; after a failed one, let HR record the termination until it is recorded."""
    subject = ("probation_review", row.id)
    await close_tasks(uow, subject=subject)
    if row.state != ProbationState.FAILED.value or employment is None or employment.valid.end is not None:
        return
    name = await _name(uow, row.employee_id)
    await open_task(
        uow,
        TERMINATE,
        subject=subject,
        assignee=await _hr(uow, row.employee_id),
        title=Text(f"办理{name}（试用期不符合录用条件）的离职", f"Record the termination of {name}, after probation"),
        link=f"/v1/org/employees/{row.employee_id}",
    )


async def _cancel(uow: UnitOfWork, row: ProbationReviewRow) -> None:
    step = PROBATION_REVIEW.next(ProbationState(row.state), ProbationAction.CANCEL, {Role.SERVICE})
    await advance(uow, ProbationReviewRow, row.id, step, values={"decided_on": uow.today})
    await close_tasks(uow, subject=("probation_review", row.id))
    await uow.record(
        "org.probation_review.cancelled",
        subject=("probation_review", row.id),
        before={"state": ProbationState.OPEN, "due_on": row.due_on},
        after={"state": ProbationState.CANCELLED},
        data={"employee_id": row.employee_id},
        about=("employee", row.employee_id),
    )


async def _move(uow: UnitOfWork, row: ProbationReviewRow, employment: Employment | None) -> None:
    until = employment.probation_until if employment else None
    superior_id = await _superior(uow, row.employee_id)
    is_late = until is not None and uow.today > until
    if until is not None and until != row.due_on:
        row.due_on = until
        row.revision += 1
    elif superior_id == row.superior_id and (superior_id is None or is_late) == row.asks_hr:
        return
    await _ask(uow, row, superior_id)


async def _ask(uow: UnitOfWork, row: ProbationReviewRow, superior_id: UUID | None) -> None:
    """Let the review wait for the superior; for HR over the unit where there is none, and too once it is overdue."""
    subject = ("probation_review", row.id)
    await close_tasks(uow, DECIDE, subject=subject)
    row.superior_id, row.asks_hr = superior_id, superior_id is None or uow.today > row.due_on
    await uow.session.flush()
    assignees = [] if superior_id is None else [Assignee(employee_id=superior_id)]
    if row.asks_hr:
        assignees.append(await _hr(uow, row.employee_id))
    name, end = await _name(uow, row.employee_id), day_in_words(row.due_on)
    await open_task(
        uow,
        DECIDE,
        subject=subject,
        assignee=assignees,
        title=Text(f"评估{name}的试用期（至 {end.zh}）", f"Decide about the probation of {name} (until {end.en})"),
        link=f"/v1/org/probation_reviews/{row.id}",
        due_at=end_of(row.due_on, uow.local_now),
    )


async def _superior(uow: UnitOfWork, employee_id: UUID) -> UUID | None:
    pair = (employee_id, uow.today)
    return next(iter((await reporting_rows.chains(uow.session, [pair]))[pair]), None)


async def _hr(uow: UnitOfWork, employee_id: UUID) -> Assignee:
    path = await employee_rows.unit_path(uow.session, employee_id, uow.today)
    return Assignee(role=Role.HR, unit_path=path, excluded_ids=[employee_id])


async def _name(uow: UnitOfWork, employee_id: UUID) -> str:
    return (await employee_rows.names(uow.session, [employee_id]))[employee_id].name
