"""Bonus statements in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from services.incentive.runs.store.tables import CalculationRow, LineRow, RunRow
from services.incentive.statements.domain.statement import StatementState
from services.incentive.statements.store.tables import StatementNoteRow, StatementRow
from services.kit.bulk import copy_rows
from services.kit.database import ReadSession, WriteSession, new_id
from services.kit.pages import Paging, Rows, page

_COLUMNS = ("id", "run_id", "line_id", "employee_id", "period", "state", "revision", "issued_at")


async def issue(
    session: WriteSession, *, run_id: UUID, period: str, lines: Sequence[tuple[UUID, UUID]], now: datetime
) -> None:
    """Write a statement for each of ``lines`` (line id, employee id)."""
    state = StatementState.ISSUED.value
    rows = ((new_id(), run_id, line_id, employee_id, period, state, 1, now) for line_id, employee_id in lines)
    await copy_rows(session, StatementRow.__tablename__, _COLUMNS, rows)


async def one(
    session: ReadSession, statement_id: UUID, *, lock: bool = False
) -> tuple[StatementRow, LineRow, RunRow, int] | None:
    """A statement with its line, its run and the version of the rules that wrote the line."""
    query = (
        select(StatementRow, LineRow, RunRow, CalculationRow.rules)
        .join(LineRow, LineRow.id == StatementRow.line_id)
        .join(CalculationRow, CalculationRow.id == LineRow.calculation_id)
        .join(RunRow, RunRow.id == StatementRow.run_id)
        .where(StatementRow.id == statement_id)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query.with_for_update(of=StatementRow) if lock else query)).first()


async def listed(
    session: ReadSession,
    *,
    employee_id: UUID | None = None,
    run_id: UUID | None = None,
    state: str | None = None,
    scopes: Sequence[UUID] | None = None,
    paging: Paging,
) -> Rows[Any]:
    """Statements with their lines, in the order in which they were issued; ``scopes`` limit them to some units."""
    query: Any = select(StatementRow, LineRow).join(LineRow, LineRow.id == StatementRow.line_id)
    if employee_id is not None:
        query = query.where(StatementRow.employee_id == employee_id)
    if run_id is not None:
        query = query.where(StatementRow.run_id == run_id)
    if state is not None:
        query = query.where(StatementRow.state == state)
    if scopes is not None:
        query = query.where(LineRow.unit_path.overlap(scopes))
    return await page(session, query, keys=(StatementRow.id,), paging=paging)


async def add_note(
    session: WriteSession, *, statement_id: UUID, action: str, words: str, author: str, now: datetime
) -> None:
    """Write what the person objected or HR answered."""
    row = {"id": new_id(), "statement_id": statement_id, "action": action, "words": words}
    await session.execute(insert(StatementNoteRow).values(**row, author_name=author, at=now))


async def notes(session: ReadSession, statement_id: UUID) -> Sequence[StatementNoteRow]:
    """What was said about a statement, in order."""
    query = select(StatementNoteRow).where(StatementNoteRow.statement_id == statement_id)
    return (await session.execute(query.order_by(StatementNoteRow.at, StatementNoteRow.id))).scalars().all()
