"""Delegations (ORG-09)."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from services.kit.database import ReadSession, WriteSession, period
from services.kit.periods import Period
from services.org.domain.delegation import Delegation
from services.org.domain.power import Power
from services.org.store.structure import during, in_force
from services.org.store.tables import EmployeeRow, EmploymentRow, UnitPlaceRow, UnitRow
from services.org.store.tables_authority import DelegationRow

Delegator = aliased(EmployeeRow, name="delegator")
Delegate = aliased(EmployeeRow, name="delegate")


async def find_for_update(session: WriteSession, delegation_id: UUID) -> DelegationRow | None:
    """A delegation, locked until the transaction ends."""
    return await session.get(DelegationRow, delegation_id, with_for_update=True, populate_existing=True)


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Delegations with both people, the unit and its place on ``day`` (None where it is not in force)."""
    return (
        select(DelegationRow, Delegator, Delegate, UnitRow, UnitPlaceRow)
        .join(Delegator, Delegator.id == DelegationRow.delegator_id)
        .join(Delegate, Delegate.id == DelegationRow.delegate_id)
        .join(UnitRow, UnitRow.id == DelegationRow.unit_id)
        .outerjoin(UnitPlaceRow, and_(UnitPlaceRow.unit_id == DelegationRow.unit_id, in_force(UnitPlaceRow.valid, day)))
    )


def between(employee_id: UUID | None) -> ColumnElement[bool]:
    """Those that somebody gave or was given; none where there is nobody."""
    row = DelegationRow
    return or_(row.delegator_id == employee_id, row.delegate_id == employee_id)


def in_reach(unit_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Those for units at or beneath one of these."""
    reached: ColumnElement[bool] = UnitPlaceRow.path.overlap(list(unit_ids))
    return reached


def counting_on(day: date) -> ColumnElement[bool]:
    """Those in force on ``day``."""
    row = DelegationRow
    return and_(in_force(row.valid, day), or_(row.revoked_on.is_(None), row.revoked_on > day))


async def given_to(session: ReadSession, people: Collection[UUID], span: Period) -> list[Delegation]:
    """What was delegated to these people on days of ``span`` on which they work here."""
    row, work = DelegationRow, EmploymentRow
    shared = (row.valid * work.valid).label("shared")
    query = (
        select(row, shared)
        .join(work, work.employee_id == row.delegate_id)
        .where(row.delegate_id.in_(list(people)), during(row.valid, span), ~func.isempty(row.valid * work.valid))
        .order_by(row.delegate_id, func.lower(row.valid), row.id)
    )
    return [_delegation(found, period(valid)) for found, valid in await session.execute(query)]


def _delegation(row: DelegationRow, valid: Period) -> Delegation:
    return Delegation(
        id=row.id,
        delegator_id=row.delegator_id,
        delegate_id=row.delegate_id,
        unit_id=row.unit_id,
        power=Power(row.power),
        limit=row.amount,
        valid=valid,
        revoked_on=row.revoked_on,
    )
