"""Rating sheets: drafts, final submission, return of attributed ones; raters adjusted within limits (APR-09, APR-10).

Nothing here writes audit or history for an anonymous rater: a line with a time would join him to his answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import Standing
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.feedback.domain.rating import RATING, Entry, RatingAction, RatingState, check_marks, sheet
from services.appraisal.feedback.store import ratings as store
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.store import schemes as scheme_store
from services.kit.database import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Text
from services.kit.history import advance
from services.kit.identity import Caller, Role
from services.kit.money import plain
from services.kit.unit_of_work import UnitOfWork

MOST_RATERS = 30


class NoRating(NotFound):
    """The caller is not asked for such a rating."""

    code = "no_rating"
    zh = "找不到该评价，或不由您填写。"
    en = "There is no such rating, or it is not yours to give."


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


class RatersWrong(Invalid):
    """A change of raters that the limits do not allow."""

    code = "raters_wrong"
    zh = "评价人调整有误，请按下列提示修改。"
    en = "The change of raters is not valid; correct it as follows."


@dataclass(frozen=True)
class Sheet:
    """A rater's own sheet: what to mark, and how far he is."""

    rater: RaterRow
    form: FormRow
    cycle: CycleRow
    entries: list[Entry]
    marks: Mapping[str, str]
    comment: str | None


async def own_sheet(session: ReadSession, *, caller: Caller, rating_id: UUID) -> Sheet:
    """The caller's sheet with his draft, or with what he submitted if that is attributed.

    Raises:
        NoRating: he is not asked for it.
    """
    if caller.employee_id is None:
        raise NoRating
    found = await store.sheet_of(session, rating_id, caller.employee_id)
    if found is None:
        raise NoRating
    rater, form, cycle = found
    relation = Relation(rater.relation)
    entries = sheet(await scheme_store.find(session, form.scheme_id), relation)
    if rater.state == RatingState.OPEN.value:
        draft = await store.draft(session, rater.id)
        return Sheet(rater, form, cycle, entries, draft.marks if draft else {}, draft.comment if draft else None)
    rating = None if relation.anonymous else await store.rating_of(session, rater.id)
    return Sheet(rater, form, cycle, entries, rating.marks if rating else {}, rating.comment if rating else None)


async def keep_draft(uow: UnitOfWork, *, rating_id: UUID, marks: Mapping[str, Decimal], comment: str | None) -> Sheet:
    """Keep marks for later; some may be missing.

    Raises:
        MarksWrong: a mark is off the sheet or its scale.
        AlreadySubmitted, RatingsClosed, NotNow, NoRating: as they say.
    """
    found = await _open_sheet(uow, rating_id)
    check_marks(found.entries, marks, complete=False)
    await store.keep_draft(uow.session, rating_id, {key: plain(mark) for key, mark in marks.items()}, comment)
    return await own_sheet(uow.session, caller=uow.caller, rating_id=rating_id)


async def submit(
    uow: UnitOfWork,
    *,
    rating_id: UUID,
    marks: Mapping[str, Decimal] | None,
    comment: str | None,
) -> Sheet:
    """Submit the marks given, or else the draft; final.

    Raises:
        MarksWrong: a mark is missing or off the scale.
        AlreadySubmitted, RatingsClosed, NotNow, NoRating: as they say.
    """
    found = await _open_sheet(uow, rating_id)
    if marks is None:
        marks = {key: Decimal(mark) for key, mark in found.marks.items()}
        comment = comment or found.comment
    check_marks(found.entries, marks, complete=True)
    written = {key: plain(mark) for key, mark in marks.items()}
    if Relation(found.rater.relation).anonymous:
        await store.mark_done(uow.session, rating_id)
        await store.add_answer(
            uow.session, form=found.form, relation=found.rater.relation, marks=written, comment=comment
        )
    else:
        await _keep_attributed(uow, found, written, comment)
    await store.drop_draft(uow.session, rating_id)
    uow.session.expire_all()
    return await own_sheet(uow.session, caller=uow.caller, rating_id=rating_id)


async def give_back(uow: UnitOfWork, *, rating_id: UUID, reason: str) -> None:
    """Return an attributed rating to its author, whose marks become his draft (HR).

    Raises:
        NotReturnable: it is anonymous or not submitted; the answer is the same for both.
        NotNow, NoForm: as they say.
    """
    rater = await store.rater(uow.session, rating_id)
    if rater is None:
        raise NoRating
    access = await form_for(uow.session, uow.caller, rater.form_id)
    access.demand(Standing.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, rater.cycle_id)
    demand_state(cycle.state, CycleState.EVALUATING)
    if Relation(rater.relation).anonymous or rater.state != RatingState.SUBMITTED.value:
        raise NotReturnable
    rating = await store.take_rating(uow.session, rater.id)
    await store.keep_draft(uow.session, rater.id, rating.marks if rating else {}, rating.comment if rating else None)
    move = RATING.next(RatingState(rater.state), RatingAction.RETURN, uow.caller.roles)
    await advance(uow, RaterRow, rater.id, move, note=reason)


async def adjust_raters(
    uow: UnitOfWork,
    *,
    form_id: UUID,
    add: Sequence[tuple[UUID, Relation]],
    remove: Sequence[UUID],
    reason: str,
) -> None:
    """Ask others, before evaluation begins: afterwards a change could tell who answered (the manager, HR).

    Raises:
        RatersWrong: the subject among those added, the superior touched by the manager, too many raters, strangers.
        NotNow, NoForm, NotInThisCapacity: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(Standing.MANAGER, Standing.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, CycleState.GOAL_SETTING)
    present = {row.rater_id: Relation(row.relation) for row in await store.raters_of_form(uow.session, form_id)}
    employed = await store.employed(uow.session, cycle.id, [person for person, _ in add])
    field_errors = _faults(access.form, present, add, remove, employed)
    if field_errors:
        raise RatersWrong(field_errors=field_errors)
    chosen = [(person, relation.value) for person, relation in add]
    await store.change_raters(uow.session, form=access.form, add=chosen, remove=remove)
    after = {"reason": reason, "added": [str(p) for p, _ in add], "removed": [str(person) for person in remove]}
    await uow.audit("appraisal.form.raters_adjusted", subject=("form", form_id), after=after)


def _faults(
    form: FormRow,
    present: Mapping[UUID, Relation],
    add: Sequence[tuple[UUID, Relation]],
    remove: Sequence[UUID],
    employed: set[UUID],
) -> list[FieldError]:
    field_errors = []
    fixed = {Relation.SUPERIOR, Relation.SELF}
    for index, (person, relation) in enumerate(add):
        if person == form.owner_id or person not in employed or (person in present and person not in remove):
            expected = Text(
                "本周期在职、非本人且尚未列入的员工", "somebody employed in the period, not the subject, not yet listed"
            )
            field_errors.append(FieldError(f"/add/{index}/rater_id", str(person), expected))
        if relation in fixed:
            expected = Text(
                "上级和本人按汇报关系自动确定，不能增减", "superior and self follow from the reporting lines"
            )
            field_errors.append(FieldError(f"/add/{index}/relation", relation.value, expected))
    for index, person in enumerate(remove):
        if person not in present or present[person] in fixed:
            expected = Text(
                "只能移除名单中的同级、下级、内部客户或人力资源评价人",
                "a peer, subordinate, client or HR rater of the list",
            )
            field_errors.append(FieldError(f"/remove/{index}", str(person), expected))
    if len(present) + len(add) - len(remove) > max(MOST_RATERS, len(present)):
        expected = Text(f"至多 {MOST_RATERS} 人", f"at most {MOST_RATERS} raters")
        field_errors.append(FieldError("/add", str(len(add)), expected))
    return field_errors


async def _open_sheet(uow: UnitOfWork, rating_id: UUID) -> Sheet:
    known = await store.sheet_of(uow.session, rating_id, uow.caller.employee_id) if uow.caller.employee_id else None
    if known is None:
        raise NoRating
    cycle = await cycle_store.shared(uow.session, known[2].id)  # scoring waits for us, or we for its start
    await store.hold(uow.session, rating_id)  # a draft kept while another request submits would outlive the submission
    found = await own_sheet(uow.session, caller=uow.caller, rating_id=rating_id)
    if found.rater.state != RatingState.OPEN.value:
        raise AlreadySubmitted
    if Relation(found.rater.relation).anonymous and cycle.ratings_closed:
        raise RatingsClosed
    demand_state(cycle.state, CycleState.EVALUATING)
    return found


async def _keep_attributed(uow: UnitOfWork, found: Sheet, marks: Mapping[str, str], comment: str | None) -> None:
    move = RATING.next(RatingState.OPEN, RatingAction.SUBMIT, uow.caller.roles | {Role.EMPLOYEE})
    await advance(uow, RaterRow, found.rater.id, move)
    values = {
        "id": new_id(),
        "rater_row_id": found.rater.id,
        "form_id": found.form.id,
        "relation": found.rater.relation,
        "marks": dict(marks),
        "comment": comment,
        "at": uow.now,
    }
    await store.keep_rating(uow.session, values)
    await uow.audit(
        "appraisal.form.rated",
        subject=("form", found.form.id),
        after={"relation": found.rater.relation, "marks": dict(marks)},
    )
