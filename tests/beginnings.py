"""What many tests begin with is played over HTTP once in each worker; from then on its rows are copied.

The rows that a beginning inserted are kept as the lines of a COPY, table by table in an order that satisfies the
foreign keys, and beside them what its driver remembers of them. A beginning may only insert: one that changes or
deletes a row that was there before fails when it is played. Numbers that the database gives go on behind those copied.
"""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from fastapi import FastAPI
from psycopg import AsyncConnection, sql

from services.kit.database.sessions import Sessions
from services.kit.web.application import AppContext

TABLES = """
    SELECT c.oid, c.relname, array_agg(a.attname::text ORDER BY a.attnum),
        max(a.attname::text) FILTER (WHERE a.attidentity <> '')
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
    numbered: str | None
    """The column whose values the database counts."""

    @property
    def out(self) -> sql.Composed:
        return sql.SQL("COPY {} ({}) TO STDOUT").format(self.name, self.columns)

    @property
    def back(self) -> sql.Composed:
        return sql.SQL("COPY {} ({}) FROM STDIN").format(self.name, self.columns)

    @property
    def count_on(self) -> sql.Composed | None:
        if self.numbered is None:
            return None
        name, column = sql.Literal(self.name.as_string()), sql.Identifier(self.numbered)
        number = sql.SQL("nextval(pg_get_serial_sequence({}, {}))").format(name, sql.Literal(self.numbered))
        last = sql.SQL("(SELECT max({}) FROM {})").format(column, self.name)
        return sql.SQL("SELECT max({0}) FROM generate_series({0}, {1})").format(number, last)


@dataclass(frozen=True)
class _Played:
    lines: Lines
    remembered: Any


_PLAYED: dict[tuple[str, str, datetime], _Played] = {}
_TABLES: dict[str, dict[str, _Table]] = {}


async def begin(app: FastAPI, name: str, play: Callable[[], Awaitable[T]]) -> T:
    """What ``play`` returns, with its rows in the database of ``app``; it is played only the first time.

    ``name`` and the clock tell beginnings apart.
    """
    context: AppContext = app.state.app_context
    key = (context.name, name, context.clock.now())
    if key not in _PLAYED:
        async with _connection(context.sessions) as connection:
            before = await _lines(connection, await _tables(connection, context.name))
        made = await play()
        async with _connection(context.sessions) as connection:
            after = await _lines(connection, await _tables(connection, context.name))
        _PLAYED[key] = _Played(_added(before, after), copy.deepcopy(made))
        return made
    played = _PLAYED[key]
    async with _connection(context.sessions) as connection:
        tables = await _tables(connection, context.name)
        for table, lines in played.lines.items():
            async with connection.cursor() as cursor, cursor.copy(tables[table].back) as into:
                await into.write(b"".join(lines))
            if count_on := tables[table].count_on:
                await connection.execute(count_on)
    remembered: T = copy.deepcopy(played.remembered)
    return remembered


@asynccontextmanager
async def _connection(sessions: Sessions) -> AsyncIterator[AsyncConnection[Any]]:
    """The driver's connection of a test, or one whose changes are committed at the end."""
    async with sessions.write() as session:
        connection = (await (await session.connection()).get_raw_connection()).driver_connection
        assert isinstance(connection, AsyncConnection)
        yield connection


async def _tables(connection: AsyncConnection[Any], schema: str) -> dict[str, _Table]:
    """The tables of ``schema``, each after those that it refers to."""
    if schema not in _TABLES:
        found = await (await connection.execute(TABLES, [schema])).fetchall()
        needs: dict[int, set[int]] = {}
        for table, needed in await (await connection.execute(REFERENCES, [schema])).fetchall():
            needs.setdefault(table, set()).add(needed)
        ordered: dict[str, _Table] = {}
        left = {oid: described for oid, *described in found}
        while left:
            ready = [oid for oid in left if not needs.get(oid, set()) & left.keys()]
            assert ready, f"tables of {schema} refer to each other in a circle"
            for oid in ready:
                name, columns, numbered = left.pop(oid)
                listed = sql.SQL(", ").join(map(sql.Identifier, columns))
                ordered[name] = _Table(sql.Identifier(schema, name), listed, numbered)
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
