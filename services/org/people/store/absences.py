"""Absences with the names of people (ORG-07)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, period
from services.org.people.domain.absence import AbsenceKind
from services.org.people.domain.directory import AbsenceEntry, PersonName
from services.org.people.store.tables import AbsenceRow, EmployeeRow
from services.org.structure.store.structure import in_force


def _entries() -> Select[*tuple[Any, ...]]:
    row, person = AbsenceRow, EmployeeRow
    query = select(row.id, person.id, person.number, person.name, row.kind, row.valid, row.revision)
    return query.join(person, person.id == row.employee_id)


def _entry(found: Sequence[Any]) -> AbsenceEntry:
    kind, valid, revision = found[4:7]
    return AbsenceEntry(found[0], PersonName(*found[1:4]), AbsenceKind(kind), period(valid), revision)


async def one(session: ReadSession, absence_id: UUID) -> AbsenceEntry | None:
    """One absence."""
    found = (await session.execute(_entries().where(AbsenceRow.id == absence_id))).first()
    return None if found is None else _entry(found)


async def of_employee(session: ReadSession, employee_id: UUID, day: date | None, paging: Paging) -> Rows[AbsenceEntry]:
    """A page of the absences of a person, all or that of ``day``."""
    query = _entries().where(AbsenceRow.employee_id == employee_id)
    if day is not None:
        query = query.where(in_force(AbsenceRow.valid, day))
    return await Listing(query, [AbsenceRow.id], _entry).page(session, paging)
