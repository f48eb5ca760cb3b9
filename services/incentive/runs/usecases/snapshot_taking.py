"""What the job of a run does: ask the neighbours, store the input snapshot, calculate (INC-10, INC-11).

The neighbours are asked before any transaction opens, appraisal first: a cycle that the run must not pay for is refused
by the first line of its answer. Once the snapshot is stored nobody needs to answer any more: a job that is repeated
continues from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

import psycopg
import structlog

from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.cycle import Cycle
from services.incentive.clients.org import OrgClient
from services.incentive.plans.domain.cycle import check_cycle
from services.incentive.plans.domain.plan import PlanVersion, in_force, period_for
from services.incentive.plans.domain.rules.weight import Need
from services.incentive.plans.store import plans as plan_store
from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import input_snapshots as snapshot_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.input_snapshots import InputSnapshot
from services.incentive.runs.store.tables import RunRow
from services.incentive.runs.usecases import calculating
from services.incentive.runs.usecases.calculators import Calculators
from services.incentive.runs.usecases.outcomes import calculated
from services.incentive.runs.usecases.runs import record_state
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, DomainError, Unavailable
from services.kit.identity import Role
from services.kit.periods import calendar_period
from services.kit.work.history import advance
from services.kit.work.unit_of_work import SystemWork

log = structlog.get_logger(__name__)


class InputsUnusable(Conflict):
    """A neighbour's answer is whole but does not hold what a run needs."""

    code = "inputs_unusable"
    zh = "组织或考核数据不完整，无法核算。请联系系统管理员核对数据（日志中有详情）。"
    en = (
        "The data from org or appraisal is incomplete, so nothing can be calculated. Ask your administrator "
        "to check it (the log has details)."
    )


@dataclass(frozen=True)
class Neighbours:
    """Whom the job asks."""

    org: OrgClient
    appraisal: AppraisalClient


async def complete_calculation(system: SystemWork, *, neighbours: Neighbours, run_id: UUID, attempt: int) -> None:
    """Bring the run from calculating to calculated; do nothing if this attempt is over.

    A refusal sends the run back to draft with its reason; a neighbour that is away leaves it calculating, says so in
    the run, and is raised for the job to be repeated.

    Raises:
        Unavailable: a neighbour does not answer, or its answer was cut off.
    """
    async with system.sessions.read() as session:
        run = await store.one(session, run_id)
    if run is None or not calculating.is_current(run, attempt):
        return
    try:
        async with Calculators(calculated) as calculators:
            if run.snapshot_id is None:
                await _take_snapshots(system, neighbours, run, attempt, calculators)
            await calculating.calculate(system, calculators, run_id=run_id, attempt=attempt)
    except Unavailable as away:
        await _note(system, run_id, attempt, away)
        raise
    except DomainError as refused:
        await _return_to_draft(system, run_id, attempt, refused)


@dataclass(frozen=True)
class _Occasion:
    """A period that the run calculates, with the cycle whose grades count and the plan's version for it."""

    label: str
    cycle_id: UUID | None
    plan: PlanVersion


@dataclass(frozen=True)
class _Sent:
    """What the neighbours said for an occasion: their hashes, and files of their lines; of org's how many there are."""

    occasion: _Occasion
    lines: int
    org_hash: str
    results_hash: str | None
    cycle_code: str | None
    files: tuple[BinaryIO, BinaryIO]


async def _take_snapshots(
    system: SystemWork, neighbours: Neighbours, run: RunRow, attempt: int, calculators: Calculators
) -> None:
    """Those of the run's own period and of the earlier ones that are posted, all in one transaction.

    A run of claims asks nobody: what is owed and to whom is kept here.
    """
    async with system.sessions.read() as session:
        versions = await plan_store.versions(session, run.plan_code)
        own = in_force(versions, run.plan_code, calendar_period(run.period))
        pays_claims = Need.CLAIMS in own.rule.needs
        occasions = () if pays_claims else await _occasions(session, run, own, versions)
    if pays_claims:
        await _gather_claims(system, run, attempt, own)
        return
    async with AsyncExitStack() as stack:
        sent = []
        for occasion in occasions:
            sent.append(await _ask(neighbours, occasion, stack.enter_context(_two_files())))
            calculators.expect(sent[-1].lines)
        try:
            await _store_snapshots(system, run, attempt, sent)
        except (psycopg.DataError, psycopg.IntegrityError) as broken:
            log.warning("inputs_unusable", run=str(run.id), exc_info=broken)
            raise InputsUnusable from broken


async def _gather_claims(system: SystemWork, run: RunRow, attempt: int, plan: PlanVersion) -> None:
    async with system.begin() as uow:
        current = await store.one(uow.session, run.id, lock=True)
        if current is None or not calculating.is_current(current, attempt):
            return
        taken = InputSnapshot(run.id, None, run.period, plan.id, None, None, None)
        period = period_for(plan, run.period)
        snapshot_id = await snapshot_store.gather(uow.session, taken, kind=run.bonus, period=period, now=uow.now)
        await store.set_values(uow.session, run.id, snapshot_id=snapshot_id)


async def _occasions(
    session: ReadSession, run: RunRow, own: PlanVersion, versions: Sequence[PlanVersion]
) -> Sequence[_Occasion]:
    """The run's own period first. Of earlier ones the plan's version is the one that is in force for them by now."""
    look_back = own.policy.corrections.look_back
    earlier = await store.posted_before(session, run.bonus, run.period, look_back)
    return [
        _Occasion(run.period, run.cycle_id, own),
        *(
            _Occasion(label, cycle_id, in_force(versions, run.plan_code, calendar_period(label)))
            for label, cycle_id in earlier
        ),
    ]


@contextmanager
def _two_files() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    with TemporaryFile() as structure, TemporaryFile() as results:
        yield structure, results


async def _ask(neighbours: Neighbours, occasion: _Occasion, files: tuple[BinaryIO, BinaryIO]) -> _Sent:
    period = period_for(occasion.plan, occasion.label)
    cycles: list[Cycle] = []

    def check(cycle: Cycle) -> None:
        check_cycle(cycle, period, occasion.plan.policy.cycle)
        cycles.append(cycle)

    structure, results = files
    grades = None
    if occasion.cycle_id is not None:
        grades = await neighbours.appraisal.copy_results(occasion.cycle_id, results.write, check)
    facts = await neighbours.org.copy_snapshot(period, structure.write)
    results_hash = None if grades is None else grades.hash
    return _Sent(occasion, facts.lines, facts.hash, results_hash, cycles[0].code if cycles else None, files)


async def _store_snapshots(system: SystemWork, run: RunRow, attempt: int, sent: Sequence[_Sent]) -> None:
    async with system.begin() as uow:
        current = await store.one(uow.session, run.id, lock=True)
        if current is None or not calculating.is_current(current, attempt):
            return
        main_id = None
        for each in sent:
            label, plan = each.occasion.label, each.occasion.plan
            await snapshot_store.stage(uow.session, *each.files)
            taken = InputSnapshot(
                run_id=run.id,
                main_id=main_id,
                occasion=label,
                plan_version_id=plan.id,
                snapshot_hash=each.org_hash,
                cycle_code=each.cycle_code,
                results_hash=each.results_hash,
            )
            period = period_for(plan, label)
            snapshot_id = await snapshot_store.take(uow.session, taken, kind=run.bonus, period=period, now=uow.now)
            main_id = main_id or snapshot_id
        await store.set_values(uow.session, run.id, snapshot_id=main_id)


async def _note(system: SystemWork, run_id: UUID, attempt: int, problem: DomainError) -> None:
    async with system.begin() as uow:
        run = await store.one(uow.session, run_id, lock=True)
        if run is not None and calculating.is_current(run, attempt):
            await store.set_values(uow.session, run_id, problem=_problem(problem, uow.now))


async def _return_to_draft(system: SystemWork, run_id: UUID, attempt: int, problem: DomainError) -> None:
    async with system.begin() as uow:
        run = await store.one(uow.session, run_id, lock=True)
        if run is None or not calculating.is_current(run, attempt):
            return
        transition = RUN.next(RunState(run.state), RunAction.FAIL, [Role.SERVICE])
        values = {"problem": _problem(problem, uow.now), "snapshot_id": None}
        await advance(uow, RunRow, run_id, transition, note=problem.code, values=values)
        await record_state(uow, run_id, transition.target)


def _problem(problem: DomainError, now: datetime) -> Mapping[str, Any]:
    return {
        "code": problem.code,
        "zh": problem.text("zh"),
        "en": problem.text("en"),
        "retry_after": problem.retry_after,
        "errors": [
            {"pointer": fault.pointer, "found": fault.found, "zh": fault.expected.zh, "en": fault.expected.en}
            for fault in problem.field_errors
        ],
        "occurred_at": now.isoformat(),
    }
