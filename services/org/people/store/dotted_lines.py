"""Explicit second reporting lines (ORG-08)."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from services.org.people.store.tables import DottedLineRow
from services.org.structure.store.structure import in_force


def listed(day: date | None, employee_id: UUID | None, superior_id: UUID | None) -> Select[*tuple[object, ...]]:
    """Lines, those of ``day``, of one person or to one person."""
    query: Select[*tuple[object, ...]] = select(DottedLineRow)
    if day is not None:
        query = query.where(in_force(DottedLineRow.valid, day))
    if employee_id is not None:
        query = query.where(DottedLineRow.employee_id == employee_id)
    return query if superior_id is None else query.where(DottedLineRow.superior_id == superior_id)
