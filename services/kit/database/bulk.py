"""Many rows at once: COPY on the session's own connection, and tables of keys to join with."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from uuid import UUID

import psycopg
from pydantic_core import to_json
from sqlalchemy import cast, column, func
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

from services.kit.database.sessions import WriteSession, driver_connection
from services.kit.money import plain
from services.kit.periods import Period

_BLOCK: Final = 500  # rows made at a time: so long nobody else gets a turn


def json_text(value: object) -> str:
    """Plain JSON, ids, dates and dataclasses as text for a JSON column. Numbers that count are Decimals or text."""
    return to_json(value).decode()


async def copy_rows(
    session: WriteSession, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write ``rows``, each with a value for every one of ``columns``.

    JSON is given as text, a span of days as ``Period``, an array as a list of ids, numbers or texts.

    Raises:
        IntegrityError, OperationalError: as SQLAlchemy raises them for an INSERT.
    """
    await _copy(session, table, columns, _blocks(rows))


async def copy_prepared(session: WriteSession, table: str, columns: Sequence[str], prepared: bytes) -> None:
    """Write rows of ``prepared_row``, perhaps of another process; raises what ``copy_rows`` does."""
    await _copy(session, table, columns, [prepared])


def prepared_row(row: Sequence[object]) -> str:
    """A row as COPY takes it; see ``copy_rows``."""
    return "\t".join([_WRITTEN[type(value)](value) for value in row]) + "\n"


async def _copy(session: WriteSession, table: str, columns: Sequence[str], blocks: Iterable[str | bytes]) -> None:
    await session.flush()
    connection = await driver_connection(session)
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f"COPY {table} ({names}) FROM STDIN"
    try:
        async with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for block in blocks:
                await copy.write(block)
    except psycopg.IntegrityError as clash:
        raise IntegrityError(statement, None, clash) from clash
    except psycopg.OperationalError as lost:
        raise OperationalError(statement, None, lost) from lost


def table_of(keys: Sequence[Sequence[object]], **columns: TypeEngine[Any]) -> TableValuedAlias:
    """A table ``asked`` of ``keys``, each with a value for every one of ``columns``, which are of these types.

    It goes to the server as one array a column. Keys of several columns in an IN would be compared one after the other
    with every row, by a statement whose length grows with their number.
    """
    arrays = (cast([key[n] for key in keys], ARRAY(type_)) for n, type_ in enumerate(columns.values()))
    named = (column(name, type_) for name, type_ in columns.items())
    return func.unnest(*arrays).table_valued(*named).render_derived("asked")


def _blocks(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    waiting = iter(rows)
    while block := list(islice(waiting, _BLOCK)):
        yield "".join(map(prepared_row, block))


def _text(value: str) -> str:
    if not ("\\" in value or "\t" in value or "\n" in value or "\r" in value):  # several times as fast as replacing
        return value
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _span(value: Period) -> str:
    return f"[{value.start},{value.end or ''})"


def _range(value: Range[Any]) -> str:
    return f"{value.bounds[0]}{value.lower or ''},{value.upper or ''}{value.bounds[1]}"


def _array(values: Sequence[object]) -> str:
    """An array of ids, numbers or text; each element in quotes, so that no comma or brace is taken for PostgreSQL's."""
    quoted = ('"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return _text("{" + ",".join(quoted) + "}")


class _Writers(dict[type, Callable[[Any], str]]):
    """How values become COPY's text, by their type; those derived from one of these are written like it."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        for parent, written in self.items():
            if issubclass(kind, parent):
                self[kind] = written
                return written
        raise TypeError(f"COPY cannot write {kind.__name__}")


_WRITTEN: Final = _Writers(
    {
        type(None): lambda _: "\\N",
        bool: str,
        int: str,
        str: _text,
        UUID: lambda value: f"{value.int:032x}",  # much faster than with dashes
        date: date.isoformat,
        datetime: datetime.isoformat,
        Decimal: plain,
        list: _array,
        tuple: _array,
        Period: _span,
        Range: _range,
    }
)
