"""Reading the trail: by actor, subject, action and span, in pages or as one stream (PLT-04)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from services.kit.audit.trail import audit
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession

BATCH: Final = 500


@dataclass(frozen=True)
class Wanted:
    """Which lines: those that fit everything that is given. ``since`` is included, ``until`` is not."""

    actor_id: UUID | None = None
    resource: str | None = None
    resource_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditLine(NamedTuple):
    """One line of the trail, in the order of the table's columns."""

    id: UUID
    done_at: datetime
    actor_id: UUID
    actor_name: str
    action: str
    resource: str
    resource_id: UUID
    before: Any
    after: Any
    request_id: str | None
    remote_address: str | None


def _line(row: Sequence[Any]) -> AuditLine:
    return AuditLine(*row[: len(AuditLine._fields)])


async def listed(session: ReadSession, wanted: Wanted, paging: Paging) -> Rows[AuditLine]:
    """A page of the trail, oldest first."""
    return await page(session, _query(wanted), _line, keys=[audit.c.at, audit.c.id], paging=paging)


async def everything(session: ReadSession, wanted: Wanted) -> AsyncIterator[Sequence[AuditLine]]:
    """The trail piece by piece, oldest first."""
    query = _query(wanted).order_by(audit.c.at, audit.c.id)
    rows = await session.stream(query.execution_options(yield_per=BATCH))
    async for piece in rows.partitions():
        yield [_line(row) for row in piece]


def _query(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    columns = audit.c
    equal = {
        columns.actor_id: wanted.actor_id,
        columns.resource: wanted.resource,
        columns.resource_id: wanted.resource_id,
        columns.action: wanted.action,
    }
    query = select(audit).where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.since is not None:
        query = query.where(columns.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(columns.at < wanted.until)
    return query
