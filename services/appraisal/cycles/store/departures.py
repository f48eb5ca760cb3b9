"""Leavers, as reported by org while cycles run (APR-05, APR-09)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.appraisal.cycles.store.tables import DepartureRow
from services.kit.database.sessions import ReadSession, WriteSession


async def note(session: WriteSession, employee_id: UUID, last_day: date) -> None:
    """Store a person's last day, replacing an earlier one."""
    fresh = insert(DepartureRow).values(employee_id=employee_id, last_day=last_day)
    changed = {"last_day": fresh.excluded.last_day}
    await session.execute(fresh.on_conflict_do_update(index_elements=["employee_id"], set_=changed))


async def forget(session: WriteSession, employee_id: UUID) -> None:
    """The person stays, or has come back."""
    await session.execute(delete(DepartureRow).where(DepartureRow.employee_id == employee_id))


async def last_days(session: ReadSession, people: Collection[UUID], before: date) -> dict[UUID, date]:
    """The last days of those among some people who have left before a day."""
    query = select(DepartureRow.employee_id, DepartureRow.last_day)
    query = query.where(DepartureRow.employee_id.in_(people), DepartureRow.last_day < before)
    return {row.employee_id: row.last_day for row in await session.execute(query)}


async def gone(session: ReadSession, people: Collection[UUID], on: date) -> frozenset[UUID]:
    """Those among some people whose last day lies before ``on``."""
    return frozenset(await last_days(session, people, on))
