"""Taking a run's input snapshot: the neighbours' lines go into a staging table and come out as one person a person.

All of it is set-based: Python's memory does not grow with the number of people (design §9).
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, BinaryIO, Final
from uuid import UUID

from psycopg import AsyncConnection
from sqlalchemy import insert, select, text

from services.incentive.calculation.domain.calculation_input import unit_from_json
from services.incentive.plans.domain.unit import Unit
from services.incentive.runs.store import claim_sql, entitlements
from services.incentive.runs.store import snapshot_sql as statements
from services.incentive.runs.store.tables import InputSnapshotRow, SnapshotUnitRow
from services.kit.database.sessions import ReadSession, TransactionSession, WriteSession, driver_connection, new_id
from services.kit.periods import Period

CHUNK: Final = 1_000
_PIECE: Final = 1 << 20
_STAGED: Final = ("staged", "staged_unit", "staged_employee", "staged_assignment", "staged_absence", "staged_result")


@dataclass(frozen=True)
class InputSnapshot:
    """What a snapshot is taken from: the hashes that org and appraisal gave, and the cycle that the results are of.

    ``main_id`` is the snapshot of the run's own period, where this one is of an earlier ``occasion``. A run of claims
    asks neither.
    """

    run_id: UUID
    main_id: UUID | None
    occasion: str
    plan_version_id: UUID
    snapshot_hash: str | None
    cycle_code: str | None
    results_hash: str | None


async def stage(session: WriteSession, *files: BinaryIO) -> None:
    """Import JSON lines as sent by the other services, for this transaction.

    Raises:
        psycopg.DataError: a line that the database cannot read as JSON.
    """
    connection = await driver_connection(session)
    await _clear(connection)
    await connection.execute(statements.STAGE)
    async with connection.cursor().copy("COPY staged (line) FROM STDIN") as copy:
        for file in files:
            file.seek(0)
            while piece := file.read(_PIECE):
                await copy.write(piece.replace(b"\\", b"\\\\"))  # COPY reads backslashes as its own escapes
    for statement in statements.SORT_OUT:
        await connection.execute(statement)


async def learn_people(session: WriteSession, day: date) -> None:
    """Know from now on whom the staged lines name, and where they sit on ``day``, or will before long."""
    connection = await driver_connection(session)
    for statement in statements.KNOWN:
        await connection.execute(statement, {"last": day})
    await _clear(connection)


async def take(session: WriteSession, sent: InputSnapshot, *, kind: str, period: Period, now: datetime) -> UUID:
    """Write the snapshot with its units and inputs from what was staged, and what is posted of ``kind``; its id."""
    snapshot_id = new_id()
    connection = await driver_connection(session)
    given = {"snapshot": snapshot_id, "first": period.start, "last": period.last}
    for statement in (statements.UNITS, statements.CALCULATION_INPUTS, *statements.KNOWN):
        await connection.execute(statement, given)
    await _clear(connection)
    await entitlements.freeze(session, snapshot_id, kind=kind, occasion=sent.occasion)
    return await _written(session, sent, snapshot_id, now)


async def gather(session: WriteSession, sent: InputSnapshot, *, kind: str, period: Period, now: datetime) -> UUID:
    """Write the snapshot of the claims of ``kind`` that are due by the end of ``period`` and not posted as they are."""
    snapshot_id = new_id()
    connection = await driver_connection(session)
    given = {"snapshot": snapshot_id, "kind": kind, "last": period.last}
    for statement in claim_sql.GATHER:
        await connection.execute(statement, given)
    return await _written(session, sent, snapshot_id, now)


async def _written(session: WriteSession, sent: InputSnapshot, snapshot_id: UUID, now: datetime) -> UUID:
    """The snapshot whose units and inputs are there gets its row, with the hashes over them."""
    given = {"snapshot": snapshot_id}
    connection = await driver_connection(session)
    units = await _row(connection, statements.HASH_UNITS, given)
    people = await _row(connection, statements.HASH_CALCULATION_INPUTS, given)
    units_hash = units[0] or b""
    content_hash = sha256(units_hash + people[1]).hexdigest()
    about = {"id": snapshot_id, "people": people[0], "content_hash": content_hash, "taken_at": now}
    about["units_hash"] = units_hash.hex() or None
    await session.execute(insert(InputSnapshotRow).values(**about, **vars(sent)))
    return snapshot_id


async def units(session: ReadSession, snapshot_id: UUID) -> Mapping[str, Unit]:
    """The units by id."""
    query = select(SnapshotUnitRow.facts).where(SnapshotUnitRow.snapshot_id == snapshot_id)
    found = (unit_from_json(facts) for facts in (await session.execute(query)).scalars())
    return {unit.id: unit for unit in found}


async def calculation_inputs(session: TransactionSession, snapshot_id: UUID) -> AsyncGenerator[list[str], None]:
    """The calculation inputs of everybody as JSON text, by number, in chunks."""
    connection = await driver_connection(session)
    async with connection.cursor(name="calculation_inputs") as cursor:
        await cursor.execute(statements.ALL_INPUTS, {"snapshot": snapshot_id})
        while rows := await cursor.fetchmany(CHUNK):
            yield [facts for (facts,) in rows]


async def ungathered(session: ReadSession, today: date) -> Sequence[str]:
    """The kinds of claims of which something due has not been gathered by any run, where no run is under way."""
    return (await session.execute(text(claim_sql.UNGATHERED), {"today": today})).scalars().all()


async def settled_sources(session: ReadSession, snapshot_id: UUID) -> Sequence[UUID]:
    """The records behind a snapshot's claims of which everything is posted as it stands."""
    found = await session.execute(text(claim_sql.SETTLED), {"snapshot": snapshot_id})
    return found.scalars().all()


async def _clear(connection: AsyncConnection[Any]) -> None:
    names: Iterable[str] = _STAGED
    await connection.execute(f"DROP TABLE IF EXISTS {', '.join(names)}")


async def _row(connection: AsyncConnection[Any], statement: str, given: Mapping[str, Any]) -> tuple[Any, ...]:
    found: tuple[Any, ...] = await (await connection.execute(statement, given)).fetchone() or (None, None)
    return found
