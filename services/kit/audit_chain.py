"""The trail's chain of hashes: a changed or missing line shows, and the verifier names it (PLT-04).

A line is written by its own transaction and waits for nobody. A job (``seal``) takes the lines committed since then
into the chain, in one transaction at a time: link n holds SHA-256 over link n - 1 and its line. Chain and trail are
append-only by privilege; each sealing logs the newest link, so that whoever has the logs can tell a chain that was made
anew or cut off at its end (``verify`` with ``known``).
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import BigInteger, Column, LargeBinary, Row, Table, Uuid, delete, func, select, text

from services.kit.audit import audit, unsealed
from services.kit.bulk import copy_rows
from services.kit.database import KIT, ReadSession, Sessions, WriteSession
from services.kit.explanation import canonical_json
from services.kit.jobs import JobApp, Resources

log = structlog.get_logger(__name__)

SEALING: Final = "seal_audit_trail"
PIECE: Final = 2000
_FIRST: Final = bytes(32)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.audit_link', 0))")

link = Table(
    "audit_link",
    KIT,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("audit_id", Uuid, nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)


class Fault(StrEnum):
    """What can be wrong with the trail."""

    CHANGED = "changed"
    MISSING = "missing"
    UNLINKED = "unlinked"
    BROKEN = "broken"
    CUT_OFF = "cut_off"


@dataclass(frozen=True)
class Finding:
    """A fault of one line: changed or missing since it was sealed, in the trail without a link and not waiting for one,
    a link that does not follow from the one before, or a chain that ends before a link that is known.
    """

    fault: Fault
    number: int | None
    audit_id: UUID | None


@dataclass(frozen=True)
class Head:
    """The newest link: how many there are and the last one's hash in hexadecimal."""

    number: int
    hash: str


def digest(line: Mapping[str, Any]) -> bytes:
    """SHA-256 over everything that a line of the trail says."""
    written = {
        name: value if value is None or name in {"before", "after"} else str(value) for name, value in line.items()
    }
    return hashlib.sha256(canonical_json(written | {"at": line["at"].astimezone(UTC).isoformat()})).digest()


def chained(before: bytes, own: bytes) -> bytes:
    """The hash of the link that follows ``before``."""
    return hashlib.sha256(before + own).digest()


async def head(session: ReadSession) -> Head:
    """The newest link; number 0 where nothing has been sealed."""
    row = await _last(session)
    return Head(row.number, row.hash.hex()) if row else Head(0, _FIRST.hex())


async def seal(session: WriteSession) -> int:
    """Take the next lines into the chain, those with older ids first; how many there were.

    Two sealers at once: the second waits here, and goes on from what the first has committed.
    """
    await session.execute(_LOCK)
    waiting = select(unsealed.c.audit_id).order_by(unsealed.c.audit_id).limit(PIECE)
    lines = select(audit).where(audit.c.id.in_(waiting)).order_by(audit.c.id)
    rows = (await session.execute(lines)).mappings().all()
    if not rows:
        return 0
    last = await _last(session)
    number, latest = (last.number, last.hash) if last else (0, _FIRST)
    links = []
    for row in rows:
        own = digest({column.name: row[column] for column in audit.c})
        number, latest = number + 1, chained(latest, own)
        links.append((number, row["id"], "\\x" + own.hex(), "\\x" + latest.hex()))
    await copy_rows(session, link.name, [column.name for column in link.c], links)
    await session.execute(delete(unsealed).where(unsealed.c.audit_id.in_([row["id"] for row in rows])))
    log.info("audit_sealed", number=number, hash=latest.hex())
    return len(rows)


async def seal_all(sessions: Sessions) -> None:
    """Take everything that waits into the chain, piece by piece."""
    while True:
        async with sessions.write() as session:
            if await seal(session) < PIECE:
                return


async def faults(session: ReadSession, *, known: Head | None = None) -> AsyncIterator[Finding]:
    """Everything that is wrong with the trail, in the order of the chain. ``known`` is a link seen earlier.

    Memory is flat; the session should see one moment throughout.
    """
    number, latest = 0, _FIRST
    query = select(link, audit).outerjoin(audit, audit.c.id == link.c.audit_id).order_by(link.c.number)
    rows = await session.stream(query.execution_options(yield_per=PIECE))
    async for row in rows.mappings():
        expected, own = number + 1, row[link.c.digest]
        missing = range(expected, row[link.c.number])
        for gap in missing:
            yield Finding(Fault.MISSING, gap, None)
        number = row[link.c.number]
        if not missing and row[link.c.hash] != chained(latest, own):
            yield Finding(Fault.BROKEN, number, row[link.c.audit_id])
        latest = row[link.c.hash]
        if known is not None and number == known.number and latest.hex() != known.hash:
            yield Finding(Fault.BROKEN, number, row[link.c.audit_id])
        if row[audit.c.id] is None:
            yield Finding(Fault.MISSING, number, row[link.c.audit_id])
        elif digest({column.name: row[column] for column in audit.c}) != own:
            yield Finding(Fault.CHANGED, number, row[link.c.audit_id])
    if known is not None and known.number > number:
        yield Finding(Fault.CUT_OFF, known.number, None)
    async for audit_id in _unlinked(session):
        yield Finding(Fault.UNLINKED, None, audit_id)


async def _unlinked(session: ReadSession) -> AsyncIterator[UUID]:
    """Lines that are in the trail and neither in the chain nor waiting for it."""
    query = (
        select(audit.c.id)
        .where(~select(link.c.number).where(link.c.audit_id == audit.c.id).exists())
        .where(~select(unsealed.c.audit_id).where(unsealed.c.audit_id == audit.c.id).exists())
        .order_by(audit.c.id)
    )
    async for audit_id in await session.stream_scalars(query.execution_options(yield_per=PIECE)):
        yield audit_id


async def waiting(session: ReadSession) -> int:
    """How many lines wait to be taken into the chain."""
    return int(await session.scalar(select(func.count()).select_from(unsealed)) or 0)


async def verify(sessions: Sessions, *, known: Head | None = None) -> tuple[Head, Sequence[Finding]]:
    """The newest link and the first hundred faults of the whole trail, as of one moment."""
    found: list[Finding] = []
    async with sessions.snapshot() as session:
        newest = await head(session)
        async for finding in faults(session, known=known):
            found.append(finding)
            if len(found) == 100:  # noqa: PLR2004 - more tell nothing new
                break
    return newest, found


async def _last(session: ReadSession) -> Row[Any] | None:
    return (await session.execute(select(link).order_by(link.c.number.desc()).limit(1))).first()


def seal_trail(app: JobApp[Resources], sessions_of: Any) -> None:
    """Register the sealing among a service's tasks, once a minute: ``seal_trail(app, lambda r: r.sessions)``."""

    @app.task(SEALING, cron="* * * * *")
    async def seal_audit_trail(resources: Resources) -> None:
        await seal_all(sessions_of(resources))
