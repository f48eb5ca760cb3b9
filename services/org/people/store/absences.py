"""Leaves of absence (ORG-07)."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select

from services.kit.database import ReadSession, WriteSession, days
from services.kit.periods import Period
from services.org.people.store.tables import AbsenceRow
from services.org.structure.store.structure import during, in_force


async def find_for_update(session: WriteSession, absence_id: UUID) -> AbsenceRow | None:
    """An absence, locked until the transaction ends."""
    return await session.get(AbsenceRow, absence_id, with_for_update=True)


async def overlapping(session: ReadSession, employee_id: UUID, span: Period) -> AbsenceRow | None:
    """An absence of a person that shares a day with ``span``."""
    query = select(AbsenceRow).where(AbsenceRow.employee_id == employee_id, during(AbsenceRow.valid, span))
    return (await session.execute(query.limit(1))).scalar()


async def begun_within(session: ReadSession, employee_id: UUID, span: Period) -> list[AbsenceRow]:
    """The absences of a person whose first day is one of ``span``."""
    row = AbsenceRow
    begun = func.lower(row.valid).op("<@")(days(span))
    return list((await session.execute(select(row).where(row.employee_id == employee_id, begun))).scalars())


def of_employee(employee_id: UUID, day: date | None) -> Select[*tuple[object, ...]]:
    """The absences of a person, all or that of ``day``."""
    query: Select[*tuple[object, ...]] = select(AbsenceRow).where(AbsenceRow.employee_id == employee_id)
    return query if day is None else query.where(in_force(AbsenceRow.valid, day))
