"""Bonus statements in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import String, and_, cast, insert, literal, select
from sqlalchemy.orm import aliased

from services.incentive.journal.domain.journal import EntryKind
from services.incentive.journal.store.tables import EntryRow
from services.incentive.runs.store.line_listings import detailed, lines_with_details
from services.incentive.runs.store.tables import LineRow, RunRow
from services.incentive.statements.domain.statement import StatementFilter, StatementState
from services.incentive.statements.store.tables import StatementNoteRow, StatementRow
from services.kit.database.bulk import copy_rows
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.errors import Text
from services.kit.work.unit_of_work import UnitOfWork

_COLUMNS = ("id", "run_id", "line_id", "employee_id", "period", "state", "revision", "issued_at")


@dataclass(frozen=True)
class StatementLine:
    """A statement with its line, the names of the line's unit, the rules that wrote the line, and its run.

    ``reversed_at`` and ``reversal_reason`` are set where the line's accrual was undone.
    """

    statement: StatementRow
    line: LineRow
    unit: Text
    rules: int
    run: RunRow
    reversed_at: datetime | None
    reversal_reason: str | None


@dataclass(frozen=True)
class Correction:
    """A difference that was posted for the same entitlement later. Amounts with two places, in its currency."""

    statement_id: UUID
    run_id: UUID
    due: Decimal
    amount: Decimal
    issued_at: datetime


_accrual, _counter = aliased(EntryRow), aliased(EntryRow)


async def issue(
    session: WriteSession, *, run_id: UUID, period: str, lines: Sequence[tuple[UUID, UUID]], now: datetime
) -> None:
    """Write a statement for each of ``lines`` (line id, employee id)."""
    rows = (
        (new_id(), run_id, line_id, employee_id, period, StatementState.ISSUED.value, 1, now)
        for line_id, employee_id in lines
    )
    await copy_rows(session, "statement", _COLUMNS, rows)


def to_confirm(run_id: UUID, title: Text, link: str) -> Any:
    """The statements of a run with their people, the title of the task and the link, as ``open_tasks`` takes them."""
    row = StatementRow
    address = literal(link).concat(cast(row.id, String))
    return select(row.id, row.employee_id, literal(title.zh), literal(title.en), address).where(row.run_id == run_id)


async def one(session: ReadSession, statement_id: UUID) -> StatementLine | None:
    """A statement with all its content."""
    query = _statements().where(StatementRow.id == statement_id).execution_options(populate_existing=True)
    found = (await session.execute(query)).first()
    return None if found is None else _read(found)


async def lock(session: WriteSession, statement_id: UUID) -> None:
    """Lock the statement until the transaction ends."""
    await session.execute(select(StatementRow.id).where(StatementRow.id == statement_id).with_for_update())


async def listed(session: ReadSession, wanted: StatementFilter, paging: Paging) -> Rows[StatementLine]:
    """Statements in the order in which they were issued."""
    query: Any = _statements()
    for name in ("employee_id", "run_id", "period", "state"):
        if getattr(wanted, name) is not None:
            query = query.where(getattr(StatementRow, name) == getattr(wanted, name))
    if wanted.employee_number is not None:
        query = query.where(LineRow.number == wanted.employee_number)
    if wanted.within is not None:
        query = query.where(LineRow.unit_path.overlap(wanted.within))
    return await page(session, query, _read, keys=(StatementRow.id,), paging=paging)


def _statements() -> Any:
    return (
        lines_with_details()
        .add_columns(StatementRow, RunRow, _counter.recorded_at, _counter.reason)
        .join(StatementRow, StatementRow.line_id == LineRow.id)
        .join(RunRow, RunRow.id == StatementRow.run_id)
        .outerjoin(
            _accrual,
            and_(
                _accrual.source_type == "line",
                _accrual.source_id == LineRow.id,
                _accrual.kind == EntryKind.ACCRUAL.value,
            ),
        )
        .outerjoin(_counter, _counter.reverses_id == _accrual.id)
    )


def _read(row: Sequence[Any]) -> StatementLine:
    line, unit, rules = detailed(row)
    statement, run, reversed_at, reason = row[4:8]
    return StatementLine(statement, line, unit, rules, run, reversed_at, reason)


async def corrections(session: ReadSession, about: StatementLine) -> Sequence[Correction]:
    """The differences that were posted for the same entitlement after the statement was issued, in order."""
    line = about.line
    query = (
        select(StatementRow.id, StatementRow.run_id, LineRow.due, LineRow.amount, StatementRow.issued_at)
        .join(LineRow, LineRow.id == StatementRow.line_id)
        .where(
            StatementRow.employee_id == line.employee_id,
            LineRow.kind == line.kind,
            LineRow.occasion == line.occasion,
            LineRow.currency == line.currency,
            StatementRow.id > about.statement.id,
        )
        .order_by(StatementRow.id)
    )
    return [Correction(*row) for row in await session.execute(query)]


async def of_line(session: ReadSession, line_id: UUID) -> StatementRow | None:
    """The statement of a line."""
    found: StatementRow | None = await session.scalar(select(StatementRow).where(StatementRow.line_id == line_id))
    return found


async def add_note(uow: UnitOfWork, *, statement_id: UUID, action: str, text: str, outcome: str | None) -> None:
    """Write what the person objected or compensation HR answered, of an answer also how the dispute ends."""
    row = {"id": new_id(), "statement_id": statement_id, "action": action, "text": text, "outcome": outcome}
    await uow.session.execute(insert(StatementNoteRow).values(**row, author_name=uow.caller.name, written_at=uow.now))


async def notes(session: ReadSession, statement_id: UUID) -> Sequence[StatementNoteRow]:
    """What was written about a statement, in order."""
    query = select(StatementNoteRow).where(StatementNoteRow.statement_id == statement_id)
    return (await session.execute(query.order_by(StatementNoteRow.written_at, StatementNoteRow.id))).scalars().all()
