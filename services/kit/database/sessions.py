"""PostgreSQL: sessions whose type tells reading from writing, naming, ids, and the tables that every service has."""

import select
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime
from decimal import Decimal
from time import monotonic
from typing import Annotated, Any, Protocol
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.range import DateRange
from sqlalchemy import CheckConstraint, ColumnElement, Date, DateTime, MetaData, Numeric, String, event, func, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import InstrumentedAttribute, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from uuid_utils.compat import uuid7

from services.kit.periods import Period

IDLE_SECONDS = 10
"""How long a connection may have been idle to be taken for alive without asking the server."""
READING = ("default_transaction_read_only=on", "plan_cache_mode=force_custom_plan")
"""How a connection for reading is set up.

Its prepared statements live long, so that the server would come to plan them without looking at their values: for days
in force and parts of a tree such plans can take a thousand times as long.
"""
POOL_SECONDS = 3
"""How long a request waits for a connection before it is refused; less than the gateway waits for it."""

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
    # The index behind an exclusion needs a name of its own within the schema.
    ExcludeConstraint: "ex_%(table_name)s_%(constraint_name)s",
}

# The kit's own tables name no schema: a connection's search_path leads to those of its service.
KIT = MetaData(naming_convention=CONVENTION)


def new_id() -> UUID:
    """A UUIDv7. It contains its time of creation, so never use it for an anonymous answer."""
    return uuid7()


Key = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Amount = Annotated[Decimal, mapped_column(Numeric(18, 2))]
Revision = Annotated[int, mapped_column(default=1)]
Days = Annotated[Range[date], mapped_column(DATERANGE)]
Code = Annotated[str, mapped_column(String(64))]
Title = Annotated[str, mapped_column(String(200))]


class ReadSession(AsyncSession):
    """A session that cannot write: the server refuses it."""


class TransactionSession(ReadSession):
    """A session in a transaction, which a cursor on the server needs. It can only read, unless it is a WriteSession."""


class WriteSession(TransactionSession):
    """A session whose transaction is committed by its opener. Use cases never commit."""


class Sessions(Protocol):
    """Where sessions come from; a service holds one."""

    def read(self) -> AbstractAsyncContextManager[ReadSession]:
        """A session that can only read; each statement sees what is committed by then."""

    def snapshot(self) -> AbstractAsyncContextManager[TransactionSession]:
        """A READ ONLY session that sees one consistent moment throughout (REPEATABLE READ)."""

    def write(self) -> AbstractAsyncContextManager[WriteSession]:
        """A session committed when the block ends, rolled back when it raises."""


class Database:
    """The connections of one process to one service's schema: half of them can only read.

    A reading session needs no transaction, since each of its statements sees what is committed when it begins. Without
    BEGIN and ROLLBACK a read is one exchange with the server instead of three.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """``url`` is ``postgresql+psycopg://role:password@host:port/database``."""
        each = (pool_size + 1) // 2
        self.engine = _engine(url, each)
        self._reading = _engine(
            url,
            each,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            connect_args={"options": " ".join(f"-c {setting}" for setting in READING)},
        )
        self._still = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """A session that can only read."""
        async with ReadSession(self._reading, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[TransactionSession]:
        """A READ ONLY session that sees one consistent moment throughout."""
        async with TransactionSession(self._still, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteSession]:
        """A session committed when the block ends, rolled back when it raises."""
        async with WriteSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()
        await self._reading.dispose()

    async def answers(self) -> bool:
        """Whether the server takes a query now; for the readiness check. Raises SQLAlchemy's error if not."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return True


def _engine(url: str, pool_size: int, **options: Any) -> AsyncEngine:
    """An engine that tries a connection before use where the server may have gone meanwhile.

    Trying costs an exchange with the server. So it is left out where the connection was used a moment ago and nothing
    has come since: a server that ends a connection says so, which makes its socket readable.
    """
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=POOL_SECONDS, **options)
    dialect, pool = engine.sync_engine.dialect, engine.sync_engine.pool

    def note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = monotonic()

    def try_idle(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        is_recent = monotonic() - record.info.get("used_at", monotonic()) < IDLE_SECONDS
        if is_recent and not _is_readable(record.driver_connection):
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as fault:
            raise InvalidatePoolError from fault

    event.listen(pool, "checkin", note_use)
    event.listen(pool, "checkout", try_idle)
    return engine


def _is_readable(connection: Any) -> bool:
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def days(period: Period) -> Range[date]:
    """A period as a value of a ``daterange`` column."""
    return Range(period.start, period.end, bounds="[)")


def period(stored: Range[date] | DateRange) -> Period:
    """The period that a ``daterange`` column holds."""
    if stored.lower is None:
        raise ValueError("a stored period has no first day")
    return Period(stored.lower, stored.upper)


def bounds(column: InstrumentedAttribute[Any]) -> tuple[ColumnElement[date], ColumnElement[date | None]]:
    """The first day of a ``daterange`` column and the day after its last, to be read: two dates cost less than a range.

    Both are null where the column is.
    """
    return func.lower(column, type_=Date()), func.upper(column, type_=Date())


def never_overlapping(*columns: str, during: str = "valid", where: str | None = None) -> ExcludeConstraint:
    """A constraint that rows equal in ``columns`` never share a day of ``during`` (needs btree_gist)."""
    equal = [(column, "=") for column in columns]
    condition = None if where is None else text(where)
    name = "_".join(("no_overlap", *columns))
    return ExcludeConstraint(*equal, (during, "&&"), name=name, using="gist", where=condition)


def finite(*columns: str) -> tuple[CheckConstraint, ...]:
    """Constraints that these numeric columns hold numbers: neither infinite nor NaN, which sorts above all others."""
    return tuple(
        CheckConstraint(f"{name} > '-Infinity' AND {name} < 'Infinity'", name=f"{name}_finite") for name in columns
    )


def freeze(schema: str, *tables: str) -> list[str]:
    """SQL for a migration that makes tables append-only for the service's own role (design §3)."""
    return [f"REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.{table} FROM merit_{schema}" for table in tables]


async def driver_connection(session: AsyncSession) -> AsyncConnection[Any]:
    """The psycopg connection on which ``session`` is working, inside its transaction."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, AsyncConnection):
        raise TypeError(f"COPY and jobs need psycopg connections, not {type(driver).__name__}")
    return driver
