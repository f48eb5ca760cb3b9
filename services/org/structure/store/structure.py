"""The lock under which the structure changes, and conditions on its dated rows."""

from datetime import date
from typing import Final, Protocol

from sqlalchemy import BindParameter, ColumnElement, Date, bindparam, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import InstrumentedAttribute

from services.kit.database.sessions import WriteSession, days
from services.kit.errors import Stale
from services.kit.periods import Period

Dated = InstrumentedAttribute[Range[date]] | InstrumentedAttribute[Range[date] | None]


class Versioned(Protocol):
    """A row whose version grows with every change."""

    revision: int


async def lock(session: WriteSession) -> None:
    """Let one transaction at a time change units and positions.

    Whether a change closes a circle depends on all of them together, so two changes may not look at once.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("org structure"))))


async def share(session: WriteSession) -> None:
    """Keep units and positions as they are while people are put into them; others may do the same meanwhile.

    Whoever writes people or their employments takes it too, and first: an import reads them all, and writes them, under
    the lock of the structure alone.
    """
    await session.execute(select(func.pg_advisory_xact_lock_shared(func.hashtext("org structure"))))


def touch(row: Versioned, expected: int | None) -> None:
    """Make the next version of a row that was read for update.

    Raises:
        Stale: it is not the version that the caller has seen.
    """
    if expected is not None and row.revision != expected:
        raise Stale
    row.revision += 1


DAY: Final = bindparam("day", type_=Date())
"""The day that a statement is built for once and for all; its value comes when it is executed."""


def in_force(valid: Dated, day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Whether a period column holds ``day``."""
    return valid.contains(day)


def during(valid: Dated, period: Period) -> ColumnElement[bool]:
    """Whether a period column shares a day with ``period``."""
    shares: ColumnElement[bool] = valid.overlaps(days(period))
    return shares
