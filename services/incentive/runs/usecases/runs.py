"""Moving a run: create, calculate, review, approve, cancel (INC-10). Posting and paying stand in ``posting``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.plans.domain.plan import period_for
from services.incentive.plans.domain.rules import KINDS
from services.incentive.plans.store import plans as plan_store
from services.incentive.plans.usecases.plans import PlanUnknown
from services.incentive.runs.domain.run import RUN, RunAction, RunState, Seen, check_hands, unapproved
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import CalculationRow, CollectionRow, RunRow
from services.kit.database import ReadSession, WriteSession, new_id
from services.kit.errors import Conflict, Forbidden, NotFound, Stale, joined
from services.kit.events import publish
from services.kit.history import advance
from services.kit.identity import ROLE_NAMES, Caller, Role
from services.kit.jobs import defer
from services.kit.pages import Paging, Rows
from services.kit.periods import period_in_words
from services.kit.unit_of_work import UnitOfWork
from services.kit.workflow import Transition

COLLECT: Final = "collect_run"
"""The job that fetches, freezes and calculates; the jobs floor registers it."""


class RunUnknown(NotFound):
    """There is no such run."""

    code = "run_unknown"
    zh = "找不到该奖金核算，或您无权查看。"
    en = "There is no such run, or you may not see it."


class RunExists(Conflict):
    """This kind of bonus has a run for the period already, under this plan or another; a second would pay twice."""

    code = "run_exists"
    zh = "{period} 的{bonus}已有核算，不能重复建立；请在原核算上重新核算，或先将其作废。"
    en = "There is already a run of the {bonus} for {period}; calculate that one again, or cancel it first."


class NothingFrozen(Conflict):
    """The run has no frozen inputs yet to calculate from."""

    code = "nothing_frozen"
    zh = "该奖金核算尚未取数，请先核算。"
    en = "The run has no inputs yet; calculate it first."


class WholeOrganisationOnly(Forbidden):
    """The role is held over some units only."""

    code = "whole_organisation_only"
    zh = "此操作影响全体员工，须由管理范围为全公司的{roles}办理。"
    en = "This concerns everybody and is for {roles} over the whole organisation."


def whole_roles(caller: Caller) -> frozenset[Role]:
    """The roles that the caller holds over the whole organisation: a run concerns everybody."""
    return frozenset(held.role for held in caller.role_assignments if held.unit_id is None)


def require_whole(caller: Caller, *roles: Role) -> None:
    """Refuses a caller who holds ``roles`` over some units only, where the thing concerns everybody.

    Raises:
        WholeOrganisationOnly.
    """
    if whole_roles(caller).isdisjoint(roles):
        raise WholeOrganisationOnly(roles=joined(ROLE_NAMES[role] for role in Role if role in roles))


async def create_run(uow: UnitOfWork, *, plan_code: str, period: str, cycle_id: UUID) -> RunRow:
    """A new draft.

    Raises:
        PlanUnknown, PeriodMalformed, PeriodUnsuitable, RunExists, WholeOrganisationOnly.
    """
    require_whole(uow.caller, Role.COMPENSATION)
    versions = await plan_store.versions(uow.session, plan_code)
    if not versions:
        raise PlanUnknown
    period_for(versions[-1], period)
    bonus = versions[-1].rule.kind
    row = RunRow(
        id=new_id(),
        plan_code=plan_code,
        bonus=bonus,
        period=period,
        cycle_id=cycle_id,
        state=RunState.DRAFT.value,
        created_at=uow.now,
        created_by=uow.caller.account_id,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise RunExists(bonus=KINDS[bonus].label, period=period_in_words(period)) from clash
    await _record(uow, "create", row.id, plan_code=plan_code, period=period)
    return row


async def calculate_run(uow: UnitOfWork, *, run_id: UUID, revision: int, inputs: Literal["fresh", "frozen"]) -> None:
    """Have the run collected and calculated by a job; with ``inputs`` frozen, from what is frozen already.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, Stale, NothingFrozen.
    """
    run = await locked(uow.session, run_id)
    move = RUN.next(RunState(run.state), RunAction.CALCULATE, whole_roles(uow.caller))
    if run.revision != revision:
        raise Stale
    if inputs == "frozen" and run.collection_id is None:
        raise NothingFrozen
    round_ = run.round + 1
    kept = run.collection_id if inputs == "frozen" else None
    values = {"round": round_, "collection_id": kept, "calculation_id": None, "problem": None}
    await advance(uow, RunRow, run_id, move, values=values)
    await store.add_hand(
        uow.session, run_id=run_id, round_=round_, action=RunAction.CALCULATE, caller=uow.caller, now=uow.now
    )
    await defer(uow.session, COLLECT, lock=f"run:{run_id}", run_id=str(run_id), round_=round_)
    await _record(uow, "calculate", run_id, round=round_, inputs=inputs)


async def review_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen) -> None:
    """Confirm that the calculation that was seen is sound.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale, SamePerson.
    """
    run, move = await decided(uow, run_id, RunAction.REVIEW, seen)
    check_hands(await store.hands(uow.session, run_id, run.round), uow.caller)
    await store.add_hand(
        uow.session, run_id=run_id, round_=run.round, action=RunAction.REVIEW, caller=uow.caller, now=uow.now
    )
    await moved(uow, run_id, move)


async def approve_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen) -> None:
    """Approve every line but the caller's own; the run is approved once no line waits for another approver.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale, SamePerson.
    """
    run, move = await decided(uow, run_id, RunAction.APPROVE, seen)
    hands = await store.hands(uow.session, run_id, run.round)
    check_hands(hands, uow.caller)
    await store.add_hand(
        uow.session, run_id=run_id, round_=run.round, action=RunAction.APPROVE, caller=uow.caller, now=uow.now
    )
    approvers = [hand.employee_id for hand in hands if hand.action is RunAction.APPROVE]
    waiting = await _waiting(uow.session, run, [*approvers, uow.caller.employee_id])
    if waiting is None:
        await moved(uow, run_id, move)
    else:
        await store.set_values(uow.session, run_id, revision=RunRow.revision + 1)
        await _record(uow, "approve_but_own_line", run_id)


async def cancel_run(uow: UnitOfWork, *, run_id: UUID, revision: int) -> None:
    """Give the run up; another one for the period may follow.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, Stale.
    """
    run = await locked(uow.session, run_id)
    move = RUN.next(RunState(run.state), RunAction.CANCEL, whole_roles(uow.caller))
    if run.revision != revision:
        raise Stale
    await moved(uow, run_id, move)


async def read_run(
    session: ReadSession, *, run_id: UUID
) -> tuple[RunRow, CollectionRow | None, CalculationRow | None, UUID | None]:
    """A run with its frozen inputs, its present calculation, and whose lines wait for another approver.

    Raises:
        RunUnknown.
    """
    run = await store.one(session, run_id)
    if run is None:
        raise RunUnknown
    hands = await store.hands(session, run_id, run.round)
    approvers = [hand.employee_id for hand in hands if hand.action is RunAction.APPROVE]
    waiting = await _waiting(session, run, approvers) if run.state == RunState.REVIEWED and approvers else None
    calculation = await store.calculation(session, run.calculation_id)
    return run, await store.collection(session, run.collection_id), calculation, waiting


async def list_runs(session: ReadSession, *, plan_code: str | None, period: str | None, paging: Paging) -> Rows[Any]:
    """Runs in the order in which they were created."""
    return await store.listed(session, plan_code=plan_code, period=period, paging=paging)


async def read_history(session: ReadSession, *, run_id: UUID) -> Sequence[Any]:
    """Every move of the run.

    Raises:
        RunUnknown.
    """
    if await store.one(session, run_id) is None:
        raise RunUnknown
    return await store.history(session, run_id)


async def locked(session: WriteSession, run_id: UUID) -> RunRow:
    """The run, held until the transaction ends: of two moves at once the second sees what the first did.

    Raises:
        RunUnknown.
    """
    run = await store.one(session, run_id, lock=True)
    if run is None:
        raise RunUnknown
    return run


async def decided(
    uow: UnitOfWork, run_id: UUID, action: RunAction, seen: Seen
) -> tuple[RunRow, Transition[RunState, RunAction]]:
    """The run and its transition by ``action``, if it is possible and still about what the person saw.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale, NothingFrozen.
    """
    run = await locked(uow.session, run_id)
    move = RUN.next(RunState(run.state), action, whole_roles(uow.caller))
    calculation = await store.calculation(uow.session, run.calculation_id)
    if calculation is None:
        raise NothingFrozen
    seen.check(revision=run.revision, calculation_hash=calculation.content_hash)
    return run, move


async def _waiting(session: ReadSession, run: RunRow, approvers: Sequence[UUID | None]) -> UUID | None:
    person = unapproved(approvers)
    if person is None or run.calculation_id is None:
        return None
    return person if await line_store.any_of(session, run.calculation_id, person) else None


async def moved(uow: UnitOfWork, run_id: UUID, move: Transition[RunState, RunAction]) -> None:
    """Make the move, record it and report it."""
    await advance(uow, RunRow, run_id, move)
    await _record(uow, move.action.value, run_id, state=move.target.value)
    await report(uow.session, run_id, move.target, uow.now)


async def report(session: WriteSession, run_id: UUID, state: RunState, now: datetime) -> None:
    """Tell subscribers that the run is now ``state``."""
    data = {"run_id": str(run_id), "state": state.value}
    await publish(session, type=f"incentive.run.{state.value}", subject=f"run/{run_id}", data=data, now=now)


async def _record(uow: UnitOfWork, action: str, run_id: UUID, **after: object) -> None:
    await uow.audit(f"incentive.run.{action}", subject=("run", run_id), after=after or None)
