"""Goals of a form: proposed, countered, agreed, and changed with a reason and the manager's approval (APR-05)."""

from collections.abc import Sequence
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CYCLE, CycleState
from services.appraisal.cycles.domain.form_role import FORM_ROLE_NAMES, FormRole
from services.appraisal.cycles.domain.goal import (
    GOALS,
    ChangeRejection,
    FormGoals,
    Goal,
    GoalAction,
    GoalRevision,
    GoalState,
    Side,
    check_goals,
    completed,
)
from services.appraisal.cycles.domain.goal_completeness import demand_complete
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import goals as store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import Access, NotInThisCapacity, form_for, hold_form
from services.appraisal.cycles.usecases.goal_tasks import ask_for_agreement, nothing_waits, tell_rejection
from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.library.store import schemes as scheme_store
from services.kit.database.sessions import ReadSession
from services.kit.database.sessions import period as stored_period
from services.kit.errors import Conflict, FieldError, Invalid, Stale, Text, joined
from services.kit.identity import Caller, Role
from services.kit.work.history import advance, last_decisions, trail_of
from services.kit.work.unit_of_work import UnitOfWork

_CHANGING = (CycleState.GOAL_SETTING, CycleState.EVALUATING)


class NotNow(Conflict):
    """The cycle is not in a state in which this is done."""

    code = "not_in_this_state"
    zh = "考核周期目前为“{state}”；此操作只能在“{wanted}”阶段办理。"
    en = "The cycle is in the state '{state}'; this is possible only in '{wanted}'."


class YourOwnProposal(Conflict):
    """The side that made the last proposal cannot accept it itself."""

    code = "your_own_proposal"
    zh = "最近一次目标由您这一方提出，须由对方确认。"
    en = "The latest proposal is from your side; the other side has to agree."


class ReasonNeeded(Invalid):
    """Agreed goals, and raters whom the subject did not nominate, are set only with a reason."""

    code = "reason_needed"
    zh = "变更已确认的内容，请填写理由。"
    en = "A reason is required to change what was agreed or proposed."


def demand_state(cycle_state: str, *wanted: CycleState) -> None:
    """Refuse what is not done in the cycle's present state.

    Raises:
        NotNow: naming the states in which it is.
    """
    if cycle_state not in {state.value for state in wanted}:
        names = joined(CYCLE.states[state] for state in wanted)
        present = CYCLE.states[CycleState(cycle_state)]
        raise NotNow(state=present, wanted=names, field_errors=[FieldError("/state", cycle_state, names)])


def side_of(access: Access) -> Side:
    """The caller's side in the agreement.

    Raises:
        NotInThisCapacity: neither the subject nor the manager.
    """
    if FormRole.OWNER in access.roles:
        return "subject"
    if access.superior:
        return "superior"
    raise NotInThisCapacity(needed=joined([FORM_ROLE_NAMES[FormRole.OWNER], FORM_ROLE_NAMES[FormRole.MANAGER]]))


async def read_goals(session: ReadSession, *, caller: Caller, form_id: UUID) -> FormGoals:
    """The goals of a form with all their revisions.

    Raises:
        NoForm: there is none, or the caller may not see it.
    """
    return await _goals(session, (await form_for(session, caller, form_id)).form)


async def propose(
    uow: UnitOfWork, *, form_id: UUID, revision: int, goals: Sequence[Goal], reason: str | None
) -> FormGoals:
    """Propose goals, or others in answer to the other side's; after agreement it is a change and needs a reason.

    Raises:
        Stale: the goals have changed since they were read.
        GoalUnknown, TargetUnusable, DueOutsideCycle: see check_goals.
        ReasonNeeded, NotNow, NoForm, NotInThisCapacity: as they say.
    """
    form, cycle, side = await _held(uow, form_id)
    agreed = GoalState(form.state) in {GoalState.AGREED, GoalState.AMENDING}
    demand_state(cycle.state, *_CHANGING)  # in evaluation the goals of those added late are still to be agreed
    if form.revision != revision:
        raise Stale
    scheme = await scheme_store.find(uow.session, form.scheme_id)
    check_goals(scheme, goals, stored_period(cycle.period))
    if agreed and not reason:
        raise ReasonNeeded(field_errors=[FieldError("/reason", None, Text("必填", "required"))])
    action = await _action(uow.session, form, side)
    proposed = GoalRevision(
        number=form.goal_revision + 1,
        side=side,
        goals=completed_for(scheme, goals, form),
        reason=reason,
        proposed_by=uow.caller.account_id,
        proposed_by_name=uow.caller.name,
        proposed_at=uow.now,
    )
    move = GOALS.next(GoalState(form.state), action, _roles(side))
    await advance(uow, FormRow, form.id, move, note=reason, values={"goal_revision": proposed.number})
    await store.add(uow.session, form.id, proposed)
    about = {"goal_revision": proposed.number, "reason": reason, "items": proposed.goals}
    trail = trail_of(move.source.value, move.target.value, revision=revision, **about)
    await uow.audit("appraisal.goals.proposed", subject=("form", form.id), **trail)
    await ask_for_agreement(uow, form, cycle, side=side, state=move.target)
    return await read_goals(uow.session, caller=uow.caller, form_id=form_id)


async def agree(uow: UnitOfWork, *, form_id: UUID, revision: int) -> FormGoals:
    """Accept the other side's last proposal as it was seen; for a change after agreement only the manager does.

    Raises:
        Stale: the other side has proposed something else since.
        GoalsIncomplete: the SMART check finds something missing.
        YourOwnProposal, NotNow, NoForm, NotInThisCapacity, TransitionNotPossible, TransitionForbidden: as they say.
    """
    form, cycle, side = await _held(uow, form_id)
    demand_state(cycle.state, *_CHANGING)
    move = GOALS.next(GoalState(form.state), GoalAction.AGREE, _roles(side))
    if form.revision != revision:
        raise Stale
    last = await store.revision(uow.session, form.id, form.goal_revision)
    # A change is approved by the manager, also one of their own proposal; an agreement takes both sides.
    if last is not None and last.side == side and form.state != GoalState.AMENDING.value:
        raise YourOwnProposal
    goals = last.goals if last else ()
    demand_complete(await scheme_store.find(uow.session, form.scheme_id), goals)
    before = form.agreed_revision
    await advance(uow, FormRow, form.id, move, values={"agreed_revision": form.goal_revision})
    await nothing_waits(uow, form)
    about = {"agreed_revision": form.goal_revision, "items": goals}
    trail = trail_of(move.source.value, move.target.value, revision=revision, **about)
    trail["before"]["agreed_revision"] = before
    await uow.audit("appraisal.goals.agreed", subject=("form", form.id), **trail)
    return await read_goals(uow.session, caller=uow.caller, form_id=form_id)


async def reject_change(uow: UnitOfWork, *, form_id: UUID, revision: int, reason: str) -> FormGoals:
    """The manager refuses a change of agreed goals, which stay in force.

    Raises:
        Stale: another change has been proposed since.
        NoForm, NotInThisCapacity, TransitionNotPossible, TransitionForbidden: as they say.
    """
    form, cycle, side = await _held(uow, form_id)
    move = GOALS.next(GoalState(form.state), GoalAction.REJECT_CHANGE, _roles(side))
    if form.revision != revision:
        raise Stale
    last = await store.revision(uow.session, form.id, form.goal_revision)
    await advance(uow, FormRow, form.id, move, note=reason)
    await nothing_waits(uow, form)
    if last is not None:
        await tell_rejection(uow, form, cycle, last)
    await uow.audit(
        "appraisal.goals.change_rejected",
        subject=("form", form.id),
        **trail_of(move.source.value, move.target.value, revision=revision, reason=reason, items=last and last.goals),
    )
    return await read_goals(uow.session, caller=uow.caller, form_id=form_id)


async def _held(uow: UnitOfWork, form_id: UUID) -> tuple[FormRow, CycleRow, Side]:
    """The locked form, its locked cycle and the caller's side."""
    access = await form_for(uow.session, uow.caller, form_id)
    side = side_of(access)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    await hold_form(uow, access.form)
    return access.form, cycle, side


async def _goals(session: ReadSession, form: FormRow) -> FormGoals:
    last = (await last_decisions(session, FormRow, [form.id])).get(form.id)
    rejected = last is not None and last.action == GoalAction.REJECT_CHANGE
    return FormGoals(
        form_id=form.id,
        state=GoalState(form.state),
        revision=form.revision,
        agreed_revision=form.agreed_revision,
        revisions=await store.revisions(session, form.id),
        scheme=await scheme_store.find(session, form.scheme_id),
        rejection=ChangeRejection(last.decided_at, last.decided_by_name, last.decision) if last and rejected else None,
    )


async def _action(session: ReadSession, form: FormRow, side: Side) -> GoalAction:
    match GoalState(form.state):
        case GoalState.EMPTY:
            return GoalAction.PROPOSE
        case GoalState.AGREED | GoalState.AMENDING:
            return GoalAction.AMEND
        case GoalState.PROPOSED:
            last = await store.revision(session, form.id, form.goal_revision)
            return GoalAction.PROPOSE if last and last.side == side else GoalAction.COUNTER
        case GoalState.COUNTERED:
            return GoalAction.COUNTER


def completed_for(scheme: Scheme, goals: Sequence[Goal], form: FormRow) -> tuple[Goal, ...]:
    """Goals of a form with what its indicators and days say where they say nothing themselves."""
    days = stored_period(form.days)
    pairs = [(goal, scheme.item(goal.key)) for goal in goals]
    return tuple(completed(item, goal, days.last or days.start) if item else goal for goal, item in pairs)


def _roles(side: Side) -> set[Role]:
    return {Role.MANAGER} if side == "superior" else {Role.EMPLOYEE}
