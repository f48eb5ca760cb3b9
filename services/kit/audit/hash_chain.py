"""A hash chain over append-only data: a line that was changed, removed or inserted is detected and named (PLT-04).

A line is written by its own transaction and waits for nobody; it notes beside itself that it waits for the chain. A job
(``seal``) takes the lines committed since then into the chain, in one transaction at a time: link n holds SHA-256 over
link n - 1 and its line. Chain and lines are append-only by privilege; each sealing logs the newest link, so that
whoever has the logs can tell a chain that was made anew or cut off at its end (``verify`` with ``known``).
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import BigInteger, Column, FromClause, LargeBinary, MetaData, Table, Uuid, delete, func, select

from services.kit.database.bulk import copy_rows
from services.kit.database.sessions import ReadSession, Sessions, WriteSession
from services.kit.errors import Text
from services.kit.explanation import canonical_json
from services.kit.jobs.queue import JobApp, Resources

log = structlog.get_logger(__name__)

PIECE: Final = 2000
_FIRST: Final = bytes(32)


@dataclass(frozen=True)
class Chain:
    """What is chained. ``noun`` names a line; ``lines`` holds each line's ``id`` and all its other content."""

    noun: str
    lines: FromClause
    link: Table
    waiting: Table

    @property
    def linked(self) -> Column[Any]:
        """Which line a link is of."""
        return self.link.c[f"{self.noun}_id"]

    @property
    def waits(self) -> Column[Any]:
        """Which line waits."""
        return self.waiting.c[f"{self.noun}_id"]


def link_table(noun: str, metadata: MetaData) -> Table:
    """The chain's links, in the order of ``number``; append-only."""
    return Table(
        f"{noun}_link",
        metadata,
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column(f"{noun}_id", Uuid, nullable=False, unique=True),
        Column("digest", LargeBinary, nullable=False),
        Column("hash", LargeBinary, nullable=False),
    )


def waiting_table(noun: str, metadata: MetaData) -> Table:
    """The lines that are not in the chain yet. Apart from the lines themselves, which nobody can change."""
    return Table(f"{noun}_unsealed", metadata, Column(f"{noun}_id", Uuid, primary_key=True))


class Fault(StrEnum):
    """The kind of a fault in a chain."""

    CHANGED = "changed"
    MISSING = "missing"
    UNLINKED = "unlinked"
    BROKEN = "broken"
    CUT_OFF = "cut_off"


FAULT_NAMES: Final = {
    Fault.CHANGED: Text("记录被修改", "changed"),
    Fault.MISSING: Text("记录缺失", "missing"),
    Fault.UNLINKED: Text("未入链", "without a link"),
    Fault.BROKEN: Text("前后不衔接", "broken link"),
    Fault.CUT_OFF: Text("链过早结束", "cut off at the end"),
}


@dataclass(frozen=True)
class Finding:
    """A fault of one line: changed or missing since it was sealed, there without a link and not waiting for one, a link
    that does not follow from the one before, or a chain that ends before a link that is known.
    """

    fault: Fault
    number: int | None
    line_id: UUID | None


@dataclass(frozen=True)
class Head:
    """The newest link: how many there are and the last one's hash in hexadecimal."""

    number: int
    hash: str


def digest(line: Mapping[str, Any]) -> bytes:
    """SHA-256 over everything that a line says. JSON in it stays as it is, moments count in UTC."""
    return hashlib.sha256(canonical_json({name: _written(value) for name, value in line.items()})).digest()


def _written(value: object) -> object:
    if value is None or isinstance(value, (dict, list)):
        return value
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def chained(before: bytes, own: bytes) -> bytes:
    """The hash of the link that follows ``before``."""
    return hashlib.sha256(before + own).digest()


async def head(session: ReadSession, chain: Chain) -> Head:
    """The newest link; number 0 where nothing has been sealed."""
    number, latest = await _last(session, chain)
    return Head(number, latest.hex())


async def seal(session: WriteSession, chain: Chain) -> int:
    """Take the next lines into the chain, those with older ids first; how many there were.

    Two sealers at once: the second waits here, and goes on from what the first has committed.
    """
    name = func.current_schema().concat(f".{chain.link.name}")
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    next_ = select(chain.waits).order_by(chain.waits).limit(PIECE)
    lines = select(chain.lines).where(chain.lines.c.id.in_(next_)).order_by(chain.lines.c.id)
    rows = (await session.execute(lines)).mappings().all()
    if not rows:
        return 0
    number, latest = await _last(session, chain)
    links = []
    for row in rows:
        own = _digest_of(chain, row)
        number, latest = number + 1, chained(latest, own)
        links.append((number, row[chain.lines.c.id], "\\x" + own.hex(), "\\x" + latest.hex()))
    await copy_rows(session, chain.link.name, [column.name for column in chain.link.c], links)
    await session.execute(delete(chain.waiting).where(chain.waits.in_([row[chain.lines.c.id] for row in rows])))
    log.info(f"{chain.noun}_sealed", number=number, hash=latest.hex())
    return len(rows)


async def seal_all(sessions: Sessions, chain: Chain) -> None:
    """Take everything that waits into the chain, piece by piece."""
    while True:
        async with sessions.write() as session:
            if await seal(session, chain) < PIECE:
                return


async def faults(session: ReadSession, chain: Chain, *, known: Head | None = None) -> AsyncIterator[Finding]:
    """Everything that is wrong, in the order of the chain. ``known`` is a link seen earlier.

    Memory is flat; the session should see one moment throughout.
    """
    link, lines = chain.link, chain.lines
    number, latest = 0, _FIRST
    query = select(link, lines).outerjoin(lines, lines.c.id == chain.linked).order_by(link.c.number)
    rows = await session.stream(query.execution_options(yield_per=PIECE))
    async for row in rows.mappings():
        expected, own = number + 1, row[link.c.digest]
        missing = range(expected, row[link.c.number])
        for gap in missing:
            yield Finding(Fault.MISSING, gap, None)
        number = row[link.c.number]
        if not missing and row[link.c.hash] != chained(latest, own):
            yield Finding(Fault.BROKEN, number, row[chain.linked])
        latest = row[link.c.hash]
        if known is not None and number == known.number and latest.hex() != known.hash:
            yield Finding(Fault.BROKEN, number, row[chain.linked])
        if row[lines.c.id] is None:
            yield Finding(Fault.MISSING, number, row[chain.linked])
        elif _digest_of(chain, row) != own:
            yield Finding(Fault.CHANGED, number, row[chain.linked])
    if known is not None and known.number > number:
        yield Finding(Fault.CUT_OFF, known.number, None)
    async for line_id in _unlinked(session, chain):
        yield Finding(Fault.UNLINKED, None, line_id)


async def _unlinked(session: ReadSession, chain: Chain) -> AsyncIterator[UUID]:
    """Lines that are neither in the chain nor waiting for it."""
    own = chain.lines.c.id
    query = (
        select(own)
        .where(~select(chain.linked).where(chain.linked == own).exists())
        .where(~select(chain.waits).where(chain.waits == own).exists())
        .order_by(own)
    )
    async for line_id in await session.stream_scalars(query.execution_options(yield_per=PIECE)):
        yield line_id


async def waiting(session: ReadSession, chain: Chain) -> int:
    """How many lines wait to be taken into the chain."""
    return int(await session.scalar(select(func.count()).select_from(chain.waiting)) or 0)


async def verify(sessions: Sessions, chain: Chain, *, known: Head | None = None) -> tuple[Head, Sequence[Finding]]:
    """The newest link and the first hundred faults, as of one moment."""
    found: list[Finding] = []
    async with sessions.snapshot() as session:
        newest = await head(session, chain)
        async for finding in faults(session, chain, known=known):
            found.append(finding)
            if len(found) == 100:  # noqa: PLR2004 - more tell nothing new
                break
    return newest, found


async def _last(session: ReadSession, chain: Chain) -> tuple[int, bytes]:
    """Number and hash of the newest link; 0 and the hash that every chain begins with where nothing is sealed."""
    link = chain.link.c
    found = (await session.execute(select(link.number, link.hash).order_by(link.number.desc()).limit(1))).first()
    return (found.number, found.hash) if found else (0, _FIRST)


def _digest_of(chain: Chain, row: Mapping[Any, Any]) -> bytes:
    return digest({column.name: row[column] for column in chain.lines.c})


def seal_regularly(
    app: JobApp[Resources], job: str, chain: Chain, sessions_of: Callable[[Resources], Sessions]
) -> None:
    """Register ``job`` among a service's tasks, which seals once a minute."""

    @app.task(job, cron="* * * * *")
    async def seal_chain(resources: Resources) -> None:
        await seal_all(sessions_of(resources), chain)
