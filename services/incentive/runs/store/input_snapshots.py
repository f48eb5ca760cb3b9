"""Freezing a run's inputs: the neighbours' lines go into a staging table and come out as one dossier a person.

All of it is set-based: Python's memory does not grow with the number of people (design §9).
"""

from collections.abc import AsyncGenerator, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO, Final
from uuid import UUID

from psycopg import AsyncConnection
from sqlalchemy import insert, select

from services.incentive.runs.domain.calculation_input import Unit, unit_from_json
from services.incentive.runs.store import snapshot_sql as statements
from services.incentive.runs.store.tables import CollectedUnitRow, CollectionRow
from services.kit.database import ReadSession, WriteSession
from services.kit.jobs import driver_connection
from services.kit.periods import Period

CHUNK: Final = 1_000
_PIECE: Final = 1 << 20
_STAGED: Final = ("staged", "staged_unit", "staged_employee", "staged_seat", "staged_result")


async def stage(session: WriteSession, *files: BinaryIO) -> None:
    """Take in lines of JSON as the neighbours sent them, for this transaction.

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


async def freeze(session: WriteSession, collection_id: UUID, period: Period) -> tuple[int, str]:
    """Write units and dossiers from what was staged; the number of people and the hash over everything."""
    connection = await driver_connection(session)
    given = {"collection": collection_id, "first": period.start, "last": period.last}
    for statement in (statements.UNITS, statements.DOSSIERS, statements.RENUMBERED, statements.PEOPLE):
        await connection.execute(statement, given)
    await _clear(connection)
    units = await _row(connection, statements.HASH_UNITS, given)
    people = await _row(connection, statements.HASH_DOSSIERS, given)
    return people[0], sha256((units[0] or b"") + people[1]).hexdigest()


async def add(session: WriteSession, *, collection_id: UUID, now: datetime, **values: Any) -> None:
    """Write the collection's summary."""
    await session.execute(insert(CollectionRow).values(id=collection_id, collected_at=now, **values))


async def units(session: ReadSession, collection_id: UUID) -> Mapping[str, Unit]:
    """The frozen units by id."""
    query = select(CollectedUnitRow.facts).where(CollectedUnitRow.collection_id == collection_id)
    found = (unit_from_json(facts) for facts in (await session.execute(query)).scalars())
    return {unit.id: unit for unit in found}


async def dossiers(session: ReadSession, collection_id: UUID) -> AsyncGenerator[list[str], None]:
    """The frozen dossiers as JSON text, by employee number, in chunks.

    By a cursor of the server: asking anew for each chunk would leave the choice of a plan to statistics that rows just
    written do not have yet.
    """
    connection = await driver_connection(session)
    async with connection.cursor(name="dossiers") as cursor:
        query = "SELECT facts::text FROM dossier WHERE collection_id = %s ORDER BY number"
        await cursor.execute(query, (collection_id,))
        while rows := await cursor.fetchmany(CHUNK):
            yield [facts for (facts,) in rows]


async def _clear(connection: AsyncConnection[Any]) -> None:
    names: Iterable[str] = _STAGED
    await connection.execute(f"DROP TABLE IF EXISTS {', '.join(names)}")


async def _row(connection: AsyncConnection[Any], statement: str, given: Mapping[str, Any]) -> tuple[Any, ...]:
    found: tuple[Any, ...] = await (await connection.execute(statement, given)).fetchone() or (None, None)
    return found
