"""Runs in the database, and who signed them off."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from services.incentive.runs.domain.run import (
    Awaiting,
    RunAction,
    RunFilter,
    RunState,
    RunTransition,
    SignOff,
    unapproved,
)
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store.tables import CalculationRow, ExclusionRow, InputSnapshotRow, RunRow, SignOffRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.work.history import Decision, last_decisions, transition
from services.kit.work.unit_of_work import UnitOfWork

Listed = tuple[RunRow, InputSnapshotRow | None, CalculationRow | None]
"""A run in a list, with its input snapshot and its present calculation."""


async def add(session: WriteSession, row: RunRow) -> None:
    """Write a new run. Raises IntegrityError where the kind of bonus has one for the period."""
    session.add(row)
    await session.flush()


async def one(session: ReadSession, run_id: UUID, *, lock: bool = False) -> RunRow | None:
    """A run in its present state; ``lock`` locks it until the transaction ends."""
    query = select(RunRow).where(RunRow.id == run_id).execution_options(populate_existing=True)
    found: RunRow | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def listed(session: ReadSession, wanted: RunFilter, paging: Paging) -> Rows[Listed]:
    """Runs in the order in which they were created."""
    query: Any = (
        select(RunRow, InputSnapshotRow, CalculationRow)
        .outerjoin(InputSnapshotRow, InputSnapshotRow.id == RunRow.snapshot_id)
        .outerjoin(CalculationRow, CalculationRow.id == RunRow.calculation_id)
    )
    for name, value in vars(wanted).items():
        if value is not None:
            query = query.where(getattr(RunRow, name) == value)
    return await page(session, query, itemgetter(0, 1, 2), keys=(RunRow.id,), paging=paging)


async def calculation(session: ReadSession, calculation_id: UUID | None) -> CalculationRow | None:
    """A calculation's summary."""
    found: CalculationRow | None = await session.get(CalculationRow, calculation_id) if calculation_id else None
    return found


async def input_snapshot(session: ReadSession, snapshot_id: UUID | None) -> InputSnapshotRow | None:
    """The summary of a run's input snapshot."""
    found: InputSnapshotRow | None = await session.get(InputSnapshotRow, snapshot_id) if snapshot_id else None
    return found


async def input_snapshots(session: ReadSession, main_id: UUID) -> Sequence[InputSnapshotRow]:
    """The snapshot of a run's own period and those of the earlier occasions that it calculates again, these first."""
    query = select(InputSnapshotRow).where(or_(InputSnapshotRow.id == main_id, InputSnapshotRow.main_id == main_id))
    return (await session.execute(query.order_by(InputSnapshotRow.occasion))).scalars().all()


async def posted_before(
    session: ReadSession, bonus: str, period: str, look_back: int
) -> Sequence[tuple[str, UUID | None]]:
    """The newest ``look_back`` periods before ``period`` for which this kind of bonus is posted, with their cycles.

    Labels of one kind of period sort by time.
    """
    query = (
        select(RunRow.period, RunRow.cycle_id)
        .ext(distinct_on(RunRow.period))
        .where(RunRow.bonus == bonus, RunRow.period < period, RunRow.state.in_(("posted", "paid")))
        .where(func.length(RunRow.period) == len(period))
        .order_by(RunRow.period.desc(), RunRow.created_at.desc())
    )
    found = await session.execute(query.limit(look_back))
    return [(label, cycle_id) for label, cycle_id in found]


async def set_values(session: WriteSession, run_id: UUID, **values: Any) -> None:
    """Change a run's columns other than its state."""
    await session.execute(
        update(RunRow).where(RunRow.id == run_id).values(**values).execution_options(synchronize_session=False)
    )


async def add_sign_off(uow: UnitOfWork, *, run_id: UUID, attempt: int, action: RunAction) -> None:
    """Write that the caller did ``action`` in this attempt."""
    await uow.session.execute(
        insert(SignOffRow).values(
            run_id=run_id,
            attempt=attempt,
            action=action.value,
            account_id=uow.caller.account_id,
            employee_id=uow.caller.employee_id,
            signed_at=uow.now,
        )
    )


async def sign_offs(session: ReadSession, run_id: UUID, attempt: int) -> Sequence[SignOff]:
    """Who did what in this attempt, in order."""
    query = select(SignOffRow).where(SignOffRow.run_id == run_id, SignOffRow.attempt == attempt)
    found = (await session.execute(query.order_by(SignOffRow.signed_at))).scalars()
    return [SignOff(RunAction(row.action), row.account_id, row.employee_id) for row in found]


async def transitions(session: ReadSession, run_id: UUID) -> Sequence[RunTransition]:
    """Every transition that the run made, in order."""
    columns = transition.c
    query = select(transition).where(columns.resource == RunRow.__tablename__, columns.resource_id == run_id)
    found = await session.execute(query.order_by(columns.at, columns.id))
    return [
        RunTransition(
            RunState(row.source), row.action, RunState(row.target), row.actor_id, row.actor_name, row.note, row.at
        )
        for row in found
    ]


async def awaiting(session: ReadSession, run: RunRow, approvers: Sequence[UUID | None]) -> Awaiting | None:
    """The approver whose own lines in the present calculation wait for another, if there is one."""
    person = unapproved(approvers)
    if person is None or run.calculation_id is None:
        return None
    name = await line_store.payee_name(session, run.calculation_id, person)
    return None if name is None else Awaiting(person, name)


async def cancellation(session: ReadSession, run: RunRow) -> Decision | None:
    """Who cancelled the run, when and why, if somebody did."""
    if run.state != RunState.CANCELLED:
        return None
    return (await last_decisions(session, RunRow, [run.id], RunAction.CANCEL)).get(run.id)


async def exclusions(session: ReadSession, calculation_id: UUID, paging: Paging) -> Rows[ExclusionRow]:
    """Who gets no line, by employee number."""
    query = select(ExclusionRow).where(ExclusionRow.calculation_id == calculation_id)
    return await page(session, query, itemgetter(0), keys=(ExclusionRow.number, ExclusionRow.occasion), paging=paging)
