"""Rating forms: drafts, final submission, return of attributed ones (APR-09, APR-10).

Nothing here writes audit or history for an anonymous rater: a line with a time would join them to their answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FormRole
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.feedback.domain.rating import (
    RATING,
    Entry,
    RatingAction,
    RatingState,
    check_ratings,
    entries_for,
)
from services.appraisal.feedback.store import raters as rater_store
from services.appraisal.feedback.store import rating_tasks
from services.appraisal.feedback.store import ratings as store
from services.appraisal.feedback.store.raters import Rater
from services.appraisal.feedback.store.ratings import Draft, RatingRequest
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.feedback.usecases.absent_raters import end_if_decided
from services.appraisal.feedback.usecases.raters import with_absences
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.store import schemes as scheme_store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.encryption import Cipher
from services.kit.errors import Conflict, NotFound, existing
from services.kit.identity import Caller, Role
from services.kit.money import plain
from services.kit.work.history import Decision, advance, last_decisions, trail_of
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["RatingRequest"]


class NoRating(NotFound):
    """The caller is not asked for such a rating."""

    code = "no_rating"
    zh = "找不到该评价，或不由您填写。"
    en = "There is no such rating form, or it is assigned to someone else."


class AlreadySubmitted(Conflict):
    """A submission is final."""

    code = "already_submitted"
    zh = "评价已提交，不能修改；实名评价确需修改的，请联系人力资源退回。"
    en = "The rating has been submitted; if it bears your name and must change, ask HR to return it."


class RatingsClosed(Conflict):
    """Anonymous answers are taken only until scoring first starts."""

    code = "ratings_closed"
    zh = "本周期已开始计分，匿名评价不再接收。"
    en = "Scoring has begun, so anonymous ratings are no longer accepted."


class NotReturnable(Conflict):
    """An anonymous answer cannot be found again, so it cannot be returned."""

    code = "not_returnable"
    zh = "只有已提交的实名评价可以退回。"
    en = "Only submitted ratings that bear a name can be returned."


@dataclass(frozen=True)
class RatingForm:
    """A rater's own form: what to rate, and how far they are; ``returned``: who returned it last, and why."""

    rater: RaterRow
    form: FormRow
    cycle: CycleRow
    entries: list[Entry]
    ratings: Mapping[str, str]
    comment: str | None
    returned: Decision | None = None


async def get_rating_form(session: ReadSession, *, cipher: Cipher, caller: Caller, rating_form_id: UUID) -> RatingForm:
    """The caller's form with their draft, or with what they submitted if that is attributed.

    Raises:
        NoRating: they are not asked for it.
    """
    if caller.employee_id is None:
        raise NoRating
    found = existing(await store.request_of(session, rating_form_id, caller.employee_id), NoRating)
    rater, form, cycle = found.rater, found.form, found.cycle
    relation = Relation(rater.relation)
    entries = entries_for(await scheme_store.find(session, form.scheme_id), relation)
    if rater.state == RatingState.OPEN.value:
        draft = await store.draft(session, cipher, rater.id) or Draft({}, None)
        returns = {} if relation.anonymous else await last_decisions(session, RaterRow, [rater.id], RatingAction.RETURN)
        return RatingForm(rater, form, cycle, entries, draft.ratings, draft.comment, returns.get(rater.id))
    rating = None if relation.anonymous else await store.rating_of(session, rater.id)
    return RatingForm(rater, form, cycle, entries, rating.ratings if rating else {}, rating.comment if rating else None)


async def list_rating_forms(session: ReadSession, *, caller: Caller, paging: Paging) -> Rows[RatingRequest]:
    """Everything that the caller is asked to rate."""
    if caller.employee_id is None:
        return Rows([], None)
    return await store.requests_of(session, caller.employee_id, paging)


async def save_draft(
    uow: UnitOfWork, *, rating_form_id: UUID, ratings: Mapping[str, Decimal], comment: str | None
) -> RatingForm:
    """Keep ratings for later; some may be missing.

    Raises:
        RatingsInvalid: a rating is off the form or its scale.
        AlreadySubmitted, RatingsClosed, NotNow, NoRating: as they say.
    """
    found = await _open_form(uow, rating_form_id)
    check_ratings(found.entries, ratings, complete=False)
    written = {key: plain(rating) for key, rating in ratings.items()}
    await store.save_draft(uow.session, uow.cipher, rating_form_id, Draft(written, comment))
    return await get_rating_form(uow.session, cipher=uow.cipher, caller=uow.caller, rating_form_id=rating_form_id)


async def submit_rating_form(
    uow: UnitOfWork,
    *,
    rating_form_id: UUID,
    ratings: Mapping[str, Decimal] | None,
    comment: str | None,
) -> RatingForm:
    """Submit the given ratings, otherwise the draft; this is final.

    What is anonymous stays sealed until the cycle takes no more answers; then ``take_answers`` writes all of them.

    Raises:
        RatingsInvalid: a rating is missing or off the scale.
        AlreadySubmitted, RatingsClosed, NotNow, NoRating: as they say.
    """
    found = await _open_form(uow, rating_form_id)
    if ratings is None:
        ratings = {key: Decimal(rating) for key, rating in found.ratings.items()}
        comment = comment or found.comment
    check_ratings(found.entries, ratings, complete=True)
    written = {key: plain(rating) for key, rating in ratings.items()}
    if Relation(found.rater.relation).anonymous:
        await store.mark_done(uow.session, rating_form_id)
        await store.save_draft(uow.session, uow.cipher, rating_form_id, Draft(written, comment))
    else:
        await _save_attributed(uow, found, written, comment)
        await store.delete_draft(uow.session, rating_form_id)
        await end_if_decided(uow, found.form.id)  # never for anonymous raters: what waits tells nothing of them
    await rating_tasks.close_rating_task(uow, rating_form_id)
    uow.session.expire_all()
    return await get_rating_form(uow.session, cipher=uow.cipher, caller=uow.caller, rating_form_id=rating_form_id)


async def take_answers(uow: UnitOfWork, *, cycle_id: UUID) -> int:
    """Make answers of what the anonymous raters of a cycle submitted, once it takes no more of them; how many (APR-10).

    This runs in its own transaction, before scoring; a repetition finds nothing left. A submission in the meantime is
    refused at once: the cycle was closed to answers before, after all submissions in progress had ended.
    """
    cycle = await cycle_store.hold_job(uow.session, cycle_id)
    return await store.take_answers(uow.session, uow.cipher, cycle_id) if cycle.ratings_closed else 0


async def reseal_drafts(uow: UnitOfWork) -> int:
    """Encrypt some of the drafts again after the storage key was changed; returns their number."""
    return await store.reseal(uow.session, uow.cipher)


async def return_rating_form(uow: UnitOfWork, *, rating_form_id: UUID, reason: str) -> Rater:
    """Return an attributed rating to its author, whose ratings become the draft (HR).

    Raises:
        NotReturnable: it is anonymous or not submitted; the answer is the same for both.
        NotNow, NoForm: as they say.
    """
    asked = existing(await rater_store.find(uow.session, rating_form_id), NoRating)
    rater = asked.rater
    access = await form_for(uow.session, uow.caller, rater.form_id)
    access.demand(FormRole.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, rater.cycle_id)
    demand_state(cycle.state, CycleState.EVALUATING)
    if Relation(rater.relation).anonymous or rater.state != RatingState.SUBMITTED.value:
        raise NotReturnable
    rating = await store.take_rating(uow.session, rater.id)
    given_back = Draft(rating.ratings if rating else {}, rating.comment if rating else None)
    await store.save_draft(uow.session, uow.cipher, rater.id, given_back)
    move = RATING.next(RatingState(rater.state), RatingAction.RETURN, uow.caller.roles)
    about = {"reason": reason, "rating_form_id": rater.id, "relation": rater.relation}
    trail = trail_of(move.source.value, move.target.value, revision=rater.revision, **about)
    await advance(uow, RaterRow, rater.id, move, note=reason)
    await uow.audit("appraisal.form.rating_returned", subject=("form", rater.form_id), **trail)
    await rating_tasks.open_rating_tasks(uow, cycle.id, due_on=cycle.ratings_due_on, rating_form_id=rater.id)
    await uow.session.refresh(rater)
    return await with_absences(uow.session, uow.caller, cycle, asked, uow.today)


async def _open_form(uow: UnitOfWork, rating_form_id: UUID) -> RatingForm:
    rater_id = uow.caller.employee_id
    known = await store.request_of(uow.session, rating_form_id, rater_id) if rater_id else None
    if known is None:
        raise NoRating
    cycle = await cycle_store.shared(uow.session, known.cycle.id)  # scoring waits for us, or we for its start
    await store.lock(uow.session, rating_form_id)  # a draft saved during a submission would outlive it
    found = await get_rating_form(uow.session, cipher=uow.cipher, caller=uow.caller, rating_form_id=rating_form_id)
    if found.rater.state != RatingState.OPEN.value:
        raise AlreadySubmitted
    if Relation(found.rater.relation).anonymous and cycle.ratings_closed:
        raise RatingsClosed
    demand_state(cycle.state, CycleState.EVALUATING)
    return found


async def _save_attributed(uow: UnitOfWork, found: RatingForm, ratings: Mapping[str, str], comment: str | None) -> None:
    move = RATING.next(RatingState.OPEN, RatingAction.SUBMIT, uow.caller.roles | {Role.EMPLOYEE})
    about = {"relation": found.rater.relation, "ratings": dict(ratings)}
    trail = trail_of(move.source.value, move.target.value, revision=found.rater.revision, **about)
    await advance(uow, RaterRow, found.rater.id, move)
    values = {
        "id": new_id(),
        "rater_row_id": found.rater.id,
        "form_id": found.form.id,
        "relation": found.rater.relation,
        "ratings": dict(ratings),
        "comment": comment,
        "submitted_at": uow.now,
    }
    await store.save_rating(uow.session, values)
    await uow.audit("appraisal.form.rated", subject=("form", found.form.id), **trail)
