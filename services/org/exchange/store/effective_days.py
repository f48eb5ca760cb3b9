"""What the calendar brings about, and up to which day it has been published (ORG-07)."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert

from services.kit.database.sessions import ReadSession, WriteSession
from services.org.exchange.store.tables import CalendarMarkRow
from services.org.people.store.tables import AssignmentRow, EmploymentRow
from services.org.structure.domain.occupancy import AssignmentKind


class Ended(NamedTuple):
    """Something of a person that had its last day on ``day``."""

    id: UUID
    employee_id: UUID
    day: date


async def done_until(session: WriteSession, task: str, today: date) -> date:
    """Up to which day a task has done its work, the row locked; a task that never ran begins yesterday."""
    row = CalendarMarkRow
    fresh = insert(row).values(task=task, done_until=today - date.resolution).on_conflict_do_nothing()
    await session.execute(fresh)
    query = select(row.done_until).where(row.task == task).with_for_update()
    found: date = (await session.execute(query)).scalar_one()
    return found


async def mark(session: WriteSession, task: str, day: date) -> None:
    """Note that a task has done its work up to and including ``day``."""
    row = await session.get(CalendarMarkRow, task)
    if row is not None:
        row.done_until = day


async def rotations_ended(session: ReadSession, after: date, until: date) -> list[Ended]:
    """Rotations whose first day back is after ``after`` and not after ``until``, of people who are still employed."""
    row, work = AssignmentRow, EmploymentRow
    back = func.upper(row.valid)
    query = (
        select(row.id, row.employee_id, back)
        .join(
            work, and_(work.employee_id == row.employee_id, work.valid.op("&&")(row.valid), work.valid.op("@>")(back))
        )
        .where(row.kind == AssignmentKind.ROTATION.value, back > after, back <= until)
    )
    return [Ended(*found) for found in await session.execute(query.order_by(back, row.id))]
