"""Who is absent when, as org reported it last: by event, and now and then as a whole (APR-09)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from services.appraisal.cycles.domain.absence import Absence
from services.appraisal.cycles.store.tables import AbsenceRow
from services.kit.database.bulk import copy_rows
from services.kit.database.sessions import ReadSession, WriteSession

_COLUMNS = ("absence_id", "employee_id", "valid_from", "valid_to")


async def learn(session: WriteSession, absences: Iterable[Sequence[object]]) -> None:
    """Know these absences (in the order of the columns) instead of those of before."""
    await session.execute(delete(AbsenceRow))
    await copy_rows(session, AbsenceRow.__tablename__, _COLUMNS, absences)


async def note(session: WriteSession, absence_id: UUID, employee_id: UUID, days: Absence) -> None:
    """Know an absence that was recorded, changed or ended."""
    values = {"employee_id": employee_id, "valid_from": days.valid_from, "valid_to": days.valid_to}
    fresh = insert(AbsenceRow).values(absence_id=absence_id, **values)
    await session.execute(fresh.on_conflict_do_update(index_elements=["absence_id"], set_=values))


async def forget(session: WriteSession, absence_id: UUID) -> None:
    """An absence was taken back."""
    await session.execute(delete(AbsenceRow).where(AbsenceRow.absence_id == absence_id))


async def nearest(session: ReadSession, people: Collection[UUID], first: date, last: date) -> dict[UUID, Absence]:
    """The earliest absence of each of some people that shares a day with ``first`` to ``last``, both included."""
    row = AbsenceRow
    query = select(row.employee_id, row.valid_from, row.valid_to).where(
        row.employee_id.in_(people), row.valid_from <= last, or_(row.valid_to.is_(None), row.valid_to >= first)
    )
    return await _earliest(session, query)


async def covering(session: ReadSession, people: Collection[UUID], first: date, last: date) -> dict[UUID, Absence]:
    """The earliest absence of each of some people that holds every day from ``first`` to ``last``, both included."""
    row = AbsenceRow
    query = select(row.employee_id, row.valid_from, row.valid_to).where(
        row.employee_id.in_(people), row.valid_from <= first, or_(row.valid_to.is_(None), row.valid_to >= last)
    )
    return await _earliest(session, query)


async def _earliest(session: ReadSession, query: Select[UUID, date, date | None]) -> dict[UUID, Absence]:
    row = AbsenceRow
    earliest = query.ext(distinct_on(row.employee_id)).order_by(row.employee_id, row.valid_from)
    return {each.employee_id: Absence(each.valid_from, each.valid_to) for each in await session.execute(earliest)}
