"""Goals of a form: proposed, countered, agreed, and changed with a reason and the manager's approval (APR-05)."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CYCLE, CycleState
from services.appraisal.cycles.domain.form_role import STANDING_NAMES, Standing
from services.appraisal.cycles.domain.goal import (
    GOALS,
    Goal,
    GoalAction,
    GoalState,
    check_goals,
    completed,
    demand_complete,
)
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store import goals as store
from services.appraisal.cycles.store.tables import FormRow, GoalRow
from services.appraisal.cycles.usecases.access import Access, NotInThisCapacity, form_for
from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.library.store import schemes as scheme_store
from services.kit.database import ReadSession, new_id
from services.kit.database import period as stored_period
from services.kit.errors import Conflict, FieldError, Invalid, Stale, Text, joined
from services.kit.history import advance
from services.kit.identity import Role
from services.kit.unit_of_work import UnitOfWork

Side = Literal["subject", "superior"]
_BEFORE = (CycleState.GOAL_SETTING,)
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
    """Agreed goals are changed only with a reason."""

    code = "reason_needed"
    zh = "变更已确认的目标，请填写理由。"
    en = "A change of agreed goals needs a reason."


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
    """On which side of the agreement the caller stands.

    Raises:
        NotInThisCapacity: neither the subject nor the manager.
    """
    if Standing.OWNER in access.standings:
        return "subject"
    if access.superior:
        return "superior"
    raise NotInThisCapacity(needed=joined([STANDING_NAMES[Standing.OWNER], STANDING_NAMES[Standing.MANAGER]]))


async def propose(
    uow: UnitOfWork,
    *,
    form_id: UUID,
    revision: int,
    goals: Sequence[Goal],
    reason: str | None,
) -> FormRow:
    """Propose goals, or others in answer to the other side's; after agreement it is a change and needs a reason.

    Raises:
        Stale: the form was changed since ``version`` was read.
        GoalUnknown, TargetUnusable: see check_goals.
        ReasonNeeded, NotNow, NoForm, NotInThisCapacity: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    side = side_of(access)
    form = access.form
    cycle = await cycle_store.shared(uow.session, form.cycle_id)
    await form_store.hold(uow.session, form_id)
    agreed = GoalState(form.state) in {GoalState.AGREED, GoalState.AMENDING}
    demand_state(cycle.state, *(_CHANGING if agreed else _BEFORE))
    if form.revision != revision:
        raise Stale
    scheme = await scheme_store.find(uow.session, form.scheme_id)
    check_goals(scheme, goals)
    if agreed and not reason:
        raise ReasonNeeded(field_errors=[FieldError("/reason", None, Text("必填", "required"))])
    whole = _completed(scheme, goals, form)
    action = await _action(uow.session, form, side)
    row = GoalRow(
        id=new_id(),
        form_id=form.id,
        revision=form.goal_revision + 1,
        side=side,
        items=store.goals_body(whole),
        reason=reason,
        proposed_by=uow.caller.account_id,
        proposed_by_name=uow.caller.name,
        at=uow.now,
    )
    values = {"goal_revision": row.revision}
    move = GOALS.next(GoalState(form.state), action, _roles(side))
    await advance(uow, FormRow, form.id, move, note=reason, values=values)
    uow.session.add(row)
    await uow.session.flush()
    return await _again(uow, form_id)


async def agree(uow: UnitOfWork, *, form_id: UUID) -> FormRow:
    """Accept the other side's last proposal; for a change after agreement only the manager does.

    Raises:
        GoalsIncomplete: the SMART check finds something missing.
        YourOwnProposal, NotNow, NoForm, NotInThisCapacity, TransitionNotPossible, TransitionForbidden: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    side = side_of(access)
    form = access.form
    cycle = await cycle_store.shared(uow.session, form.cycle_id)
    await form_store.hold(uow.session, form_id)  # nobody agrees to what the other side is just replacing
    demand_state(cycle.state, *_CHANGING)
    move = GOALS.next(GoalState(form.state), GoalAction.AGREE, _roles(side))
    last = await store.revision(uow.session, form.id, form.goal_revision)
    # A change is approved by the manager, also one that he proposes himself; an agreement takes both sides.
    if last is not None and last.side == side and form.state != GoalState.AMENDING.value:
        raise YourOwnProposal
    scheme = await scheme_store.find(uow.session, form.scheme_id)
    demand_complete(scheme, store.goals_of(last))
    values = {"agreed_revision": form.goal_revision}
    await advance(uow, FormRow, form.id, move, values=values)
    await uow.audit(
        "appraisal.form.agreed",
        subject=("form", form.id),
        before={"agreed_revision": form.agreed_revision},
        after={"agreed_revision": form.goal_revision, "items": last.items if last else []},
    )
    return await _again(uow, form_id)


async def keep(uow: UnitOfWork, *, form_id: UUID, reason: str) -> FormRow:
    """Refuse a change of agreed goals: what was agreed stands (the manager)."""
    access = await form_for(uow.session, uow.caller, form_id)
    side = side_of(access)
    form = access.form
    move = GOALS.next(GoalState(form.state), GoalAction.KEEP, _roles(side))
    await advance(uow, FormRow, form.id, move, note=reason)
    return await _again(uow, form_id)


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


def _completed(scheme: Scheme, goals: Sequence[Goal], form: FormRow) -> list[Goal]:
    days = stored_period(form.days)
    whole = []
    for goal in goals:
        item = scheme.item(goal.key)
        whole.append(completed(item, goal, days.last or days.start) if item else goal)
    return whole


def _roles(side: Side) -> set[Role]:
    return {Role.MANAGER} if side == "superior" else {Role.EMPLOYEE}


async def _again(uow: UnitOfWork, form_id: UUID) -> FormRow:
    return (await form_for(uow.session, uow.caller, form_id)).form
