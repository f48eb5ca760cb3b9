"""Limits of positions, and the policy of two approvers (ORG-09)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Uuid, func, select

from services.kit.database.bulk import table_of
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, period
from services.kit.database.timelines import Timelines
from services.kit.periods import Period
from services.kit.timeline import Version
from services.org.authority.domain.authority_limit import LimitAsOf, LimitFacts
from services.org.authority.domain.authority_type import AuthorityType, EmployeeLimit, TwoApprovers
from services.org.authority.store.tables import AuthorityLimitRow, AuthorityPolicyRow
from services.org.people.store.tables import AssignmentRow, EmploymentRow
from services.org.structure.domain.occupancy import HOLDING
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow, UnitRow, UnitVersionRow
from services.org.structure.store.units import beneath

Timeline = list[Version[LimitFacts]]
Policies = list[Version[TwoApprovers]]


LIMITS = Timelines(
    AuthorityLimitRow,
    lambda row: LimitFacts(row.amount, row.reason),
    lambda said: {"amount": said.amount, "reason": said.reason},
)
POLICIES = Timelines(
    AuthorityPolicyRow,
    lambda row: TwoApprovers(
        row.threshold, frozenset(AuthorityType(authority_type) for authority_type in row.authority_types)
    ),
    lambda said: {
        "threshold": said.threshold,
        "authority_types": sorted(authority_type.value for authority_type in said.authority_types),
    },
)


async def timeline(session: ReadSession, position_id: UUID, authority_type: AuthorityType) -> Timeline:
    """Every limit that a position has, had or will have under an authority type."""
    return await LIMITS.one(session, position_id=position_id, authority_type=authority_type.value)


async def replace(
    session: WriteSession, position_id: UUID, authority_type: AuthorityType, before: Timeline, after: Timeline
) -> None:
    """Write the difference between two timelines of limits."""
    await LIMITS.replace(session, {"position_id": position_id, "authority_type": authority_type.value}, before, after)


def _as_of(day: date | ColumnElement[date]) -> Select[*tuple[Any, ...]]:
    """Limits with their position, and its unit and that unit's path on ``day``."""
    limit, position, unit = AuthorityLimitRow, PositionVersionRow, UnitVersionRow
    return (
        select(
            limit.id,
            limit.position_id,
            PositionRow.code.label("position_code"),
            position.unit_id,
            UnitRow.code.label("unit_code"),
            unit.name.label("unit_name"),
            unit.name_en.label("unit_name_en"),
            limit.authority_type,
            limit.amount,
            limit.valid,
            limit.reason,
        )
        .join(PositionRow, PositionRow.id == limit.position_id)
        .join(position, (position.position_id == limit.position_id) & position.valid.contains(day))
        .join(UnitRow, UnitRow.id == position.unit_id)
        .join(unit, (unit.unit_id == position.unit_id) & unit.valid.contains(day))
        .join(UnitPathRow, (UnitPathRow.unit_id == position.unit_id) & UnitPathRow.valid.contains(day))
    )


def _limit(row: Any) -> LimitAsOf:
    valid = period(row.valid)
    return LimitAsOf(
        id=row.id,
        position_id=row.position_id,
        position_code=row.position_code,
        unit_id=row.unit_id,
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        authority_type=AuthorityType(row.authority_type),
        limit=row.amount,
        valid_from=valid.start,
        valid_to=valid.last,
        reason=row.reason,
    )


async def get(session: ReadSession, limit_id: UUID) -> LimitAsOf | None:
    """A limit, with position and unit as of its first day."""
    query = _as_of(func.lower(AuthorityLimitRow.valid)).where(AuthorityLimitRow.id == limit_id)
    found = (await session.execute(query)).first()
    return None if found is None else _limit(found)


async def in_force_on(session: ReadSession, position_id: UUID, authority_type: AuthorityType, day: date) -> LimitAsOf:
    """The limit of a position for an authority type on ``day``; there must be one."""
    row = AuthorityLimitRow
    query = _as_of(day).where(row.position_id == position_id, row.authority_type == authority_type.value)
    return _limit((await session.execute(query.where(in_force(row.valid, day)))).one())


async def page_of(
    session: ReadSession,
    day: date,
    paging: Paging,
    *,
    position_id: UUID | None = None,
    unit_path: Sequence[UUID] = (),
    authority_type: AuthorityType | None = None,
) -> Rows[LimitAsOf]:
    """Limits in force on ``day``: of everything, of a position, of a unit and everything below it, of a type."""
    row = AuthorityLimitRow
    query = _as_of(day).where(in_force(row.valid, day))
    if position_id is not None:
        query = query.where(row.position_id == position_id)
    if unit_path:
        query = query.where(beneath(unit_path))
    if authority_type is not None:
        query = query.where(row.authority_type == authority_type.value)
    return await page(session, query, _limit, keys=[row.id], paging=paging)


async def employee_limits(session: ReadSession, people: Iterable[UUID], span: Period) -> list[EmployeeLimit]:
    """What people may approve by the positions that they fill on days of ``span``; project members approve nothing.

    One entry for each stretch of days on which assignment, unit and limit stay the same.
    """
    held, limit, place = AssignmentRow, AuthorityLimitRow, PositionVersionRow
    shared = _shared(held.valid, limit.valid, place.valid)
    query = (
        select(
            held.employee_id, held.position_id, place.unit_id, limit.authority_type, limit.amount, shared.label("valid")
        )
        .join(limit, limit.position_id == held.position_id)
        .join(place, place.position_id == held.position_id)
        .where(
            held.employee_id.in_(list(people)),
            held.kind.in_([kind.value for kind in HOLDING]),
            during(held.valid, span),
            ~func.isempty(shared),
        )
        .order_by(held.employee_id, shared, held.position_id)
    )
    return [
        EmployeeLimit(
            row.employee_id,
            row.position_id,
            row.unit_id,
            AuthorityType(row.authority_type),
            row.amount,
            period(row.valid),
        )
        for row in await session.execute(query)
    ]


def _shared(*spans: Any) -> ColumnElement[Any]:
    first, *others = spans
    for other in others:
        first = first * other
    found: ColumnElement[Any] = first
    return found


async def policies(session: ReadSession) -> Policies:
    """Every policy of two approvers that was, is or will be in force."""
    return await POLICIES.one(session)


async def replace_policies(session: WriteSession, before: Policies, after: Policies) -> UUID:
    """Write the difference between two timelines of the policy; gives the id of its last version."""
    await POLICIES.replace(session, {}, before, after)
    row = AuthorityPolicyRow
    last: UUID = (await session.execute(select(row.id).order_by(func.lower(row.valid).desc()).limit(1))).scalar_one()
    return last


async def lock_policies(session: WriteSession) -> None:
    """Let one transaction at a time change the policy."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("org authority policy"))))


async def employments(session: ReadSession, people: Collection[UUID]) -> dict[UUID, list[Period]]:
    """The days on which each of these people works here; who never did is left out."""
    row = EmploymentRow
    query = select(row.employee_id, row.valid).where(row.employee_id.in_(list(people)))
    found: dict[UUID, list[Period]] = {}
    for employee_id, valid in await session.execute(query):
        found.setdefault(employee_id, []).append(period(valid))
    return found


async def unit_paths(session: ReadSession, asked: Iterable[tuple[UUID, date]]) -> dict[tuple[UUID, date], list[UUID]]:
    """The path of many units, each on a day of its own; a unit that is not in force then is left out."""
    wanted = list(dict.fromkeys(asked))
    table = table_of(wanted, unit_id=Uuid(), day=Date())
    row = UnitPathRow
    query = select(row.unit_id, table.c.day, row.path).join(
        table, (table.c.unit_id == row.unit_id) & row.valid.op("@>")(table.c.day)
    )
    return {(unit_id, day): list(path) for unit_id, day, path in await session.execute(query)}
