"""Runs in the database, and whose hands were in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from services.incentive.runs.domain.run import Hand, RunAction
from services.incentive.runs.store.tables import (
    CalculationRow,
    CollectionRow,
    HandRow,
    LeftOutRow,
    PayrollFileRow,
    RunRow,
)
from services.kit.database import ReadSession, WriteSession
from services.kit.history import transition
from services.kit.identity import Caller
from services.kit.pages import Paging, Rows, page


async def add(session: WriteSession, row: RunRow) -> None:
    """Write a new run. Raises IntegrityError where the plan has a live run for the period."""
    session.add(row)
    await session.flush()


async def one(session: ReadSession, run_id: UUID, *, lock: bool = False) -> RunRow | None:
    """A run as it is now; with ``lock``, nobody else moves it until our transaction ends."""
    query = select(RunRow).where(RunRow.id == run_id).execution_options(populate_existing=True)
    found: RunRow | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def listed(session: ReadSession, *, plan_code: str | None, period: str | None, paging: Paging) -> Rows[Any]:
    """Runs in the order in which they were created, with their present calculation."""
    query: Any = select(RunRow, CalculationRow).outerjoin(CalculationRow, CalculationRow.id == RunRow.calculation_id)
    if plan_code is not None:
        query = query.where(RunRow.plan_code == plan_code)
    if period is not None:
        query = query.where(RunRow.period == period)
    return await page(session, query, keys=(RunRow.id,), paging=paging)


async def calculation(session: ReadSession, calculation_id: UUID | None) -> CalculationRow | None:
    """A calculation's summary."""
    found: CalculationRow | None = await session.get(CalculationRow, calculation_id) if calculation_id else None
    return found


async def collection(session: ReadSession, collection_id: UUID | None) -> CollectionRow | None:
    """The summary of a run's frozen inputs."""
    found: CollectionRow | None = await session.get(CollectionRow, collection_id) if collection_id else None
    return found


async def set_values(session: WriteSession, run_id: UUID, **values: Any) -> None:
    """Change a run's columns other than its state."""
    await session.execute(
        update(RunRow).where(RunRow.id == run_id).values(**values).execution_options(synchronize_session=False)
    )


async def add_hand(
    session: WriteSession, *, run_id: UUID, round_: int, action: RunAction, caller: Caller, now: datetime
) -> None:
    """Remember that the caller did ``action`` in this round."""
    await session.execute(
        insert(HandRow).values(
            run_id=run_id,
            round=round_,
            action=action.value,
            account_id=caller.account_id,
            employee_id=caller.employee_id,
            at=now,
        )
    )


async def hands(session: ReadSession, run_id: UUID, round_: int) -> Sequence[Hand]:
    """Who did what in this round, in order."""
    query = select(HandRow).where(HandRow.run_id == run_id, HandRow.round == round_).order_by(HandRow.at)
    found = (await session.execute(query)).scalars()
    return [Hand(RunAction(row.action), row.account_id, row.employee_id) for row in found]


async def history(session: ReadSession, run_id: UUID) -> Sequence[Any]:
    """Every move that the run made."""
    columns = transition.c
    query = select(transition).where(columns.resource == RunRow.__tablename__, columns.resource_id == run_id)
    return (await session.execute(query.order_by(columns.at, columns.id))).all()


async def left_out(session: ReadSession, calculation_id: UUID, paging: Paging) -> Rows[Any]:
    """Who gets no line, by employee number."""
    query = select(LeftOutRow).where(LeftOutRow.calculation_id == calculation_id)
    return await page(session, query, keys=(LeftOutRow.number,), paging=paging)


async def payroll_file(session: ReadSession, run_id: UUID) -> PayrollFileRow | None:
    """The stored payroll file of a posted run."""
    found: PayrollFileRow | None = await session.get(PayrollFileRow, run_id)
    return found


async def add_payroll_file(session: WriteSession, *, run_id: UUID, content: bytes, digest: str, now: datetime) -> None:
    """Store the payroll file."""
    row = {"run_id": run_id, "content": content, "digest": digest, "written_at": now}
    await session.execute(insert(PayrollFileRow).values(row))
