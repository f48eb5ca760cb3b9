"""What a cycle's beginning of evaluation, its end and its exclusions mean for raters (APR-04, APR-09, PLT-02)."""

from collections.abc import Sequence
from uuid import UUID

from services.appraisal.cycles.domain.cycle import Cycle, CycleState, Exclusion, PhaseDeadlines
from services.appraisal.cycles.usecases import cycles
from services.appraisal.feedback.store import raters as rater_store
from services.appraisal.feedback.store import rating_tasks
from services.appraisal.feedback.usecases import nominations, raters
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.usecases import exclusions, late_records
from services.kit.work.unit_of_work import UnitOfWork


async def start_evaluation(uow: UnitOfWork, *, cycle_id: UUID, revision: int) -> Cycle:
    """End goal setting and let every rating form wait for its rater.

    Raises:
        GoalsOpen: forms that take goals have none agreed.
        Stale, NoCycle, CycleNotYours, TransitionNotPossible: as they say.
    """
    cycle = await cycles.start_evaluation(uow, cycle_id=cycle_id, revision=revision)
    await nominations.end_nominations(uow, cycle_id)
    await rating_tasks.open_rating_tasks(uow, cycle_id, due_on=cycle.deadlines.ratings_due_on)
    return cycle


async def set_deadlines(uow: UnitOfWork, *, cycle_id: UUID, revision: int, deadlines: PhaseDeadlines) -> Cycle:
    """Set the last days of goal setting and evaluation, also on what waits already.

    Raises:
        Stale, NoCycle, CycleNotYours, NotNow: as they say.
    """
    cycle = await cycles.set_deadlines(uow, cycle_id=cycle_id, revision=revision, deadlines=deadlines)
    await rating_tasks.move_deadline(uow, cycle_id, due_on=deadlines.ratings_due_on)
    return cycle


async def cancel_cycle(uow: UnitOfWork, *, cycle_id: UUID, revision: int, reason: str) -> Cycle:
    """Give a cycle up before its results are published; no rating form waits any more.

    Raises:
        Stale, NoCycle, CycleNotYours, TransitionNotPossible: as they say.
    """
    cycle = await exclusions.cancel_cycle(uow, cycle_id=cycle_id, revision=revision, reason=reason)
    await rating_tasks.close_rating_tasks(uow, cycle_id)
    return cycle


async def exclude_subject(
    uow: UnitOfWork, *, cycle_id: UUID, revision: int, subject_kind: SubjectKind, subject_id: UUID, reason: str
) -> Exclusion:
    """Exclude a person or a unit from a cycle; nobody is asked to rate them any more, and all others continue.

    Raises:
        SubjectNotInCycle, AlreadyExcluded, OwnMatter, NotNow, Stale, NoCycle: as they say.
    """
    taken_out = await exclusions.exclude_subject(
        uow, cycle_id=cycle_id, revision=revision, subject_kind=subject_kind, subject_id=subject_id, reason=reason
    )
    await rating_tasks.close_rating_tasks(uow, cycle_id, subject=(subject_kind, subject_id))
    return taken_out


async def add_subject(uow: UnitOfWork, *, cycle_id: UUID, revision: int, employee_id: UUID, reason: str) -> list[UUID]:
    """Appraise a person recorded after the cycle opened; their raters are asked, at once if evaluation is running.

    Raises:
        SubjectNotInCycle, NotAppraisable, OwnMatter, NotNow, Stale, NoCycle: as they say.
    """
    made = await late_records.add_subject(
        uow, cycle_id=cycle_id, revision=revision, employee_id=employee_id, reason=reason
    )
    await ask_raters(uow, cycle_id=cycle_id, form_ids=made)
    return made


async def ask_raters(uow: UnitOfWork, *, cycle_id: UUID, form_ids: Sequence[UUID]) -> None:
    """Ask the raters of forms added to a running cycle, at once if evaluation is running."""
    await raters.propose(uow.session, cycle_id=cycle_id, form_ids=form_ids)
    cycle = await cycles.get(uow.session, cycle_id)
    if cycle.state is CycleState.EVALUATING:
        for form_id in form_ids:
            for rater in await rater_store.raters_of_form(uow.session, form_id):
                await rating_tasks.open_rating_tasks(
                    uow, cycle_id, rating_form_id=rater.id, due_on=cycle.deadlines.ratings_due_on
                )
