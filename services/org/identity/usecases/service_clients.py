"""Client systems of other makers: registered with their scopes, given secrets, closed (ORG-12)."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Conflict, NotFound, Stale, existing
from services.kit.work.unit_of_work import UnitOfWork
from services.org.identity.domain.service_client import audiences_of
from services.org.identity.store import service_clients as store
from services.org.identity.store.tables import ServiceClientRow
from services.org.identity.usecases import passwords
from services.org.identity.usecases.accounts import revoke_tokens
from services.org.structure.store import codes

OURS: Final = frozenset({"appraisal", "incentive"})
"""Our own services: they are kept by the installation (bootstrap), not by people."""


class ClientUnknown(NotFound):
    """There is no such client system, or it is one of our own services."""

    code = "service_client_unknown"
    zh = "找不到该接入系统，请刷新列表后重试。"
    en = "There is no such service client."


class ClientTaken(Conflict):
    """Another client system has this name."""

    code = "service_client_taken"
    zh = "接入系统名称“{found}”与已有的“{taken}”相同或容易混淆，请换一个。"
    en = "The name '{found}' is the same as '{taken}' or too similar to it; choose another one."


async def register(uow: UnitOfWork, *, client_id: str, scopes: Collection[str]) -> tuple[ServiceClientRow, str]:
    """Register a client system; itself and its secret, which is shown this once.

    Raises:
        ClientTaken: the name is in use.
    """
    await codes.require_distinct(
        uow.session,
        ServiceClientRow.client_id,
        client_id,
        refused=ClientTaken,
        pointer="/client_id",
        reserved=OURS,
    )
    secret = secrets.token_urlsafe(32)
    row = await store.add(
        uow.session,
        client_id=client_id,
        secret_hash=await passwords.hashed(secret),
        scopes=sorted(set(scopes)),
        audiences=audiences_of(scopes),
    )
    await _audit(uow, row, "registered", after={"client_id": client_id, "scopes": row.scopes})
    return row, secret


async def rotate_secret(uow: UnitOfWork, *, row_id: UUID, expected_revision: int) -> tuple[ServiceClientRow, str]:
    """Give a client system another secret, shown this once; the old one and its tokens no longer count.

    Raises:
        ClientUnknown, Stale.
    """
    row = await _for_update(uow.session, row_id, expected_revision)
    secret = secrets.token_urlsafe(32)
    row.secret_hash = await passwords.hashed(secret)
    row.revision += 1
    await _audit(uow, row, "secret_rotated")
    await revoke_tokens(uow.session, row.id, now=uow.now)
    return row, secret


async def disable(uow: UnitOfWork, *, machine_now: datetime, row_id: UUID, expected_revision: int) -> ServiceClientRow:
    """Disable a client system; one that is disabled already stays as it is.

    Raises:
        ClientUnknown, Stale.
    """
    row = await _for_update(uow.session, row_id, expected_revision)
    if row.disabled_at is not None:
        return row
    row.disabled_at = machine_now
    row.revision += 1
    await _audit(uow, row, "disabled")
    await revoke_tokens(uow.session, row.id, now=uow.now)
    return row


async def one(session: ReadSession, *, row_id: UUID) -> ServiceClientRow:
    """A client system.

    Raises:
        ClientUnknown: there is none.
    """
    return existing(await store.find(session, row_id), ClientUnknown)


async def listed(session: ReadSession, *, paging: Paging) -> Rows[ServiceClientRow]:
    """Client systems by name, our own services among them."""
    return await store.page_of(session, paging)


async def _for_update(session: WriteSession, row_id: UUID, expected_revision: int) -> ServiceClientRow:
    row = await store.locked(session, row_id)
    if row is None or row.client_id in OURS:
        raise ClientUnknown
    if row.revision != expected_revision:
        raise Stale
    return row


async def _audit(
    uow: UnitOfWork,
    row: ServiceClientRow,
    event: str,
    after: dict[str, object] | None = None,
) -> None:
    await uow.audit(f"org.service_client.{event}", subject=("service_client", row.id), after=after)
