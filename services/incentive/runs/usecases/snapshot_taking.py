"""What the collecting job does: ask the neighbours, freeze what they say, calculate (INC-10, INC-11).

The neighbours are asked before any transaction opens, appraisal first: a cycle that the run must not pay for is refused
by the first line of its answer. Once the inputs are frozen nobody needs to answer any more: a job
that is run again goes on from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

import psycopg
import structlog

from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.org import OrgClient
from services.incentive.plans.domain.cycle import Cycle, check_cycle
from services.incentive.plans.domain.plan import PlanVersion, in_force, period_for
from services.incentive.plans.store import plans as plan_store
from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import input_snapshots as collection_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import RunRow
from services.incentive.runs.usecases import calculating
from services.kit.database import new_id
from services.kit.errors import Conflict, DomainError, Unavailable
from services.kit.history import advance
from services.kit.identity import Role
from services.kit.json_lines import Proof
from services.kit.periods import calendar_period
from services.kit.unit_of_work import SystemWork

log = structlog.get_logger(__name__)
"""Who moves a run on behalf of the collecting job."""


class FactsUnusable(Conflict):
    """A neighbour's answer is whole but does not hold what a run needs."""

    code = "facts_unusable"
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


async def collect_run(system: SystemWork, *, neighbours: Neighbours, run_id: UUID, round_: int) -> None:
    """Bring the run from collecting to calculated; do nothing if this round is over.

    A refusal sends the run back to draft with its reason; a neighbour that is away leaves it collecting, says so in
    the run, and is raised for the job to be repeated.

    Raises:
        Unavailable: a neighbour does not answer, or its answer was cut off.
    """
    async with system.sessions.read() as session:
        run = await store.one(session, run_id)
    if run is None or not calculating.is_current(run, round_):
        return
    try:
        if run.collection_id is None:
            await _collect(system, neighbours, run, round_)
        await calculating.calculate(system, run_id=run_id, round_=round_)
    except Unavailable as away:
        await _note(system, run_id, round_, away)
        raise
    except DomainError as refused:
        await _give_back(system, run_id, round_, refused)


async def _collect(system: SystemWork, neighbours: Neighbours, run: RunRow, round_: int) -> None:
    async with system.sessions.read() as session:
        plan = in_force(await plan_store.versions(session, run.plan_code), run.plan_code, calendar_period(run.period))
    period = period_for(plan, run.period)

    def check(cycle: Cycle) -> None:
        check_cycle(cycle, period, plan.policy.cycle)

    with TemporaryFile() as snapshot, TemporaryFile() as results:
        grades = await neighbours.appraisal.copy_results(run.cycle_id, results.write, check)
        facts = await neighbours.org.copy_snapshot(period, snapshot.write)
        try:
            await _freeze(system, run, round_, plan, (snapshot, results), (facts, grades))
        except (psycopg.DataError, psycopg.IntegrityError) as broken:
            log.warning("facts_unusable", run=str(run.id), exc_info=broken)
            raise FactsUnusable from broken


async def _freeze(
    system: SystemWork,
    run: RunRow,
    round_: int,
    plan: PlanVersion,
    files: tuple[BinaryIO, BinaryIO],
    proofs: tuple[Proof, Proof],
) -> None:
    async with system.begin() as uow:
        session = uow.session
        current = await store.one(session, run.id, lock=True)
        if current is None or not calculating.is_current(current, round_):
            return
        collection_id = new_id()
        await collection_store.stage(session, *files)
        people, content_hash = await collection_store.freeze(session, collection_id, calendar_period(run.period))
        await collection_store.add(
            session,
            collection_id=collection_id,
            run_id=run.id,
            plan_version_id=plan.id,
            snapshot_hash=proofs[0].hash,
            results_hash=proofs[1].hash,
            content_hash=content_hash,
            people=people,
            now=uow.now,
        )
        await store.set_values(session, run.id, collection_id=collection_id)


async def _note(system: SystemWork, run_id: UUID, round_: int, problem: DomainError) -> None:
    async with system.begin() as uow:
        run = await store.one(uow.session, run_id, lock=True)
        if run is not None and calculating.is_current(run, round_):
            await store.set_values(uow.session, run_id, problem=_problem(problem, uow.now))


async def _give_back(system: SystemWork, run_id: UUID, round_: int, problem: DomainError) -> None:
    async with system.begin() as uow:
        run = await store.one(uow.session, run_id, lock=True)
        if run is None or not calculating.is_current(run, round_):
            return
        move = RUN.next(RunState(run.state), RunAction.FAIL, [Role.SERVICE])
        values = {"problem": _problem(problem, uow.now), "collection_id": None}
        await advance(uow, RunRow, run_id, move, note=problem.code, values=values)


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
        "at": now.isoformat(),
    }
