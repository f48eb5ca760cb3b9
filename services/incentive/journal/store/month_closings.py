"""Closed months in the database, and the day up to which the books are closed (INC-12)."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from services.incentive.journal.domain.month_closing import ClosingFilter, ClosingKind, ClosingWaits, MonthClosing
from services.incentive.journal.store.tables import MonthClosingRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.work.releasing import entered
from services.kit.work.unit_of_work import UnitOfWork

_BOOKS: Final = func.hashtextextended("journal:months", 0)


async def keep_open(session: WriteSession) -> None:
    """Let no month be closed or opened until our transaction ends; any number of writers at once."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(_BOOKS)))


async def lock(session: WriteSession) -> None:
    """Let nobody write entries, or close or open months, until our transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(_BOOKS)))


async def closed_through(session: ReadSession) -> date | None:
    """The last day that is closed; None where nothing ever was."""
    query = select(MonthClosingRow.closed_through).where(MonthClosingRow.number.is_not(None))
    found: date | None = await session.scalar(query.order_by(MonthClosingRow.number.desc()).limit(1))
    return found


async def add(uow: UnitOfWork, *, kind: ClosingKind, month: str, closed_through: date, reason: str) -> MonthClosingRow:
    """Write a request.

    Raises:
        ClosingWaits: another one waits already.
    """
    row = MonthClosingRow(
        id=new_id(), kind=kind.value, month=month, closed_through=closed_through, reason=reason, **entered(uow)
    )
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
            await uow.session.flush()
    except IntegrityError as clash:
        raise ClosingWaits from clash
    return row


async def take_effect(session: WriteSession, closing_id: UUID) -> None:
    """Let a request that was just released be the newest one, under ``lock``."""
    next_ = select(func.coalesce(func.max(MonthClosingRow.number), 0) + 1).scalar_subquery()
    await session.execute(
        update(MonthClosingRow)
        .where(MonthClosingRow.id == closing_id)
        .values(number=next_)
        .execution_options(synchronize_session=False)
    )


async def locked(session: WriteSession, closing_id: UUID) -> MonthClosingRow | None:
    """One request, for deciding about it."""
    query = select(MonthClosingRow).where(MonthClosingRow.id == closing_id).with_for_update()
    found: MonthClosingRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def one(session: ReadSession, closing_id: UUID) -> MonthClosing | None:
    """One request."""
    row: MonthClosingRow | None = await session.get(MonthClosingRow, closing_id, populate_existing=True)
    return None if row is None else read(row)


async def listed(session: ReadSession, wanted: ClosingFilter, paging: Paging) -> Rows[MonthClosing]:
    """Requests in the order in which they were made."""
    query: Any = select(MonthClosingRow)
    for name, value in vars(wanted).items():
        if value is not None:
            query = query.where(getattr(MonthClosingRow, name) == value)
    return await page(session, query, lambda row: read(row[0]), keys=(MonthClosingRow.id,), paging=paging)


def read(row: MonthClosingRow) -> MonthClosing:
    """A request from its row."""
    return MonthClosing(row.id, ClosingKind(row.kind), row.month, row.reason, row.record)
