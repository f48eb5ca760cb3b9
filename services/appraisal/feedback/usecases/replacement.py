"""Replacing a rater who has left or is absent (APR-09).

Neither the answer nor the trail reveals whether an anonymous rater had submitted (APR-10): the replaced rater stays on
the list, a submission is kept, a draft is deleted, and the successor starts with an empty form.
"""

from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FormRole
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import departures
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import form_for, take_form
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.domain.replacement import next_superior
from services.appraisal.feedback.store import raters as store
from services.appraisal.feedback.store import rating_tasks
from services.appraisal.feedback.store.handover import REPLACE
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.feedback.usecases.raters import RatersInvalid
from services.appraisal.feedback.usecases.ratings import RatingsClosed
from services.appraisal.library.domain.feedback_policy import MOST_RATERS
from services.appraisal.library.domain.relation import Relation
from services.kit.errors import Conflict, FieldError, Text
from services.kit.tasks import close_tasks
from services.kit.unit_of_work import UnitOfWork


class RatingStays(Conflict):
    """An attributed rating was submitted and is kept."""

    code = "rating_stays"
    zh = "该评价人已提交实名评价，评价有效，无需更换；确需重评的，请先退回。"
    en = "This rater has submitted, and the rating counts. To change it, return it first."


async def replace_rater(
    uow: UnitOfWork, *, form_id: UUID, revision: int, rater_id: UUID, successor_id: UUID | None, reason: str
) -> None:
    """Ask ``successor_id`` instead of ``rater_id``; for a superior, without one, the next in the line (HR).

    Raises:
        RatersInvalid: nobody such is asked, it is the subject's own assessment, or the successor cannot be asked.
        RatingStays: a rating that bears a name was submitted.
        RatingsClosed: scoring has begun, and the rater is an anonymous one.
        Stale, NotNow, NoForm, NotInThisCapacity, OwnMatter: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(FormRole.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, CycleState.GOAL_SETTING, CycleState.EVALUATING)
    rater = await store.locked(uow.session, form_id, rater_id)  # before the form, as a submission does
    await take_form(uow, access.form, revision)
    if rater is None or rater.relation == Relation.SELF.value:
        raise _invalid("/rater_id", rater_id, Text("名单中除本人以外的评价人", "a rater of the list, not the subject"))
    relation = Relation(rater.relation)
    if not relation.anonymous and rater.state == RatingState.SUBMITTED.value:
        raise RatingStays
    if relation.anonymous and cycle.ratings_closed:
        raise RatingsClosed
    if successor_id is not None and successor_id == uow.caller.employee_id:
        raise _invalid("/successor_id", successor_id, Text("办理人以外的员工", "somebody other than the one replacing"))
    successor = await _successor(uow, access.form, relation, successor_id)
    fresh = await store.replace(uow.session, rater, successor)
    await move_task(uow, cycle, rater, fresh)
    people = {} if relation.anonymous else {"rater_id": rater_id, "successor_id": successor}
    await uow.audit(
        "appraisal.form.rater_replaced",
        subject=("form", form_id),
        after={"reason": reason, "relation": relation.value, **people},
    )


async def _successor(uow: UnitOfWork, form: FormRow, relation: Relation, named: UUID | None) -> UUID:
    asked = {row.rater_id for row in await store.raters_of_form(uow.session, form.id)}
    if len(asked) >= MOST_RATERS:
        raise _invalid("/successor_id", named, Text(f"至多 {MOST_RATERS} 人", f"at most {MOST_RATERS} raters"))
    candidates = [named] if named else form.manager_chain
    gone = await departures.gone(uow.session, candidates, uow.today)
    unavailable = {*asked, *gone, *((form.owner_id,) if form.owner_id else ())}
    if named is None and relation is Relation.SUPERIOR:
        successor = next_superior(form.manager_chain, unavailable=unavailable)
    else:
        known = await store.employed(uow.session, form.cycle_id, candidates)
        successor = named if named in known - unavailable else None
    if successor is None:
        expected = Text(
            "本周期在职、非本人且尚未列入的员工", "a person employed in the period, not the subject and not yet listed"
        )
        raise _invalid("/successor_id", named, expected)
    return successor


async def move_task(uow: UnitOfWork, cycle: CycleRow, rater: RaterRow, fresh: UUID) -> None:
    """What waited for a replaced rater waits for the successor, and for HR to name one no more."""
    await close_tasks(uow, REPLACE, subject=("form", rater.form_id))
    await rating_tasks.close_rating_task(uow, rater.id)
    if cycle.state == CycleState.EVALUATING.value:
        await rating_tasks.open_rating_tasks(uow, cycle.id, due_on=cycle.ratings_due_on, rating_form_id=fresh)


def _invalid(pointer: str, found: UUID | None, expected: Text) -> RatersInvalid:
    return RatersInvalid(field_errors=[FieldError(pointer, str(found) if found else None, expected)])
