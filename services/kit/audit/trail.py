"""Who did what to which record, with before and after, in the transaction of the change (PLT-04)."""

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, String, Table, Uuid, bindparam, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from services.kit.audit.hash_chain import waiting_table
from services.kit.database.bulk import copy_rows
from services.kit.database.sessions import KIT, WriteSession, new_id
from services.kit.identity import Caller

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
remote_address: ContextVar[str | None] = ContextVar("remote_address", default=None)

audit = Table(
    "audit",
    KIT,
    Column("id", Uuid, primary_key=True, default=new_id),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Uuid, nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("action", String(64), nullable=False),
    Column("resource", String(64), nullable=False),
    Column("resource_id", Uuid, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("request_id", String(64)),
    Column("remote_address", String(64)),
    Index(None, "resource", "resource_id", "at"),
    Index(None, "actor_id", "at"),
    Index(None, "at", "id"),
)

# Lines that ``kit.audit.chain`` has not taken into the chain yet. Apart from the trail, which nobody can change.
unsealed = waiting_table("audit", KIT)

_line = insert(audit).values({each.name: bindparam(each.name) for each in audit.c}).returning(audit.c.id).cte("line")
REFUSED = "access.refused"
"""What somebody attempted on data that are not theirs."""
_RECORD = insert(unsealed).from_select(["audit_id"], select(_line.c.id))


async def record(
    session: WriteSession,
    *,
    caller: Caller,
    action: str,
    resource: str,
    resource_id: UUID,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write one line of the trail. ``before`` and ``after`` are plain JSON (numbers that count as text).

    Never pass a rating of an anonymous rater, a password or a token.
    """
    line = {
        "id": new_id(),
        "at": now,
        "actor_id": caller.account_id,
        "actor_name": caller.name,
        "action": action,
        "resource": resource,
        "resource_id": resource_id,
        "before": before,
        "after": after,
        "request_id": request_id.get(),
        "remote_address": remote_address.get(),
    }
    await session.execute(_RECORD, line)


class AuditEntry(NamedTuple):
    """One of many lines of the trail, ``before`` and ``after`` as JSON text."""

    action: str
    resource: str
    resource_id: UUID
    before: str | None
    after: str | None


async def record_all(session: WriteSession, *, caller: Caller, entries: Iterable[AuditEntry], now: datetime) -> None:
    """Write very many lines of the trail at once, each as ``record`` writes one."""
    actor, where = (now.isoformat(), str(caller.account_id), caller.name), (request_id.get(), remote_address.get())
    ids: list[UUID] = []

    def rows() -> Iterator[tuple[object, ...]]:
        for entry in entries:
            ids.append(new_id())
            yield ids[-1], *actor, *entry, *where

    await copy_rows(session, audit.name, [column.name for column in audit.c], rows())
    await copy_rows(session, unsealed.name, ["audit_id"], ((each,) for each in ids))
