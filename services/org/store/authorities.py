"""Limits of positions, and the policy of two approvers (ORG-09)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Uuid, cast, column, delete, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.kit.database import ReadSession, WriteSession, days, new_id, period
from services.kit.periods import Period
from services.org.domain.assignment import HOLDING
from services.org.domain.authority_limit import Allowance
from services.org.domain.power import Held, Power, TwoApprovers
from services.org.domain.timeline import Version
from services.org.store.structure import difference, during, in_force
from services.org.store.tables import (
    AssignmentRow,
    EmploymentRow,
    PositionRow,
    PositionVersionRow,
    UnitPlaceRow,
)
from services.org.store.tables_authority import AuthorityLimitRow, AuthorityPolicyRow

Timeline = list[Version[Allowance]]
Policies = list[Version[TwoApprovers]]


async def timeline(session: ReadSession, position_id: UUID, power: Power) -> Timeline:
    """Every limit that a position has, had or will have under a power."""
    row = AuthorityLimitRow
    query = select(row).where(row.position_id == position_id, row.power == power.value).order_by(func.lower(row.valid))
    return [
        Version(period(each.valid), Allowance(each.amount, each.reason))
        for each in (await session.execute(query)).scalars()
    ]


async def replace(session: WriteSession, position_id: UUID, power: Power, before: Timeline, after: Timeline) -> None:
    """Write the difference between two timelines of limits."""
    gone, added = difference(before, after)
    row = AuthorityLimitRow
    if gone:
        starts = [valid.start for valid in gone]
        of_power = row.position_id == position_id, row.power == power.value
        await session.execute(delete(row).where(*of_power, func.lower(row.valid).in_(starts)))
    if added:
        key = {"position_id": position_id, "power": power.value}
        await session.execute(
            insert(row),
            [
                {
                    "id": new_id(),
                    **key,
                    "valid": days(each.valid),
                    "amount": each.facts.amount,
                    "reason": each.facts.reason,
                }
                for each in added
            ],
        )


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Limits in force on ``day``, each with its position, that position's facts and the place of its unit."""
    return (
        select(AuthorityLimitRow, PositionRow, PositionVersionRow, UnitPlaceRow)
        .join(PositionRow, PositionRow.id == AuthorityLimitRow.position_id)
        .join(PositionVersionRow, PositionVersionRow.position_id == PositionRow.id)
        .join(UnitPlaceRow, UnitPlaceRow.unit_id == PositionVersionRow.unit_id)
        .where(
            in_force(AuthorityLimitRow.valid, day),
            in_force(PositionVersionRow.valid, day),
            in_force(UnitPlaceRow.valid, day),
        )
    )


async def held(session: ReadSession, people: Iterable[UUID], span: Period) -> list[Held]:
    """What people may approve by the positions that they hold on days of ``span``; project members hold nothing.

    One entry for each stretch of days on which seat, unit and limit stay the same.
    """
    seat, limit, place = AssignmentRow, AuthorityLimitRow, PositionVersionRow
    shared = _shared(seat.valid, limit.valid, place.valid)
    query = (
        select(seat.employee_id, seat.position_id, place.unit_id, limit.power, limit.amount, shared.label("valid"))
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
        Held(row.employee_id, row.position_id, row.unit_id, Power(row.power), row.amount, period(row.valid))
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
    row = AuthorityPolicyRow
    found = (await session.execute(select(row).order_by(func.lower(row.valid)))).scalars()
    return [
        Version(period(each.valid), TwoApprovers(each.threshold, frozenset(Power(power) for power in each.powers)))
        for each in found
    ]


async def replace_policies(session: WriteSession, before: Policies, after: Policies) -> UUID:
    """Write the difference between two timelines of the policy; gives the id of its last version."""
    gone, added = difference(before, after)
    row = AuthorityPolicyRow
    if gone:
        await session.execute(delete(row).where(func.lower(row.valid).in_([valid.start for valid in gone])))
    for each in added:
        powers = sorted(power.value for power in each.facts.powers)
        values = {"id": new_id(), "valid": days(each.valid), "threshold": each.facts.threshold, "powers": powers}
        await session.execute(insert(row).values(values))
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
    row = UnitPlaceRow
    query = select(row.unit_id, table.c.day, row.path).join(
        table, (table.c.unit_id == row.unit_id) & row.valid.op("@>")(table.c.day)
    )
    return {(unit_id, day): list(path) for unit_id, day, path in await session.execute(query)}
