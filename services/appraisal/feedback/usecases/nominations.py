"""The subject nominates raters, the manager or HR decides who is asked (APR-09, APR-10)."""

from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FormRole
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import Access, form_for, hr_besides, take_form
from services.appraisal.cycles.usecases.goal_tasks import goals_due_at
from services.appraisal.cycles.usecases.goals import ReasonNeeded, demand_state
from services.appraisal.feedback.domain.nomination import (
    NOMINATION,
    Nomination,
    NominationAction,
    NominationState,
    Nominee,
    by_relation,
    is_short,
    nomination_problems,
    relations_chosen,
)
from services.appraisal.feedback.store import nominations as store
from services.appraisal.feedback.store import raters as rater_store
from services.appraisal.feedback.store.standings import standings
from services.appraisal.feedback.store.tables import NominationRow
from services.appraisal.feedback.usecases.raters import RatersInvalid
from services.appraisal.library.domain.feedback_policy import CHOSEN, FeedbackPolicy
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.participants.store import snapshots as snapshot_store
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, NotFound, Text
from services.kit.identity import Caller, Role
from services.kit.work.history import advance, trail_of
from services.kit.work.tasks import Assignee, close_tasks, close_tasks_among, open_task
from services.kit.work.unit_of_work import UnitOfWork
from services.kit.workflow import Transition

DECIDE: Final = "rater_nomination.decide"


class NoNomination(NotFound):
    """The form's subject has nominated nobody, or the caller may not see whom."""

    code = "no_nomination"
    zh = "该考核表没有评价人提名，或您无权查看。"
    en = "No raters are nominated for this form, or you may not see them."


class NominationDecided(Conflict):
    """Who is asked has been decided already."""

    code = "nomination_decided"
    zh = "评价人已审定，不能再次提名或审定。"
    en = "It has been decided who is asked, so raters can no longer be nominated or decided here."


class NothingToNominate(Conflict):
    """The form's scheme has no relation whose raters are chosen."""

    code = "nothing_to_nominate"
    zh = "该考核表的方案没有需要提名评价人的评价关系。"
    en = "The form's scheme has no relation for which raters are nominated."


async def get_nomination(session: ReadSession, *, caller: Caller, form_id: UUID) -> Nomination:
    """Whom the subject nominated; to the subject it is not said how it was decided (APR-10).

    Raises:
        NoNomination, NoForm: there is none, or the caller may not know of it.
    """
    access = await form_for(session, caller, form_id)
    found = await store.of_form(session, form_id)
    if found is None or access.roles <= {FormRole.ABOVE}:
        raise NoNomination
    return await _nomination(session, found, access)


async def nominate(
    uow: UnitOfWork, *, form_id: UUID, revision: int, nominees: Sequence[Nominee], shortfall_reason: str | None
) -> Nomination:
    """Propose raters before evaluation begins (the person concerned), in place of an earlier proposal.

    Where there are not enough people, those there are will do, with the reason, which whoever decides reads.

    Raises:
        RatersInvalid: somebody who cannot be asked, a relation that is not chosen, or one with too many, or with too
            few and no reason.
        NominationDecided, NothingToNominate: as they say.
        Stale, NotNow, NoForm, NotInThisCapacity, FormExcluded: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(FormRole.OWNER)
    cycle = await _held(uow, access, revision)
    policy = await _policy(uow.session, access.form)
    await _demand_sound(uow, access.form, policy, nominees, enough=by_relation(nominees) if shortfall_reason else None)
    found = await store.of_form(uow.session, form_id)
    values = {
        "nominees": store.NOMINEES.dump(tuple(nominees)),
        "shortfall_reason": shortfall_reason if is_short(policy, nominees) else None,
        "nominated_at": uow.now,
    }
    if found is None:
        fresh = NominationRow(
            id=new_id(), cycle_id=cycle.id, form_id=form_id, state=NominationState.PROPOSED.value, revision=1, **values
        )
        await store.add(uow.session, fresh)
        before = None
    else:
        move = _move(found, NominationAction.PROPOSE, {Role.EMPLOYEE})
        before = {"state": found.state, "revision": found.revision}
        await advance(uow, NominationRow, found.id, move, values=values)
    after = {
        "state": NominationState.PROPOSED.value,
        "raters": len(nominees),
        "shortfall_reason": values["shortfall_reason"],
    }
    await uow.audit("appraisal.form.raters_nominated", subject=("form", form_id), before=before, after=after)
    await _wait(uow, access.form, cycle)
    return await get_nomination(uow.session, caller=uow.caller, form_id=form_id)


async def decide(
    uow: UnitOfWork, *, form_id: UUID, revision: int, raters: Sequence[Nominee] | None, reason: str | None
) -> Nomination:
    """Ask the nominated raters, or those in ``raters`` instead, before evaluation begins (the manager, HR).

    A reason is needed for a change, and from HR. Superior, self and HR raters stay as they are. Where the
    subject said why there are too few of a relation, as many as were nominated will do.

    Raises:
        RatersInvalid: somebody who cannot be asked, or a relation with too few or too many.
        ReasonNeeded, NominationDecided, NoNomination: as they say.
        Stale, NotNow, OwnMatter, NoForm, NotInThisCapacity, FormExcluded: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(FormRole.MANAGER, FormRole.HR)
    access.demand_stranger(uow.caller)
    await _held(uow, access, revision)
    found = await store.of_form(uow.session, form_id)
    if found is None:
        raise NoNomination
    nominees = store.NOMINEES.load(found.nominees)
    chosen = nominees if raters is None else tuple(raters)
    if not reason and (chosen != nominees or not access.superior):
        raise ReasonNeeded(field_errors=[FieldError("/reason", None, Text("必填", "required"))])
    role = Role.MANAGER if access.superior else Role.HR
    move = _move(found, NominationAction.DECIDE, {role})
    policy = await _policy(uow.session, access.form)
    await _demand_sound(
        uow, access.form, policy, chosen, enough=by_relation(nominees) if found.shortfall_reason else None
    )
    about = {"reason": reason, "raters": [str(each.rater_id) for each in chosen]}
    trail = trail_of(move.source.value, move.target.value, revision=found.revision, **about)
    decision = {"decided_by": uow.caller.account_id, "decided_by_name": uow.caller.name, "decided_at": uow.now}
    await advance(uow, NominationRow, found.id, move, note=reason, values={**decision, "reason": reason})
    await _ask(uow, access.form, policy, chosen)
    await close_tasks(uow, DECIDE, subject=("form", form_id))
    await uow.audit("appraisal.form.raters_changed", subject=("form", form_id), **trail)
    return await get_nomination(uow.session, caller=uow.caller, form_id=form_id)


async def ask_hr(uow: UnitOfWork, cycle: CycleRow) -> None:
    """Let HR decide too what managers left undecided until the deadline of goals."""
    for form in await store.undecided(uow.session, cycle.id):
        await close_tasks(uow, DECIDE, subject=("form", form.id))
        if form.manager_id is not None:
            await _open(uow, form, cycle, Assignee(employee_id=form.manager_id))
        await _open(uow, form, cycle, hr_besides(form))


async def end_nominations(uow: UnitOfWork, cycle_id: UUID) -> None:
    """Evaluation begins: what is undecided lapses, and whom the organisation gave is asked."""
    await close_tasks_among(uow, DECIDE, subjects=form_store.ids_of_cycle(cycle_id))


async def _held(uow: UnitOfWork, access: Access, revision: int) -> CycleRow:
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, CycleState.GOAL_SETTING)
    await take_form(uow, access.form, revision)
    return cycle


async def _policy(session: ReadSession, form: FormRow) -> FeedbackPolicy:
    scheme = await scheme_store.find(session, form.scheme_id)
    if scheme.feedback_item is None or not relations_chosen(scheme.feedback):
        raise NothingToNominate
    return scheme.feedback


async def _demand_sound(
    uow: UnitOfWork,
    form: FormRow,
    policy: FeedbackPolicy,
    nominees: Sequence[Nominee],
    *,
    enough: Counter[Relation] | None,
) -> None:
    chosen = relations_chosen(policy)
    present = await rater_store.raters_of_form(uow.session, form.id)
    others = {row.rater_id for row in present if Relation(row.relation) not in chosen}
    owner = {form.owner_id} if form.owner_id else set()
    people = [each.rater_id for each in nominees]
    problems = nomination_problems(
        policy,
        nominees,
        employed=set(await snapshot_store.names(uow.session, form.cycle_id, people)),
        excluded={*others, *owner},
        standing=await standings(uow.session, form, people),
        enough=enough,
    )
    if problems:
        raise RatersInvalid(field_errors=problems)


async def _ask(uow: UnitOfWork, form: FormRow, policy: FeedbackPolicy, chosen: Sequence[Nominee]) -> None:
    wanted = {(each.rater_id, each.relation.value) for each in chosen}
    relations = {relation.value for relation in relations_chosen(policy)}
    rows = await rater_store.raters_of_form(uow.session, form.id)
    present = {(row.rater_id, row.relation) for row in rows if row.relation in relations}
    gone = [person for person, _ in present - wanted]
    await rater_store.change_raters(uow.session, form=form, add=sorted(wanted - present), remove=gone)


async def _wait(uow: UnitOfWork, form: FormRow, cycle: CycleRow) -> None:
    await close_tasks(uow, DECIDE, subject=("form", form.id))
    manager = None if form.manager_id is None else Assignee(employee_id=form.manager_id)
    await _open(uow, form, cycle, manager or hr_besides(form))


async def _open(uow: UnitOfWork, form: FormRow, cycle: CycleRow, assignee: Assignee) -> None:
    name = form.subject
    title = Text(f"审定{name.zh}的评价人（{cycle.name}）", f"Decide who rates {name.en} ({cycle.name})")
    link, due_at = f"/v1/appraisal/forms/{form.id}/nomination", goals_due_at(uow, cycle)
    await open_task(uow, DECIDE, subject=("form", form.id), assignee=assignee, title=title, link=link, due_at=due_at)


def _move(
    found: NominationRow, action: NominationAction, roles: set[Role]
) -> Transition[NominationState, NominationAction]:
    if found.state == NominationState.DECIDED.value:
        raise NominationDecided
    return NOMINATION.next(NominationState(found.state), action, roles)


async def _nomination(session: ReadSession, row: NominationRow, access: Access) -> Nomination:
    state = NominationState(row.state)
    if state is NominationState.PROPOSED and access.cycle.state != CycleState.GOAL_SETTING.value:
        state = NominationState.LAPSED
    own = FormRole.OWNER in access.roles
    nominees = store.NOMINEES.load(row.nominees)
    asked = None
    if not own and state is not NominationState.PROPOSED and access.roles & {FormRole.MANAGER, FormRole.HR}:
        asked = await _asked(session, access.form)
    people = [each.rater_id for each in (*nominees, *(asked or ()))]
    return Nomination(
        id=row.id,
        form_id=row.form_id,
        nominees=nominees,
        asked=asked,
        names=await snapshot_store.names(session, row.cycle_id, people),
        shortfall_reason=row.shortfall_reason,
        state=state,
        nominated_at=row.nominated_at,
        decided_by_name=None if own else row.decided_by_name,
        decided_at=None if own else row.decided_at,
        reason=None if own else row.reason,
    )


async def _asked(session: ReadSession, form: FormRow) -> tuple[Nominee, ...]:
    rows = await rater_store.raters_of_form(session, form.id)
    found = [Nominee(row.rater_id, Relation(row.relation)) for row in rows if not row.replaced]
    return tuple(sorted((each for each in found if each.relation in CHOSEN), key=lambda each: str(each.rater_id)))
