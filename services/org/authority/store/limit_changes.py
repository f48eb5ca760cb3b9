"""Proposed limits of positions, and what became of them (ORG-09)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, days, new_id, period
from services.kit.work.releasing import entered
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_limit import NewLimit
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.domain.limit_change import LimitChange
from services.org.authority.store.tables import LimitChangeRow
from services.org.structure.store.tables import PositionRow


async def add(uow: UnitOfWork, position_id: UUID, wanted: NewLimit) -> UUID:
    """Write down what the caller proposes."""
    row = LimitChangeRow(
        id=new_id(),
        position_id=position_id,
        authority_type=wanted.authority_type.value,
        valid=days(wanted.valid),
        amount=wanted.amount,
        reason=wanted.reason,
        **entered(uow),
    )
    uow.session.add(row)
    await uow.session.flush()
    return row.id


async def locked(session: WriteSession, change_id: UUID) -> LimitChangeRow | None:
    """A change, for deciding about it."""
    return await session.get(LimitChangeRow, change_id, with_for_update=True, populate_existing=True)


async def one(session: ReadSession, change_id: UUID) -> LimitChange | None:
    """A change."""
    query = _changes().where(LimitChangeRow.id == change_id).execution_options(populate_existing=True)
    found = (await session.execute(query)).first()
    return None if found is None else _change(found)


async def listed(
    session: ReadSession, *, state: str | None, position_id: UUID | None, paging: Paging
) -> Rows[LimitChange]:
    """Changes in the order in which they were proposed."""
    query = _changes()
    if state is not None:
        query = query.where(LimitChangeRow.state == state)
    if position_id is not None:
        query = query.where(LimitChangeRow.position_id == position_id)
    return await page(session, query, _change, keys=(LimitChangeRow.id,), paging=paging)


def wanted_of(row: LimitChangeRow) -> NewLimit:
    """The limit that a row proposes."""
    return NewLimit(AuthorityType(row.authority_type), row.amount, period(row.valid), row.reason)


def _changes() -> Select[LimitChangeRow, str]:
    return select(LimitChangeRow, PositionRow.code).join(PositionRow, PositionRow.id == LimitChangeRow.position_id)


def _change(found: Any) -> LimitChange:
    row, code = found[:2]  # a page has its keys behind
    return LimitChange(row.id, row.position_id, code, wanted_of(row), row.record)
