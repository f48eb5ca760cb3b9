"""COPY: many rows at once on the session's own connection."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.appraisal.schema import Base
from services.kit.database import WriteSession
from services.kit.jobs import driver_connection


async def copy(session: WriteSession, table: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write ``rows`` into ``table``, in this session's transaction."""
    await session.flush()
    connection = await driver_connection(session)
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f'COPY appraisal."{table.__tablename__}" ({names}) FROM STDIN'
    async with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            await stream.write_row(row)
