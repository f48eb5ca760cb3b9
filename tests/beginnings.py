"""What many tests begin with is played over HTTP once in each worker; from then on its rows are copied.

The rows that a beginning inserted are kept as the lines of a COPY, table by table in an order that satisfies the
foreign keys, and beside them what its driver remembers of them. A beginning may only insert: one that changes or
deletes a row that was there before fails when it is played.
"""

import copy
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from fastapi import FastAPI
from psycopg import AsyncConnection, sql

from services.kit.web import AppContext
from tests.databases import RolledBack

TABLES = """
    SELECT c.oid, c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.oid, c.relname ORDER BY c.relname
"""
REFERENCES = """
    SELECT conrelid, confrelid FROM pg_constraint
    WHERE contype = 'f' AND connamespace = to_regnamespace(%s) AND conrelid <> confrelid
"""

Lines = Mapping[str, list[bytes]]
T = TypeVar("T")


@dataclass(frozen=True)
class _Table:
    name: sql.Identifier
    columns: sql.Composable

    @property
    def out(self) -> sql.Composed:
        return sql.SQL("COPY {} ({}) TO STDOUT").format(self.name, self.columns)

    @property
    def back(self) -> sql.Composed:
        return sql.SQL("COPY {} ({}) FROM STDIN").format(self.name, self.columns)


@dataclass(frozen=True)
class _Played:
    lines: Lines
    remembered: Any


_PLAYED: dict[tuple[str, str, datetime], _Played] = {}
_TABLES: dict[str, dict[str, _Table]] = {}


async def begin(app: FastAPI, name: str, play: Callable[[], Awaitable[T]]) -> T:
    """What ``play`` returns, with its rows in the database of ``app``; it is played only the first time.

    ``name`` and the clock tell beginnings apart. Where transactions are not rolled back it is played each time.
    """
    context: AppContext = app.state.app_context
    if not isinstance(context.sessions, RolledBack):
        return await play()
    key = (context.name, name, context.clock.now())
    connection = (await context.sessions.connection.get_raw_connection()).driver_connection
    assert isinstance(connection, AsyncConnection)
    tables = await _tables(connection, context.name)
    if key not in _PLAYED:
        before = await _lines(connection, tables)
        made = await play()
        _PLAYED[key] = _Played(_added(before, await _lines(connection, tables)), copy.deepcopy(made))
        return made
    played = _PLAYED[key]
    for table, lines in played.lines.items():
        async with connection.cursor() as cursor, cursor.copy(tables[table].back) as into:
            await into.write(b"".join(lines))
    remembered: T = copy.deepcopy(played.remembered)
    return remembered


async def _tables(connection: AsyncConnection[Any], schema: str) -> dict[str, _Table]:
    """The tables of ``schema``, each after those that it refers to."""
    if schema not in _TABLES:
        found = await (await connection.execute(TABLES, [schema])).fetchall()
        needs: dict[int, set[int]] = {}
        for table, needed in await (await connection.execute(REFERENCES, [schema])).fetchall():
            needs.setdefault(table, set()).add(needed)
        ordered: dict[str, _Table] = {}
        left = {oid: (name, columns) for oid, name, columns in found}
        while left:
            ready = [oid for oid in left if not needs.get(oid, set()) & left.keys()]
            assert ready, f"tables of {schema} refer to each other in a circle"
            for oid in ready:
                name, columns = left.pop(oid)
                listed = sql.SQL(", ").join(map(sql.Identifier, columns))
                ordered[name] = _Table(sql.Identifier(schema, name), listed)
        _TABLES[schema] = ordered
    return _TABLES[schema]


async def _lines(connection: AsyncConnection[Any], tables: Mapping[str, _Table]) -> Lines:
    kept: dict[str, list[bytes]] = {}
    for name, table in tables.items():
        async with connection.cursor() as cursor, cursor.copy(table.out) as out:
            kept[name] = [bytes(line) async for line in out]
    return kept


def _added(before: Lines, after: Lines) -> Lines:
    added: dict[str, list[bytes]] = {}
    for table, lines in after.items():
        known, now = set(before[table]), set(lines)
        assert known <= now, f"a beginning may only insert, but rows of {table} were changed or deleted"
        if new := [line for line in lines if line not in known]:
            added[table] = new
    return added
