"""How far the calculation of a run is (INC-10)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.incentive.runs.domain.run import RunState
from services.incentive.runs.store.tables import CalculationInputRow, RunProgressRow, RunRow
from services.kit.database.sessions import ReadSession, WriteSession


async def people(session: ReadSession, snapshot_ids: Sequence[UUID]) -> int:
    """How many inputs the snapshots of a run hold, those of earlier periods among them."""
    query = (
        select(func.count()).select_from(CalculationInputRow).where(CalculationInputRow.snapshot_id.in_(snapshot_ids))
    )
    return (await session.execute(query)).scalar_one()


async def note(
    session: WriteSession, *, run_id: UUID, attempt: int, calculated: int, people: int, now: datetime
) -> None:
    """So many of ``people`` are calculated by now."""
    values = {"attempt": attempt, "calculated": calculated, "people": people, "noted_at": now}
    statement = insert(RunProgressRow).values(run_id=run_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["run_id"], set_=values))


async def under_way(session: ReadSession, run: RunRow) -> RunProgressRow | None:
    """How far the calculation of a run is; None before anything was noted, and while there is none."""
    row = await session.get(RunProgressRow, run.id) if run.state == RunState.CALCULATING else None
    return row if row is not None and row.attempt == run.attempt else None
