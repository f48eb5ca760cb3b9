"""Calculating a run from its input snapshot (INC-11)."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import TimeoutError as PoolBusy

from services.incentive.calculation.domain.calculation import Calculation
from services.incentive.plans.domain.plan import period_for
from services.incentive.plans.store import plans as plan_store
from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import input_snapshots as snapshot_store
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import run_progress as progress_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.known_people import known_people
from services.incentive.runs.store.tables import InputSnapshotRow, RunRow
from services.incentive.runs.usecases.calculators import Calculate, Calculators
from services.incentive.runs.usecases.runs import SnapshotMissing, record_state
from services.kit.database.sessions import ReadSession, TransactionSession, new_id
from services.kit.errors import existing
from services.kit.identity import Role
from services.kit.work.history import advance
from services.kit.work.unit_of_work import SystemWork

log = structlog.get_logger(__name__)

NOTED_EVERY: Final = 1.0
"""Seconds between two notes of a run's progress."""


@dataclass
class Progress:
    """Notes now and then how far a calculation is, each time in a short transaction of its own that others can read."""

    system: SystemWork
    run_id: UUID
    attempt: int
    people: int
    calculated: int = 0
    noted: float = field(default_factory=time.monotonic)

    async def note(self, calculated: int) -> None:
        """So many more are calculated; written if the last note is older than ``NOTED_EVERY`` seconds.

        Where every connection is in use the note is left out: the calculation matters more.
        """
        self.calculated += calculated
        if time.monotonic() - self.noted < NOTED_EVERY:
            return
        self.noted = time.monotonic()
        try:
            await self._write()
        except PoolBusy:
            log.info("progress_not_noted", run=str(self.run_id))

    async def _write(self) -> None:
        async with self.system.begin() as uow:
            await progress_store.note(
                uow.session,
                run_id=self.run_id,
                attempt=self.attempt,
                calculated=self.calculated,
                people=self.people,
                now=uow.now,
            )


def is_current(run: RunRow, attempt: int) -> bool:
    """Whether the run is still waiting for the job of this attempt."""
    return run.state == RunState.CALCULATING and run.attempt == attempt


async def calculate(system: SystemWork, calculators: Calculators, *, run_id: UUID, attempt: int) -> None:
    """Write the lines of the run's input snapshots and move it on to calculated, all in one transaction."""
    async with system.begin() as uow:
        session = uow.session
        run = await store.one(session, run_id, lock=True)
        if run is None or run.snapshot_id is None or not is_current(run, attempt):
            return
        calculation_id, tally = new_id(), line_store.Tally()
        snapshots = await store.input_snapshots(session, run.snapshot_id)
        progress = Progress(
            system, run_id, attempt, await progress_store.people(session, [each.id for each in snapshots])
        )
        calculators.expect(progress.people)
        for snapshot in snapshots:
            of = line_store.Pass(calculation_id, snapshot.id, snapshot.occasion)
            work = calculators.of(await prepared(session, snapshot), of)
            async with aclosing(_chunks(session, snapshot.id, work, calculators.at_once)) as chunks:
                async for chunk in chunks:
                    await line_store.write(session, chunk, tally)
                    await progress.note(chunk.people)
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
    session: TransactionSession, snapshot_id: UUID, calculate: Calculate, at_once: int
) -> AsyncGenerator[line_store.Written, None]:
    """Calculated chunks in order. While some are calculated, the database takes the one before and reads the next."""
    under_way: deque[asyncio.Future[line_store.Written]] = deque()
    async with aclosing(known_people(session, snapshot_id)) as known:
        async for chunk in known:
            under_way.append(asyncio.ensure_future(calculate(chunk)))
            if len(under_way) > 2 * at_once:  # so that nobody waits for work while the oldest is written
                yield await under_way.popleft()
    while under_way:
        yield await under_way.popleft()


async def prepared(session: ReadSession, snapshot: InputSnapshotRow) -> Calculation:
    """The calculation that an input snapshot asks for.

    Raises:
        SnapshotMissing.
    """
    record = existing(await plan_store.one(session, snapshot.plan_version_id), SnapshotMissing)
    plan = record.version
    units = await snapshot_store.units(session, snapshot.id)
    period = period_for(plan, snapshot.occasion)
    return Calculation(plan, snapshot.occasion, period, units, is_correction=snapshot.main_id is not None)
