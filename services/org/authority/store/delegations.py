"""Delegations (ORG-09)."""

from collections.abc import Collection
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.kit.audit.trail import audit
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, days, period
from services.kit.periods import Period
from services.kit.release import ReleaseState
from services.kit.work.releasing import entered
from services.kit.work.tasks import task
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.domain.delegation import Delegation, DelegationAsOf, Visibility
from services.org.authority.store.tables import DelegationRow
from services.org.people.store.tables import EmployeeRow, EmploymentRow
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import UnitPathRow, UnitRow, UnitVersionRow

Side = Literal["given", "received"]

Delegator = aliased(EmployeeRow, name="delegator")
Delegate = aliased(EmployeeRow, name="delegate")


async def find_for_update(session: WriteSession, delegation_id: UUID) -> DelegationRow | None:
    """A delegation, locked until the transaction ends."""
    return await session.get(DelegationRow, delegation_id, with_for_update=True, populate_existing=True)


async def add(uow: UnitOfWork, delegation: Delegation, *, reason: str, state: ReleaseState) -> DelegationRow:
    """Insert a delegation that the caller enters."""
    row = DelegationRow(
        id=delegation.id,
        delegator_id=delegation.delegator_id,
        delegate_id=delegation.delegate_id,
        unit_id=delegation.unit_id,
        authority_type=delegation.authority_type.value,
        amount=delegation.limit,
        valid=days(delegation.valid),
        reason=reason,
        **{**entered(uow), "state": state.value},
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


class EndedDelegation(NamedTuple):
    """A delegation that has ended by itself; ``day`` is the first on which it was not in force."""

    row: DelegationRow
    day: date


def _employment(person_id: InstrumentedAttribute[UUID]) -> Any:
    """The employment in which a person gave or was given a delegation; a later one does not revive it."""
    row, work = DelegationRow, aliased(EmploymentRow)
    since = func.least(cast(func.timezone("UTC", row.entered_at), Date), func.lower(row.valid))
    span = func.daterange(since, func.upper(row.valid), type_=DATERANGE)
    query = select(work.valid).where(work.employee_id == person_id, work.valid.overlaps(span))
    return query.order_by(func.lower(work.valid)).limit(1).correlate(DelegationRow).scalar_subquery()


_EFFECTIVE: ColumnElement[Range[date]] = (
    DelegationRow.valid * _employment(DelegationRow.delegator_id) * _employment(DelegationRow.delegate_id)
)
"""The days of a delegation on which neither has left; a rehire does not revive it. Revocation is apart."""


_ENDED_ON: ColumnElement[date] = func.coalesce(func.upper(_EFFECTIVE), func.lower(DelegationRow.valid))
"""The first day without effect; the very first where either had left before it began."""


_RELEASED: ColumnElement[bool] = DelegationRow.state == ReleaseState.RELEASED.value
"""What waits for a second person, or was refused, is never in force."""


async def ended_on(session: ReadSession, delegation_id: UUID) -> date:
    """The first day on which a delegation is not in force any more, unless revoked before."""
    found: date = (await session.execute(select(_ENDED_ON).where(DelegationRow.id == delegation_id))).scalar_one()
    return found


def _as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Delegations with both people, and the unit with its name and path on ``day`` (None where not in force)."""
    row, unit = DelegationRow, UnitVersionRow
    return (
        select(
            row,
            Delegator.number.label("delegator_number"),
            Delegator.name.label("delegator_name"),
            Delegate.number.label("delegate_number"),
            Delegate.name.label("delegate_name"),
            UnitRow.code.label("unit_code"),
            unit.name.label("unit_name"),
            unit.name_en.label("unit_name_en"),
            UnitPathRow.path.label("unit_path"),
            in_force_on(day).label("in_force"),
        )
        .join(Delegator, Delegator.id == row.delegator_id)
        .join(Delegate, Delegate.id == row.delegate_id)
        .join(UnitRow, UnitRow.id == row.unit_id)
        .outerjoin(unit, and_(unit.unit_id == row.unit_id, in_force(unit.valid, day)))
        .outerjoin(UnitPathRow, and_(UnitPathRow.unit_id == row.unit_id, in_force(UnitPathRow.valid, day)))
    )


def _shown(found: Any) -> DelegationAsOf:
    row, valid = found.DelegationRow, period(found.DelegationRow.valid)
    return DelegationAsOf(
        id=row.id,
        delegator_id=row.delegator_id,
        delegator_number=found.delegator_number,
        delegator_name=found.delegator_name,
        delegate_id=row.delegate_id,
        delegate_number=found.delegate_number,
        delegate_name=found.delegate_name,
        unit_id=row.unit_id,
        unit_code=found.unit_code,
        unit_name=found.unit_name,
        unit_name_en=found.unit_name_en,
        unit_path=tuple(found.unit_path or ()),
        authority_type=AuthorityType(row.authority_type),
        limit=row.amount,
        valid_from=valid.start,
        valid_to=valid.end - date.resolution if valid.end else date.max,
        reason=row.reason,
        in_force=bool(found.in_force),
        revoked_on=row.revoked_on,
        revocation_reason=row.revocation_reason,
        record=row.record,
    )


async def get(session: ReadSession, delegation_id: UUID, day: date) -> DelegationAsOf | None:
    """A delegation as of ``day``."""
    query = _as_of(day).where(DelegationRow.id == delegation_id).execution_options(populate_existing=True)
    found = (await session.execute(query)).first()
    return None if found is None else _shown(found)


async def page_of(
    session: ReadSession,
    day: date,
    paging: Paging,
    *,
    employee_id: UUID | None = None,
    in_force_day: date | None = None,
    visibility: Visibility | None = None,
) -> Rows[DelegationAsOf]:
    """Delegations as of ``day``: of one person on either side, in force on a day, or within what a caller may see."""
    query = _as_of(day)
    if in_force_day is not None:
        query = query.where(in_force_on(in_force_day))
    if employee_id is not None:
        query = query.where(_between(employee_id))
    if visibility is not None:
        within: ColumnElement[bool] = UnitPathRow.path.overlap(list(visibility.unit_ids))
        query = query.where(or_(_between(visibility.employee_id), within))
    return await page(session, query, _shown, keys=[DelegationRow.id], paging=paging)


async def open_of(
    session: ReadSession, side: Side, employee_id: UUID, day: date, *, limit: int
) -> tuple[int, list[DelegationAsOf]]:
    """How many delegations a person has given, or received, in force on ``day`` or to come, and the first of them."""
    column = DelegationRow.delegator_id if side == "given" else DelegationRow.delegate_id
    query = _as_of(day).where(column == employee_id, open_from(day)).add_columns(func.count().over().label("total"))
    query = query.order_by(func.lower(DelegationRow.valid), DelegationRow.id).limit(limit)
    found = (await session.execute(query)).all()
    return (found[0].total if found else 0), [_shown(each) for each in found]


def _between(employee_id: UUID | None) -> ColumnElement[bool]:
    """Delegations that a person gave or received; none without a person."""
    row = DelegationRow
    return or_(row.delegator_id == employee_id, row.delegate_id == employee_id)


def in_force_on(day: date) -> ColumnElement[bool]:
    """Those in force on ``day``."""
    row = DelegationRow
    return and_(_RELEASED, in_force(row.valid, day), _unrevoked_on(day), _EFFECTIVE.op("@>")(day))


def open_from(day: date) -> ColumnElement[bool]:
    """Those in force on ``day`` or to come."""
    row = DelegationRow
    ahead = func.daterange(day, None, type_=DATERANGE)
    return and_(_RELEASED, func.upper(row.valid) > day, _unrevoked_on(day), _EFFECTIVE.op("&&")(ahead))


def _unrevoked_on(day: date) -> ColumnElement[bool]:
    row = DelegationRow
    return or_(row.revoked_on.is_(None), row.revoked_on > day)


async def given_to(session: ReadSession, people: Collection[UUID], span: Period) -> list[Delegation]:
    """What was delegated to these people on days of ``span`` on which they and the delegators work here."""
    row = DelegationRow
    query = (
        select(row, _EFFECTIVE.label("effective"))
        .where(_RELEASED, row.delegate_id.in_(list(people)), during(row.valid, span), ~func.isempty(_EFFECTIVE))
        .order_by(row.delegate_id, func.lower(row.valid), row.id)
    )
    return [_delegation(found, period(valid)) for found, valid in await session.execute(query)]


async def ending(session: ReadSession, day: date, until: date, *, task_kind: str) -> list[DelegationAsOf]:
    """Delegations in force on ``day`` and by themselves not on ``until``, on which no such task waits yet."""
    waits = select(task.c.id).where(task.c.kind == task_kind, task.c.subject_id == DelegationRow.id).exists()
    query = _as_of(day).where(in_force_on(day), until >= _ENDED_ON, ~waits).order_by(DelegationRow.id)
    return [_shown(found) for found in await session.execute(query)]


async def ended(session: ReadSession, after: date, until: date, *, event: str) -> list[EndedDelegation]:
    """Delegations, not revoked before, whose first day without effect lies after ``after`` and not after ``until``.

    And those cut short by a termination that was recorded after the fact, unless the audit trail has the action
    ``event`` for them.
    """
    row, line = DelegationRow, audit.c
    known = select(line.id).where(line.resource == "delegation", line.resource_id == row.id, line.action == event)
    query = (
        select(row, _ENDED_ON.label("day"))
        .where(
            _RELEASED,
            func.upper(row.valid) > after,
            until >= _ENDED_ON,
            or_(after < _ENDED_ON, ~known.exists()),
            or_(row.revoked_on.is_(None), row.revoked_on >= _ENDED_ON),
        )
        .order_by(_ENDED_ON, row.id)
    )
    return [EndedDelegation(*found) for found in await session.execute(query)]


def delegation_of(row: DelegationRow) -> Delegation:
    """What a row delegates, whether or not it is in force."""
    return _delegation(row, period(row.valid))


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
