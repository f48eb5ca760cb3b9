"""Rows of client systems."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select

from services.kit.database import ReadSession, WriteSession
from services.org.identity.store.tables import ServiceClientRow


def listed() -> Select[tuple[ServiceClientRow]]:
    """All client systems."""
    return select(ServiceClientRow)


async def by_name(session: ReadSession, client_id: str) -> ServiceClientRow | None:
    """The client system that calls itself ``client_id``."""
    found: ServiceClientRow | None = await session.scalar(listed().where(ServiceClientRow.client_id == client_id))
    return found


async def locked(session: WriteSession, row_id: UUID) -> ServiceClientRow | None:
    """One client system, kept from other writers until the transaction ends."""
    found: ServiceClientRow | None = await session.scalar(
        listed().where(ServiceClientRow.id == row_id).with_for_update()
    )
    return found


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
