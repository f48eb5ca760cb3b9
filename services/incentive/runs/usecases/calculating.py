"""Calculating a run from its frozen inputs (INC-11)."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from uuid import UUID

from services.incentive.plans.domain.plan import period_for
from services.incentive.plans.store import plans as plan_store
from services.incentive.runs.domain.calculation import Calculation
from services.incentive.runs.domain.calculation_input import dossier_from_json
from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import input_snapshots as collection_store
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import RunRow
from services.incentive.runs.usecases.runs import NothingFrozen, report
from services.kit.database import ReadSession, new_id
from services.kit.history import advance
from services.kit.identity import Role
from services.kit.unit_of_work import SystemWork


def is_current(run: RunRow, round_: int) -> bool:
    """Whether the run is still waiting for the job of this round."""
    return run.state == RunState.COLLECTING and run.round == round_


async def calculate(system: SystemWork, *, run_id: UUID, round_: int) -> None:
    """Write the lines of the run's frozen inputs and move it on to calculated, all in one transaction."""
    async with system.begin() as uow:
        session = uow.session
        run = await store.one(session, run_id, lock=True)
        if run is None or run.collection_id is None or not is_current(run, round_):
            return
        calculation = await prepared(session, run)
        calculation_id, tally = new_id(), line_store.Tally()
        async with aclosing(_chunks(session, calculation, calculation_id, run.collection_id)) as chunks:
            async for chunk in chunks:
                await line_store.write(session, chunk, tally)
        await line_store.add_calculation(
            session,
            calculation_id=calculation_id,
            run_id=run_id,
            collection_id=run.collection_id,
            tally=tally,
            now=uow.now,
        )
        move = RUN.next(RunState(run.state), RunAction.FINISH, [Role.SERVICE])
        values = {"calculation_id": calculation_id, "problem": None}
        await advance(uow, RunRow, run_id, move, values=values)
        await report(session, run_id, move.target, uow.now)


async def _chunks(
    session: ReadSession, calculation: Calculation, calculation_id: UUID, collection_id: UUID
) -> AsyncGenerator[line_store.Written, None]:
    """Calculated chunks. While one is calculated in a thread, the database takes the one before and reads the next."""
    under_way: asyncio.Task[line_store.Written] | None = None
    try:
        async with aclosing(collection_store.dossiers(session, collection_id)) as dossiers:
            async for facts in dossiers:
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
    outcomes = (calculation.outcome(dossier_from_json(json.loads(facts))) for facts in chunk)
    return line_store.written(calculation_id, outcomes)


async def prepared(session: ReadSession, run: RunRow) -> Calculation:
    """The calculation that the run's frozen inputs ask for.

    Raises:
        NothingFrozen.
    """
    collection = await store.collection(session, run.collection_id)
    if collection is None:
        raise NothingFrozen
    row = await plan_store.one(session, collection.plan_version_id)
    if row is None:
        raise NothingFrozen
    plan = plan_store.stored(row)
    units = await collection_store.units(session, collection.id)
    return Calculation(plan, run.period, period_for(plan, run.period), units)
