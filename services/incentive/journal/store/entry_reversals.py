"""Requests to undo entries in the database (INC-12)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.exc import IntegrityError

from services.incentive.journal.domain.entry_reversal import EntryReversal, ReversalWaits
from services.incentive.journal.store.tables import EntryReversalRow, EntryRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.release import ReleaseState
from services.kit.work.releasing import entered
from services.kit.work.unit_of_work import UnitOfWork


async def add(uow: UnitOfWork, *, entry_id: UUID, booked_on: date | None, reason: str) -> UUID:
    """Write a request.

    Raises:
        ReversalWaits: another one about the entry waits already.
    """
    row = EntryReversalRow(id=new_id(), entry_id=entry_id, booked_on=booked_on, reason=reason, **entered(uow))
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
            await uow.session.flush()
    except IntegrityError as clash:
        raise ReversalWaits from clash
    return row.id


async def locked(session: WriteSession, reversal_id: UUID) -> EntryReversalRow | None:
    """A request, for deciding about it."""
    return await session.get(EntryReversalRow, reversal_id, with_for_update=True, populate_existing=True)


async def one(session: ReadSession, reversal_id: UUID) -> EntryReversal | None:
    """A request."""
    query = _requests().where(EntryReversalRow.id == reversal_id).execution_options(populate_existing=True)
    found = (await session.execute(query)).first()
    return None if found is None else _request(found)


async def listed(
    session: ReadSession, *, state: ReleaseState | None, entry_id: UUID | None, paging: Paging
) -> Rows[EntryReversal]:
    """Requests in the order in which they were made."""
    query = _requests()
    if state is not None:
        query = query.where(EntryReversalRow.state == state.value)
    if entry_id is not None:
        query = query.where(EntryReversalRow.entry_id == entry_id)
    return await page(session, query, _request, keys=(EntryReversalRow.id,), paging=paging)


def _requests() -> Select[EntryReversalRow, UUID]:
    booked = and_(
        EntryRow.reverses_id == EntryReversalRow.entry_id, EntryReversalRow.state == ReleaseState.RELEASED.value
    )
    return select(EntryReversalRow, EntryRow.id).outerjoin(EntryRow, booked)


def _request(found: Any) -> EntryReversal:
    row, counter_id = found[:2]  # a page has its keys behind
    return EntryReversal(row.id, row.entry_id, counter_id, row.booked_on, row.reason, row.record)
