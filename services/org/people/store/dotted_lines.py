"""Explicit second reporting lines with the names of people (ORG-08)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, period
from services.kit.periods import Period
from services.org.people.domain.directory import DottedLineEntry, PersonName
from services.org.people.domain.dotted_line import DottedLine
from services.org.people.store.tables import DottedLineRow, EmployeeRow
from services.org.structure.store.structure import during, in_force


def _entries() -> Select[*tuple[Any, ...]]:
    row, person, superior = DottedLineRow, EmployeeRow, aliased(EmployeeRow)
    return (
        select(row.id, person.id, person.number, person.name, superior.id, superior.number, superior.name)
        .add_columns(row.valid, row.revision)
        .join(person, person.id == row.employee_id)
        .join(superior, superior.id == row.superior_id)
    )


def _entry(found: Sequence[Any]) -> DottedLineEntry:
    valid, revision = found[7:9]
    return DottedLineEntry(found[0], PersonName(*found[1:4]), PersonName(*found[4:7]), period(valid), revision)


async def one(session: ReadSession, line_id: UUID) -> DottedLineEntry | None:
    """One line."""
    found = (await session.execute(_entries().where(DottedLineRow.id == line_id))).first()
    return None if found is None else _entry(found)


async def sharing_a_day(session: ReadSession, valid: Period, *, besides: UUID | None = None) -> list[DottedLine]:
    """All lines, except one, that hold on one of these days."""
    row = DottedLineRow
    query = select(row.id, row.employee_id, row.superior_id, row.valid).where(during(row.valid, valid))
    found = await session.execute(query)
    return [DottedLine(who, superior, period(its)) for row_id, who, superior, its in found if row_id != besides]


async def listed(
    session: ReadSession, paging: Paging, *, day: date | None, employee_id: UUID | None, superior_id: UUID | None
) -> Rows[DottedLineEntry]:
    """A page of lines, those of ``day``, of one person or to one person, in the order in which they were recorded."""
    query = _entries()
    if day is not None:
        query = query.where(in_force(DottedLineRow.valid, day))
    if employee_id is not None:
        query = query.where(DottedLineRow.employee_id == employee_id)
    if superior_id is not None:
        query = query.where(DottedLineRow.superior_id == superior_id)
    return await Listing(query, [DottedLineRow.id], _entry).page(session, paging)
