"""Calculating a run from its input snapshot (INC-11)."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from uuid import UUID

from services.incentive.plans.domain.plan import period_for
from services.incentive.plans.store import plans as plan_store
from services.incentive.runs.domain.calculation import Calculation
from services.incentive.runs.domain.calculation_input import calculation_input_from_json
from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import input_snapshots as snapshot_store
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import RunRow
from services.incentive.runs.usecases.runs import SnapshotMissing, record_state
from services.kit.database import ReadSession, new_id
from services.kit.history import advance
from services.kit.identity import Role
from services.kit.unit_of_work import SystemWork


def is_current(run: RunRow, attempt: int) -> bool:
    """Whether the run is still waiting for the job of this attempt."""
    return run.state == RunState.CALCULATING and run.attempt == attempt


async def calculate(system: SystemWork, *, run_id: UUID, attempt: int) -> None:
    """Write the lines of the run's input snapshot and move it on to calculated, all in one transaction."""
    async with system.begin() as uow:
        session = uow.session
        run = await store.one(session, run_id, lock=True)
        if run is None or run.snapshot_id is None or not is_current(run, attempt):
            return
        calculation = await prepared(session, run)
        calculation_id, tally = new_id(), line_store.Tally()
        async with aclosing(_chunks(session, calculation, calculation_id, run.snapshot_id)) as chunks:
            async for chunk in chunks:
                await line_store.write(session, chunk, tally)
        await line_store.add_calculation(
            session,
            calculation_id=calculation_id,
            run_id=run_id,
            snapshot_id=run.snapshot_id,
            tally=tally,
            now=uow.now,
        )
        transition = RUN.next(RunState(run.state), RunAction.FINISH, [Role.SERVICE])
        values = {"calculation_id": calculation_id, "problem": None}
        await advance(uow, RunRow, run_id, transition, values=values)
        await record_state(uow, run_id, transition.target)


async def _chunks(
    session: ReadSession, calculation: Calculation, calculation_id: UUID, snapshot_id: UUID
) -> AsyncGenerator[line_store.Written, None]:
    """Calculated chunks. While one is calculated in a thread, the database takes the one before and reads the next."""
    under_way: asyncio.Task[line_store.Written] | None = None
    try:
        async with aclosing(snapshot_store.calculation_inputs(session, snapshot_id)) as calculation_inputs:
            async for facts in calculation_inputs:
                before = under_way
                under_way = asyncio.create_task(asyncio.to_thread(_calculated, calculation, calculation_id, facts))
                if before is not None:
                    yield await before
        if under_way is not None:
            yield await under_way
    finally:
        if under_way is not None:
            under_way.cancel()


def _calculated(calculation: Calculation, calculation_id: UUID, chunk: Sequence[str]) -> line_store.Written:
    outcomes = (calculation.outcome(calculation_input_from_json(json.loads(facts))) for facts in chunk)
    return line_store.written(calculation_id, outcomes)


async def prepared(session: ReadSession, run: RunRow) -> Calculation:
    """The calculation that the run's input snapshot ask for.

    Raises:
        SnapshotMissing.
    """
    snapshot = await store.input_snapshot(session, run.snapshot_id)
    if snapshot is None:
        raise SnapshotMissing
    record = await plan_store.one(session, snapshot.plan_version_id)
    if record is None:
        raise SnapshotMissing
    plan = record.version
    units = await snapshot_store.units(session, snapshot.id)
    return Calculation(plan, run.period, period_for(plan, run.period), units)
