"""Reading the trail: by actor, subject, action and span, in pages or as one stream (PLT-04)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, select

from services.kit.audit import audit
from services.kit.database import ReadSession
from services.kit.pages import Paging, Rows, page

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


async def listed(session: ReadSession, wanted: Wanted, paging: Paging) -> Rows[Row[Any]]:
    """A page of the trail, oldest first."""
    return await page(session, _query(wanted), keys=[audit.c.at, audit.c.id], paging=paging)


async def everything(session: ReadSession, wanted: Wanted) -> AsyncIterator[Sequence[Row[Any]]]:
    """The trail piece by piece, oldest first."""
    query = _query(wanted).order_by(audit.c.at, audit.c.id)
    rows = await session.stream(query.execution_options(yield_per=BATCH))
    async for piece in rows.partitions():
        yield piece


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
