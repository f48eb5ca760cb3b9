"""Rows of client systems."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.org.identity.store.tables import ServiceClientRow


async def page_of(session: ReadSession, paging: Paging) -> Rows[ServiceClientRow]:
    """Client systems by name."""
    return await page(
        session,
        select(ServiceClientRow),
        lambda row: row.ServiceClientRow,
        keys=[ServiceClientRow.client_id],
        paging=paging,
    )


async def find(session: ReadSession, row_id: UUID) -> ServiceClientRow | None:
    """One client system."""
    return await session.get(ServiceClientRow, row_id)


async def by_name(session: ReadSession, client_id: str) -> ServiceClientRow | None:
    """The client system that calls itself ``client_id``."""
    found: ServiceClientRow | None = await session.scalar(
        select(ServiceClientRow).where(ServiceClientRow.client_id == client_id)
    )
    return found


async def locked(session: WriteSession, row_id: UUID) -> ServiceClientRow | None:
    """One client system, kept from other writers until the transaction ends."""
    return await session.get(ServiceClientRow, row_id, with_for_update=True)


async def add(
    session: WriteSession, *, client_id: str, secret_hash: str, scopes: Sequence[str], audiences: Sequence[str]
) -> ServiceClientRow:
    """Insert one."""
    row = ServiceClientRow(
        client_id=client_id, secret_hash=secret_hash, scopes=list(scopes), audiences=list(audiences), revision=1
    )
    session.add(row)
    await session.flush()
    return row
