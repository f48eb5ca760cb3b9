"""Replacing a rater who has left or is absent, or keeping them all the same (APR-09).

Neither the answer nor the trail reveals whether an anonymous rater had submitted (APR-10): the replaced rater stays on
the list, a submission is kept, a draft is deleted, and the successor starts with an empty form.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FormRole
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import departures
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.absences import (
    absences_for_the_rest,
    absences_until_rated,
    away_for_the_rest,
)
from services.appraisal.cycles.usecases.access import Access, form_for, take_form
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.domain.replacement import Availability, next_superior
from services.appraisal.feedback.store import raters as store
from services.appraisal.feedback.store import rating_tasks
from services.appraisal.feedback.store.handover import REPLACE
from services.appraisal.feedback.store.standings import standings
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.feedback.usecases.absent_raters import end_if_decided
from services.appraisal.feedback.usecases.raters import RatersInvalid
from services.appraisal.feedback.usecases.ratings import RatingsClosed
from services.appraisal.library.domain.feedback_policy import MOST_RATERS
from services.appraisal.library.domain.relation import Relation
from services.appraisal.participants.store import snapshots as snapshot_store
from services.kit.errors import Conflict, FieldError, Text
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork

_PRESENT: Final = Text(
    "本周期在职、评价期内未请假、非本人且尚未列入的员工",
    "a person employed in the period, not away for the rest of evaluation, not the subject and not yet listed",
)


class RatingStays(Conflict):
    """An attributed rating was submitted and is kept."""

    code = "rating_stays"
    zh = "该评价人已提交实名评价，评价有效，无需更换；确需重评的，请先退回。"
    en = "This rater has submitted, and the rating counts. To change it, return it first."


@dataclass(frozen=True)
class _Decision:
    """A rater about whom HR decides, locked, with the form and how far they can answer."""

    form: FormRow
    cycle: CycleRow
    rater: RaterRow
    relation: Relation
    availability: Availability


async def replace_rater(
    uow: UnitOfWork, *, form_id: UUID, revision: int | None, rater_id: UUID, successor_id: UUID | None, reason: str
) -> UUID:
    """Ask ``successor_id`` instead of ``rater_id``; for a superior, without one, the next in the line.

    HR decides; by the cycle's policy the superior too, of anonymous raters. ``revision`` None: the caller has taken
    the form already, as they saw it. Returns the new rating form.

    Raises:
        RatersInvalid: nobody such is asked, it is the subject's own assessment, or the successor cannot be asked.
        RaterAvailable: the rater can answer (see ``Availability``), or it was decided to keep them.
        RatingStays, RatingsClosed, Stale, NotNow, NoForm, NotInThisCapacity, OwnMatter: as they say.
    """
    found = await _decision(uow, form_id, revision, rater_id)
    relation = found.relation
    found.availability.demand_replaceable(relation)
    if successor_id is not None and successor_id == uow.caller.employee_id:
        raise _invalid("/successor_id", successor_id, Text("办理人以外的员工", "somebody other than the one replacing"))
    successor = await _successor(uow, found, successor_id)
    fresh = await store.replace(uow.session, found.rater, successor)
    await move_task(uow, found.cycle, found.rater, fresh)
    await end_if_decided(uow, form_id)
    people = {} if relation.anonymous else {"rater_id": rater_id, "successor_id": successor}
    await uow.audit(
        "appraisal.form.rater_replaced",
        subject=("form", form_id),
        after={"reason": reason, "relation": relation.value, **people},
    )
    return fresh


async def keep_rater(uow: UnitOfWork, *, form_id: UUID, revision: int | None, rater_id: UUID, reason: str) -> UUID:
    """Ask nobody else although a rater is away or has left; what they submit, or have submitted, counts (HR).

    This holds for the absence of which the caller knows: another one is decided about anew. ``revision`` as above.
    Returns the rating form.

    Raises:
        RatersInvalid: nobody such is asked, or it is the subject's own assessment.
        RaterNotAway: there is nothing to decide.
        RatingStays, RatingsClosed, Stale, NotNow, NoForm, NotInThisCapacity, OwnMatter: as they say.
    """
    found = await _decision(uow, form_id, revision, rater_id)
    found.rater.kept_despite = found.availability.demand_away()
    await end_if_decided(uow, form_id)
    people = {} if found.relation.anonymous else {"rater_id": rater_id}
    await uow.audit(
        "appraisal.form.rater_kept",
        subject=("form", form_id),
        after={"reason": reason, "relation": found.relation.value, **people},
    )
    return found.rater.id


async def demand_decider(uow: UnitOfWork, form_id: UUID) -> Access:
    """The form, for those who decide about its raters who are away.

    Raises:
        NoForm, NotInThisCapacity, OwnMatter: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    trusted = access.cycle.value.policy.superior_keeps_raters
    access.demand(FormRole.HR, *((FormRole.MANAGER,) if trusted else ()))
    access.demand_stranger(uow.caller)
    return access


async def _decision(uow: UnitOfWork, form_id: UUID, revision: int | None, rater_id: UUID) -> _Decision:
    access = await demand_decider(uow, form_id)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, CycleState.GOAL_SETTING, CycleState.EVALUATING)
    rater = await store.locked(uow.session, form_id, rater_id)  # before the form, as a submission does
    if revision is not None:
        await take_form(uow, access.form, revision)
    if rater is None or rater.relation == Relation.SELF.value:
        raise _invalid("/rater_id", rater_id, Text("名单中除本人以外的评价人", "a rater of the list, not the subject"))
    relation = Relation(rater.relation)
    if not relation.anonymous:  # nobody replaces themselves, nor whoever rates beside them
        access.demand(FormRole.HR)
    if not relation.anonymous and rater.state == RatingState.SUBMITTED.value:
        raise RatingStays
    if relation.anonymous and cycle.ratings_closed:
        raise RatingsClosed
    absences_of = absences_for_the_rest if relation.anonymous else absences_until_rated
    absences = await absences_of(uow.session, cycle, [rater_id], uow.today)
    left = await departures.last_days(uow.session, [rater_id], uow.today)
    overdue = cycle.ratings_due_on is not None and cycle.ratings_due_on < uow.today
    availability = Availability(absences.get(rater_id), left.get(rater_id), overdue, rater.kept_despite)
    return _Decision(access.form, cycle, rater, relation, availability)


async def _successor(uow: UnitOfWork, found: _Decision, named: UUID | None) -> UUID:
    form, relation = found.form, found.relation
    asked = {row.rater_id for row in await store.raters_of_form(uow.session, form.id)}
    if len(asked) >= MOST_RATERS:
        raise _invalid("/successor_id", named, Text(f"至多 {MOST_RATERS} 人", f"at most {MOST_RATERS} raters"))
    candidates = {*form.manager_chain, *({named} if named else ())}
    away = await away_for_the_rest(uow.session, found.cycle, candidates, uow.today)
    unavailable = {*asked, *away, *((form.owner_id,) if form.owner_id else ())}
    following = next_superior(form.manager_chain, unavailable=unavailable) if relation is Relation.SUPERIOR else None
    if named is None:
        if following is None:
            raise _invalid("/successor_id", None, _PRESENT)
        return following
    known = set(await snapshot_store.names(uow.session, form.cycle_id, [named]))
    if named not in known - unavailable:
        raise _invalid("/successor_id", named, _PRESENT)
    standing = await standings(uow.session, form, [named])
    vacant = relation is Relation.SUPERIOR and following is None and not standing.is_below(named)
    expected = standing.expected(named, relation)
    if expected is not None and not vacant:
        raise _invalid("/successor_id", named, expected)
    return named


async def move_task(uow: UnitOfWork, cycle: CycleRow, rater: RaterRow, fresh: UUID) -> None:
    """What waited for a replaced rater waits for the successor, and for HR to name one no more."""
    await close_tasks(uow, REPLACE, subject=("form", rater.form_id))
    await rating_tasks.close_rating_task(uow, rater.id)
    if cycle.state == CycleState.EVALUATING.value:
        await rating_tasks.open_rating_tasks(uow, cycle.id, due_on=cycle.ratings_due_on, rating_form_id=fresh)


def _invalid(pointer: str, found: UUID | None, expected: Text) -> RatersInvalid:
    return RatersInvalid(field_errors=[FieldError(pointer, str(found) if found else None, expected)])
