"""Delegations (ORG-09)."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.kit.audit import audit
from services.kit.database import ReadSession, WriteSession, period
from services.kit.periods import Period
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.domain.delegation import Delegation
from services.org.authority.store.tables import DelegationRow
from services.org.people.store.tables import EmployeeRow, EmploymentRow
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import UnitPathRow, UnitRow

Delegator = aliased(EmployeeRow, name="delegator")
Delegate = aliased(EmployeeRow, name="delegate")


async def find_for_update(session: WriteSession, delegation_id: UUID) -> DelegationRow | None:
    """A delegation, locked until the transaction ends."""
    return await session.get(DelegationRow, delegation_id, with_for_update=True, populate_existing=True)


class Over(NamedTuple):
    """A delegation that came to its end by itself; ``day`` is the first on which it counted no more."""

    row: DelegationRow
    day: date


def _stay(person_id: InstrumentedAttribute[UUID]) -> Any:
    """The employment in which a person gave or was given a delegation: one taken up later does not revive it."""
    row, work = DelegationRow, aliased(EmploymentRow)
    since = func.least(cast(func.timezone("UTC", row.made_at), Date), func.lower(row.valid))
    span = func.daterange(since, func.upper(row.valid), type_=DATERANGE)
    query = select(work.valid).where(work.employee_id == person_id, work.valid.overlaps(span))
    return query.order_by(func.lower(work.valid)).limit(1).correlate(DelegationRow).scalar_subquery()


_COUNTED: ColumnElement[Range[date]] = (
    DelegationRow.valid * _stay(DelegationRow.delegator_id) * _stay(DelegationRow.delegate_id)
)
"""The days of a delegation on which neither has left; who left and came back begins anew. Revocation is apart."""


_OVER: ColumnElement[date] = func.coalesce(func.upper(_COUNTED), func.lower(DelegationRow.valid))
"""The first day without effect; the very first where either had left before it began."""


async def over_from(session: ReadSession, delegation_id: UUID) -> date:
    """The first day on which a delegation counts no more, revoked or not."""
    found: date = (await session.execute(select(_OVER).where(DelegationRow.id == delegation_id))).scalar_one()
    return found


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Delegations with both people, the unit, its place on ``day`` (None where not in force), and days that count."""
    return (
        select(DelegationRow, Delegator, Delegate, UnitRow, UnitPathRow, _COUNTED.label("counted"))
        .join(Delegator, Delegator.id == DelegationRow.delegator_id)
        .join(Delegate, Delegate.id == DelegationRow.delegate_id)
        .join(UnitRow, UnitRow.id == DelegationRow.unit_id)
        .outerjoin(UnitPathRow, and_(UnitPathRow.unit_id == DelegationRow.unit_id, in_force(UnitPathRow.valid, day)))
    )


async def open_of(
    session: ReadSession, person: InstrumentedAttribute[UUID], employee_id: UUID, day: date, *, limit: int
) -> tuple[int, list[Row[Any]]]:
    """How many delegations a person has given, or received, in force on ``day`` or to come, and the first of them.

    ``person`` is the column of the side that is meant.
    """
    query = as_of(day).where(person == employee_id, open_from(day)).add_columns(func.count().over().label("total"))
    query = query.order_by(func.lower(DelegationRow.valid), DelegationRow.id).limit(limit)
    found = list((await session.execute(query)).all())
    return (found[0].total if found else 0), found


def between(employee_id: UUID | None) -> ColumnElement[bool]:
    """Those that somebody gave or was given; none where there is nobody."""
    row = DelegationRow
    return or_(row.delegator_id == employee_id, row.delegate_id == employee_id)


def in_reach(unit_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Those for units at or beneath one of these."""
    reached: ColumnElement[bool] = UnitPathRow.path.overlap(list(unit_ids))
    return reached


def counting_on(day: date) -> ColumnElement[bool]:
    """Those in force on ``day``."""
    row = DelegationRow
    return and_(in_force(row.valid, day), _unrevoked_on(day), _COUNTED.op("@>")(day))


def open_from(day: date) -> ColumnElement[bool]:
    """Those in force on ``day`` or to come."""
    row = DelegationRow
    ahead = func.daterange(day, None, type_=DATERANGE)
    return and_(func.upper(row.valid) > day, _unrevoked_on(day), _COUNTED.op("&&")(ahead))


def _unrevoked_on(day: date) -> ColumnElement[bool]:
    row = DelegationRow
    return or_(row.revoked_on.is_(None), row.revoked_on > day)


async def given_to(session: ReadSession, people: Collection[UUID], span: Period) -> list[Delegation]:
    """What was delegated to these people on days of ``span`` on which they and the delegators work here."""
    row = DelegationRow
    query = (
        select(row, _COUNTED.label("counted"))
        .where(row.delegate_id.in_(list(people)), during(row.valid, span), ~func.isempty(_COUNTED))
        .order_by(row.delegate_id, func.lower(row.valid), row.id)
    )
    return [_delegation(found, period(valid)) for found, valid in await session.execute(query)]


async def ended(session: ReadSession, after: date, until: date, *, told: str) -> list[Over]:
    """Delegations, not revoked before, whose first day without effect lies after ``after`` and not after ``until``.

    And those that a leaving cut short which was recorded later than it happened, unless the audit trail has the action
    ``told`` of them.
    """
    row, line = DelegationRow, audit.c
    known = select(line.id).where(line.resource == "delegation", line.resource_id == row.id, line.action == told)
    query = (
        select(row, _OVER.label("day"))
        .where(
            func.upper(row.valid) > after,
            until >= _OVER,
            or_(after < _OVER, ~known.exists()),
            or_(row.revoked_on.is_(None), row.revoked_on >= _OVER),
        )
        .order_by(_OVER, row.id)
    )
    return [Over(*found) for found in await session.execute(query)]


def _delegation(row: DelegationRow, valid: Period) -> Delegation:
    return Delegation(
        id=row.id,
        delegator_id=row.delegator_id,
        delegate_id=row.delegate_id,
        unit_id=row.unit_id,
        authority_type=AuthorityType(row.authority_type),
        limit=row.amount,
        valid=valid,
        revoked_on=row.revoked_on,
    )
