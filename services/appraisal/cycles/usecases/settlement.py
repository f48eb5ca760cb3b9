"""Settling goals on which the two sides did not agree in time, so that nobody stops a cycle (APR-05)."""

from collections.abc import Sequence
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FormRole
from services.appraisal.cycles.domain.goal import (
    GOALS,
    FormGoals,
    Goal,
    GoalAction,
    GoalRevision,
    GoalState,
    check_goals,
)
from services.appraisal.cycles.domain.goal_completeness import demand_complete
from services.appraisal.cycles.domain.settlement import settler
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import departures
from services.appraisal.cycles.store import goals as store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import Access, demand_revision, form_for, hold_form, ownership
from services.appraisal.cycles.usecases.goal_tasks import ACKNOWLEDGE, ask_to_acknowledge
from services.appraisal.cycles.usecases.goals import completed_for, demand_state, read_goals
from services.appraisal.library.store import schemes as scheme_store
from services.kit.database.sessions import period as stored_period
from services.kit.errors import Conflict
from services.kit.identity import Role
from services.kit.work.history import advance, trail_of
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork


class NotSettled(Conflict):
    """The goals that count were agreed, or none count yet."""

    code = "goals_not_settled"
    zh = "该表的目标未经裁定，无需确认已阅。"
    en = "The goals of this form were not settled, so there is nothing to acknowledge."


async def settle(
    uow: UnitOfWork, *, form_id: UUID, revision: int, goals: Sequence[Goal] | None, reason: str
) -> FormGoals:
    """Set the goals of a form for both sides with a reason; without ``goals`` the last proposal counts.

    All proposals are kept, and the person concerned is notified.

    Raises:
        Stale: something was proposed or agreed since the goals were read.
        GoalUnknown, TargetUnusable, DueOutsideCycle, GoalsIncomplete: as they say.
        DeadlineNotPast, NotForYouToSettle, OwnMatter, FormExcluded, NotNow, NoForm: as they say.
        TransitionNotPossible, TransitionForbidden: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    await hold_form(uow, access.form)
    form = access.form
    demand_state(cycle.state, CycleState.GOAL_SETTING, CycleState.EVALUATING)
    move = GOALS.next(GoalState(form.state), GoalAction.SETTLE, {await _role(uow, access, cycle)})
    demand_revision(form.revision, revision)
    settled = await _settled(uow, form, cycle, goals, reason)
    before = form.agreed_revision
    values = {"goal_revision": settled.number, "agreed_revision": settled.number}
    await advance(uow, FormRow, form.id, move, note=reason, values=values)
    await store.add(uow.session, form.id, settled)
    await ask_to_acknowledge(uow, form, cycle)
    about = {"agreed_revision": settled.number, "reason": reason, "items": settled.goals}
    trail = trail_of(move.source.value, move.target.value, revision=revision, **about)
    trail["before"]["agreed_revision"] = before
    await uow.record(
        "appraisal.goals.settled",
        subject=("form", form.id),
        data={"cycle_id": cycle.id},
        **trail,
    )
    return await read_goals(uow.session, caller=uow.caller, form_id=form_id)


async def acknowledge(uow: UnitOfWork, *, form_id: UUID, revision: int) -> FormGoals:
    """Take note of settled goals (the person concerned); their task ends.

    Raises:
        NotSettled: the goals that count were agreed.
        Stale, NoForm, NotInThisCapacity: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(FormRole.OWNER)
    await hold_form(uow, access.form)
    demand_revision(access.form.revision, revision)
    found = await read_goals(uow.session, caller=uow.caller, form_id=form_id)
    if found.settlement is None:
        raise NotSettled
    await close_tasks(uow, ACKNOWLEDGE, subject=("form", form_id))
    await uow.audit(
        "appraisal.goals.acknowledged",
        subject=("form", form_id),
        after={"agreed_revision": found.agreed_revision},
    )
    return found


async def _role(uow: UnitOfWork, access: Access, cycle: CycleRow) -> Role:
    form = access.form
    sides = [person for person in (form.owner_id, form.manager_id) if person is not None]
    gone = await departures.gone(uow.session, sides, uow.today)
    return settler(access.roles, ownership(form), gone=gone, due_on=cycle.goals_due_on, today=uow.today)


async def _settled(
    uow: UnitOfWork, form: FormRow, cycle: CycleRow, goals: Sequence[Goal] | None, reason: str
) -> GoalRevision:
    scheme = await scheme_store.find(uow.session, form.scheme_id)
    if goals is None:
        last = await store.revision(uow.session, form.id, form.goal_revision)
        goals = last.goals if last else ()
    check_goals(scheme, goals, stored_period(cycle.period))
    complete = completed_for(scheme, goals, form)
    demand_complete(scheme, complete)
    return GoalRevision(
        number=form.goal_revision + 1,
        side="settlement",
        goals=complete,
        reason=reason,
        proposed_by=uow.caller.account_id,
        proposed_by_name=uow.caller.name,
        proposed_at=uow.now,
    )
