"""Runs: create, calculate, review, approve, cancel (INC-10). Posting and payment are in ``payroll``."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.journal.store.balances import settlement
from services.incentive.plans.domain.plan import check_cycle_given, period_for
from services.incentive.plans.store import plans as plan_store
from services.incentive.plans.usecases.plans import PlanUnknown
from services.incentive.runs.domain.run import (
    RUN,
    Awaiting,
    RunAction,
    RunFilter,
    RunState,
    RunTransition,
    Seen,
    check_sign_offs,
)
from services.incentive.runs.store import run_progress
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import CalculationRow, InputSnapshotRow, RunProgressRow, RunRow
from services.incentive.runs.usecases.run_budgets import follow_state
from services.incentive.runs.usecases.run_tasks import await_next_step
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.errors import Conflict, NotFound, Stale, existing
from services.kit.identity import Caller, Role
from services.kit.jobs.queue import defer
from services.kit.scope import require_whole
from services.kit.work.history import Decision, advance, trail_of
from services.kit.work.unit_of_work import UnitOfWork
from services.kit.workflow import Transition

CALCULATE_RUN: Final = "calculate_run"
"""The job that takes the input snapshot and calculates; the jobs floor registers it."""
_IN_JOB: Final = RunState.CALCULATING
RUN_READERS: Final = (Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR)


class RunUnknown(NotFound):
    """There is no such run."""

    code = "run_unknown"
    zh = "找不到该奖金核算，或您无权查看。"
    en = "There is no such run, or you may not see it."


class RunExists(Conflict):
    """A run of this bonus is in progress for the period, under this plan or another: both would book the same."""

    code = "run_exists"
    zh = "{period} 的{bonus}已有核算正在办理，不能重复建立；请在原核算上重新核算，或先将其作废。"
    en = "A run of the {bonus} for {period} is already in progress; calculate it again, or cancel it first."


class SnapshotMissing(Conflict):
    """The run has no input snapshot yet to calculate from."""

    code = "input_snapshot_missing"
    zh = "该奖金核算尚未取数，请先核算。"
    en = "The run has no inputs yet; calculate it first."


@dataclass(frozen=True)
class RunDetails:
    """A run with its input snapshot, its present calculation and the person whose own lines wait for an approver."""

    run: RunRow
    snapshot: InputSnapshotRow | None
    calculation: CalculationRow | None
    awaiting: Awaiting | None
    settlement: Sequence[tuple[str, Decimal, Decimal]] = ()
    """Of a posted run by currency: what is still owed, and what is paid."""
    progress: RunProgressRow | None = None
    """How far the calculation is, while it goes on."""
    cancellation: Decision | None = None


async def create_run(uow: UnitOfWork, *, plan_code: str, period: str, cycle_id: UUID | None) -> RunDetails:
    """A new draft. It names a cycle if, and only if, the rule of its plan needs grades.

    Raises:
        PlanUnknown, PeriodMalformed, PeriodUnsuitable, CycleMissing, CycleNotNeeded, RunExists.
    """
    versions = await plan_store.versions(uow.session, plan_code)
    if not versions:
        raise PlanUnknown
    plan = versions[-1]
    period_for(plan, period)
    check_cycle_given(plan, cycle_id)
    named = {"plan_code": plan_code, "plan_name": plan.name.zh, "plan_name_en": plan.name.en}
    row = RunRow(
        id=new_id(),
        **named,
        bonus=plan.rule.kind,
        period=period,
        cycle_id=cycle_id,
        state=RunState.DRAFT.value,
        created_at=uow.now,
        created_by=uow.caller.account_id,
        created_by_name=uow.caller.name,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise RunExists(bonus=plan.rule.label, period=period) from clash
    about = {"plan_code": plan_code, "period": period}
    await uow.record("incentive.run.created", subject=("run", row.id), after=about, data=about)
    return RunDetails(row, None, None, None)


async def calculate_run(uow: UnitOfWork, *, run_id: UUID, revision: int, reuse_inputs: bool) -> None:
    """Have a job take the run's input snapshot and calculate; with ``reuse_inputs``, from the snapshot it has.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, Stale, SnapshotMissing.
    """
    run, transition = await _transition(uow, run_id, RunAction.CALCULATE, revision)
    if reuse_inputs and run.snapshot_id is None:
        raise SnapshotMissing
    await start_calculating(uow, run, transition, kept=run.snapshot_id if reuse_inputs else None)


async def start_calculating(
    uow: UnitOfWork, run: RunRow, transition: Transition[RunState, RunAction], *, kept: UUID | None
) -> None:
    """Let a job calculate the run, from the snapshot ``kept`` or one that it takes."""
    run_id, attempt = run.id, run.attempt + 1
    values = {"attempt": attempt, "snapshot_id": kept, "calculation_id": None, "problem": None}
    await advance(uow, RunRow, run_id, transition, values=values)
    await store.add_sign_off(uow, run_id=run_id, attempt=attempt, action=RunAction.CALCULATE)
    await defer(uow.session, CALCULATE_RUN, lock=f"run:{run_id}", run_id=str(run_id), attempt=attempt)
    await record_state(uow, run_id, transition.target, source=transition.source)


async def review_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen) -> None:
    """Confirm that the calculation that was seen is sound.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale, SamePerson.
    """
    run, transition = await decide(uow, run_id, RunAction.REVIEW, seen)
    check_sign_offs(await store.sign_offs(uow.session, run_id, run.attempt), uow.caller)
    await store.add_sign_off(uow, run_id=run_id, attempt=run.attempt, action=RunAction.REVIEW)
    await move(uow, run_id, transition)


async def approve_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen) -> None:
    """Approve every line but the caller's own; the run is approved once no line waits for another approver.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale, SamePerson, BudgetExceeded.
    """
    run, transition = await decide(uow, run_id, RunAction.APPROVE, seen)
    sign_offs = await store.sign_offs(uow.session, run_id, run.attempt)
    check_sign_offs(sign_offs, uow.caller)
    await store.add_sign_off(uow, run_id=run_id, attempt=run.attempt, action=RunAction.APPROVE)
    approvers = [each.employee_id for each in sign_offs if each.action is RunAction.APPROVE]
    if await store.awaiting(uow.session, run, [*approvers, uow.caller.employee_id]) is None:
        await move(uow, run_id, transition)
    else:
        await store.set_values(uow.session, run_id, revision=RunRow.revision + 1)
        trail = trail_of(run.state, run.state, revision=seen.revision, calculation_hash=seen.calculation_hash)
        await uow.record("incentive.run.partly_approved", subject=("run", run_id), **trail)
        await await_next_step(uow, run, RunState.REVIEWED)


async def cancel_run(uow: UnitOfWork, *, run_id: UUID, revision: int, reason: str) -> None:
    """Give the run up for a reason; another one for the period may follow.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, Stale.
    """
    _, transition = await _transition(uow, run_id, RunAction.CANCEL, revision)
    await move(uow, run_id, transition, reason=reason)


async def read_run(session: ReadSession, *, caller: Caller, run_id: UUID) -> RunDetails:
    """A run with everything that is decided on.

    Raises:
        RunUnknown, WholeOrganisationOnly.
    """
    require_whole(caller, *RUN_READERS)
    return await run_details(session, run_id)


async def run_details(session: ReadSession, run_id: UUID) -> RunDetails:
    """The same for whoever has just made a transition of it."""
    run = existing(await store.one(session, run_id), RunUnknown)
    sign_offs = await store.sign_offs(session, run_id, run.attempt)
    approvers = [each.employee_id for each in sign_offs if each.action is RunAction.APPROVE]
    awaiting = await store.awaiting(session, run, approvers) if run.state == RunState.REVIEWED and approvers else None
    snapshot = await store.input_snapshot(session, run.snapshot_id)
    calculation = await store.calculation(session, run.calculation_id)
    settled = await settlement(session, run.id) if run.state in {RunState.POSTED, RunState.PAID} else ()
    progress = await run_progress.under_way(session, run)
    return RunDetails(run, snapshot, calculation, awaiting, settled, progress, await store.cancellation(session, run))


async def list_runs(session: ReadSession, *, caller: Caller, wanted: RunFilter, paging: Paging) -> Rows[RunDetails]:
    """Runs in the order in which they were created.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *RUN_READERS)
    rows = await store.listed(session, wanted, paging)
    return Rows([RunDetails(*each, awaiting=None) for each in rows.items], rows.next)


async def list_transitions(session: ReadSession, *, caller: Caller, run_id: UUID) -> Sequence[RunTransition]:
    """Every transition that the run made, in order.

    Raises:
        RunUnknown, WholeOrganisationOnly.
    """
    require_whole(caller, *RUN_READERS)
    run = existing(await store.one(session, run_id), RunUnknown)
    return await store.transitions(session, run.id)


async def decide(
    uow: UnitOfWork, run_id: UUID, action: RunAction, seen: Seen
) -> tuple[RunRow, Transition[RunState, RunAction]]:
    """The run and its transition by ``action``, if it is possible and still about what the person saw.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale, SnapshotMissing.
    """
    run, transition = await _transition(uow, run_id, action)
    calculation = existing(await store.calculation(uow.session, run.calculation_id), SnapshotMissing)
    seen.check(revision=run.revision, calculation_hash=calculation.content_hash)
    return run, transition


def calculation_of(run: RunRow) -> UUID:
    """The run's present calculation.

    Raises:
        SnapshotMissing: nothing has been calculated yet.
    """
    if run.calculation_id is None:
        raise SnapshotMissing
    return run.calculation_id


async def move(
    uow: UnitOfWork, run_id: UUID, transition: Transition[RunState, RunAction], *, reason: str | None = None
) -> None:
    """Make a transition, record it and publish it."""
    await advance(uow, RunRow, run_id, transition, note=reason)
    await record_state(uow, run_id, transition.target, source=transition.source, reason=reason)


async def record_state(
    uow: UnitOfWork, run_id: UUID, state: RunState, *, source: RunState = _IN_JOB, reason: str | None = None
) -> None:
    """Record that the run left ``source`` for ``state``; budgets follow, and the next step waits for its people.

    Raises:
        BudgetExceeded: it was approved, and a budget has no room for it.
    """
    run = await _locked(uow.session, run_id)
    calculation = await store.calculation(uow.session, run.calculation_id)
    content_hash = None if calculation is None else calculation.content_hash
    trail = trail_of(source.value, state.value, revision=run.revision - 1, calculation_hash=content_hash, reason=reason)
    await uow.record(f"incentive.run.{state.value}", subject=("run", run_id), **trail, data={"state": state.value})
    await follow_state(uow, run, state)
    await await_next_step(uow, run, state)


async def _transition(
    uow: UnitOfWork, run_id: UUID, action: RunAction, revision: int | None = None
) -> tuple[RunRow, Transition[RunState, RunAction]]:
    """The run, locked until the transaction ends (of two at once the second sees what the first did), and its move."""
    run = await _locked(uow.session, run_id)
    transition = RUN.next(RunState(run.state), action, uow.caller.whole_roles)
    if revision is not None and run.revision != revision:
        raise Stale
    return run, transition


async def _locked(session: WriteSession, run_id: UUID) -> RunRow:
    return existing(await store.one(session, run_id, lock=True), RunUnknown)
