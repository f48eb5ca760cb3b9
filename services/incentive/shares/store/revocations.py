"""Revocations of grants of virtual shares in the database."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.incentive.pay.store.tables import PersonRow
from services.incentive.shares.store.tables import ShareGrantRow, ShareRevocationRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.release import ReleaseState

RevocationOfGrant = tuple[ShareRevocationRow, ShareGrantRow, PersonRow]
"""A revocation with its grant and the person who holds it."""
_PARTS = itemgetter(0, 1, 2)


async def add(session: WriteSession, row: ShareRevocationRow) -> None:
    """Write a proposed revocation.

    Raises:
        IntegrityError: one of the same grant waits or counts.
    """
    session.add(row)
    await session.flush()


async def one(session: ReadSession, revocation_id: UUID, *, lock: bool = False) -> RevocationOfGrant | None:
    """A revocation; with ``lock``, it and its grant for deciding about them."""
    query = _revocations().where(ShareRevocationRow.id == revocation_id).execution_options(populate_existing=True)
    locked = query.with_for_update(of=(ShareRevocationRow, ShareGrantRow))
    found: Sequence[Any] | None = (await session.execute(locked if lock else query)).first()
    return None if found is None else _PARTS(found)


async def listed(
    session: ReadSession, *, grant_id: UUID | None, state: str | None, paging: Paging
) -> Rows[RevocationOfGrant]:
    """Revocations in the order in which they were proposed."""
    query = _revocations()
    if grant_id is not None:
        query = query.where(ShareRevocationRow.grant_id == grant_id)
    if state is not None:
        query = query.where(ShareRevocationRow.state == state)
    return await page(session, query, _PARTS, keys=(ShareRevocationRow.id,), paging=paging)


async def released_of(session: ReadSession, grant_ids: Sequence[UUID]) -> Mapping[UUID, ShareRevocationRow]:
    """The revocations that count, by grant."""
    query = select(ShareRevocationRow).where(
        ShareRevocationRow.grant_id.in_(grant_ids), ShareRevocationRow.state == ReleaseState.RELEASED.value
    )
    return {row.grant_id: row for row in (await session.execute(query)).scalars()}


def _revocations() -> Any:
    query = select(ShareRevocationRow, ShareGrantRow, PersonRow)
    query = query.join(ShareGrantRow, ShareGrantRow.id == ShareRevocationRow.grant_id)
    return query.join(PersonRow, PersonRow.employee_id == ShareGrantRow.employee_id)
