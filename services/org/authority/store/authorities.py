"""Limits of positions, and the policy of two approvers (ORG-09)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Uuid, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.kit.database import ReadSession, WriteSession, period
from services.kit.periods import Period
from services.kit.timeline import Version
from services.kit.timelines import Timelines
from services.org.authority.domain.authority_limit import Allowance
from services.org.authority.domain.authority_type import AuthorityType, Held, TwoApprovers
from services.org.authority.store.tables import AuthorityLimitRow, AuthorityPolicyRow
from services.org.people.store.tables import AssignmentRow, EmploymentRow
from services.org.structure.domain.occupancy import HOLDING
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow

Timeline = list[Version[Allowance]]
Policies = list[Version[TwoApprovers]]


LIMITS = Timelines(
    AuthorityLimitRow,
    lambda row: Allowance(row.amount, row.reason),
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


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Limits in force on ``day``, each with its position, that position's facts and the place of its unit."""
    return (
        select(AuthorityLimitRow, PositionRow, PositionVersionRow, UnitPathRow)
        .join(PositionRow, PositionRow.id == AuthorityLimitRow.position_id)
        .join(PositionVersionRow, PositionVersionRow.position_id == PositionRow.id)
        .join(UnitPathRow, UnitPathRow.unit_id == PositionVersionRow.unit_id)
        .where(
            in_force(AuthorityLimitRow.valid, day),
            in_force(PositionVersionRow.valid, day),
            in_force(UnitPathRow.valid, day),
        )
    )


async def held(session: ReadSession, people: Iterable[UUID], span: Period) -> list[Held]:
    """What people may approve by the positions that they hold on days of ``span``; project members hold nothing.

    One entry for each stretch of days on which seat, unit and limit stay the same.
    """
    seat, limit, place = AssignmentRow, AuthorityLimitRow, PositionVersionRow
    shared = _shared(seat.valid, limit.valid, place.valid)
    query = (
        select(
            seat.employee_id, seat.position_id, place.unit_id, limit.authority_type, limit.amount, shared.label("valid")
        )
        .join(limit, limit.position_id == seat.position_id)
        .join(place, place.position_id == seat.position_id)
        .where(
            seat.employee_id.in_(list(people)),
            seat.kind.in_([kind.value for kind in HOLDING]),
            during(seat.valid, span),
            ~func.isempty(shared),
        )
        .order_by(seat.employee_id, shared, seat.position_id)
    )
    return [
        Held(
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


async def known(session: ReadSession, people: Collection[UUID]) -> dict[UUID, list[Period]]:
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
    units = cast([unit_id for unit_id, _ in wanted], ARRAY(Uuid))
    dates = cast([day for _, day in wanted], ARRAY(Date))
    table = func.unnest(units, dates).table_valued(column("unit_id", Uuid), column("day", Date)).render_derived("asked")
    row = UnitPathRow
    query = select(row.unit_id, table.c.day, row.path).join(
        table, (table.c.unit_id == row.unit_id) & row.valid.op("@>")(table.c.day)
    )
    return {(unit_id, day): list(path) for unit_id, day, path in await session.execute(query)}
