"""Positions: timelines, who may sit there, how many do (ORG-02)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.kit.database import ReadSession, WriteSession, period
from services.kit.periods import Period
from services.kit.timeline import Version
from services.kit.timelines import Timelines
from services.org.people.domain.assignment import MAIN
from services.org.people.store.tables import AssignmentRow, EmployeeRow
from services.org.structure.domain.position import PositionFacts, Track
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow, UnitRow, UnitVersionRow

Timeline = list[Version[PositionFacts]]


async def find(session: ReadSession, position_id: UUID) -> PositionRow | None:
    """The identity of a position."""
    return await session.get(PositionRow, position_id)


async def find_for_update(session: WriteSession, position_id: UUID) -> PositionRow | None:
    """The identity of a position, locked until the transaction ends."""
    return await session.get(PositionRow, position_id, with_for_update=True)


async def code_taken(session: ReadSession, code: str) -> bool:
    """Whether a position has this code, now or ever."""
    return (await session.execute(select(PositionRow.id).where(PositionRow.code == code))).first() is not None


def _facts(row: PositionVersionRow) -> PositionFacts:
    return PositionFacts(
        title=row.title,
        title_en=row.title_en,
        unit_id=row.unit_id,
        track=Track(row.track),
        grade=row.grade,
        headcount=row.headcount,
        reports_to_id=row.reports_to_id,
    )


def _columns(said: PositionFacts) -> dict[str, object]:
    return {
        "title": said.title,
        "title_en": said.title_en,
        "unit_id": said.unit_id,
        "track": said.track.value,
        "grade": said.grade,
        "headcount": said.headcount,
        "reports_to_id": said.reports_to_id,
    }


VERSIONS = Timelines(PositionVersionRow, _facts, _columns)


async def timelines(session: ReadSession, position_ids: Iterable[UUID] | None = None) -> dict[UUID, Timeline]:
    """The timelines of some positions, or of all."""
    return await VERSIONS.by("position_id", session, position_ids)


async def replace(session: WriteSession, position_id: UUID, before: Timeline, after: Timeline) -> None:
    """Write the difference between two timelines of a position."""
    await VERSIONS.replace(session, {"position_id": position_id}, before, after)


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Every position in force on ``day``: identity, version row, place of its unit, people in their main seat there."""
    held = (
        select(func.count())
        .where(
            AssignmentRow.position_id == PositionRow.id,
            AssignmentRow.kind.in_([kind.value for kind in MAIN]),
            in_force(AssignmentRow.valid, day),
        )
        .correlate(PositionRow)
        .scalar_subquery()
    )
    return (
        select(PositionRow, PositionVersionRow, UnitPathRow, held.label("held"))
        .join(PositionVersionRow, PositionVersionRow.position_id == PositionRow.id)
        .join(UnitPathRow, UnitPathRow.unit_id == PositionVersionRow.unit_id)
        .where(in_force(PositionVersionRow.valid, day), in_force(UnitPathRow.valid, day))
    )


async def subordinate_codes(session: ReadSession, position_id: UUID, span: Period) -> list[str]:
    """Codes of positions that report to this one on some day of ``span``, a few of them."""
    row = PositionVersionRow
    query = (
        select(PositionRow.code)
        .join(row, row.position_id == PositionRow.id)
        .where(row.reports_to_id == position_id, during(row.valid, span))
        .distinct()
        .order_by(PositionRow.code)
        .limit(5)
    )
    return list((await session.execute(query)).scalars())


async def codes_in_unit(session: ReadSession, unit_id: UUID, span: Period) -> list[str]:
    """Codes of positions in a unit on some day of ``span``, a few of them."""
    row = PositionVersionRow
    query = (
        select(PositionRow.code)
        .join(row, row.position_id == PositionRow.id)
        .where(row.unit_id == unit_id, during(row.valid, span))
        .distinct()
        .order_by(PositionRow.code)
        .limit(5)
    )
    return list((await session.execute(query)).scalars())


async def units_headed(session: ReadSession, position_id: UUID, span: Period) -> list[str]:
    """Codes of units whose head position this is on some day of ``span``, a few of them."""
    row = UnitVersionRow
    query = (
        select(UnitRow.code)
        .join(row, row.unit_id == UnitRow.id)
        .where(row.head_position_id == position_id, during(row.valid, span))
        .distinct()
        .order_by(UnitRow.code)
        .limit(5)
    )
    return list((await session.execute(query)).scalars())


async def holder_numbers(session: ReadSession, position_id: UUID, span: Period) -> list[str]:
    """Numbers of people who are in a position on some day of ``span``, a few of them."""
    row = AssignmentRow
    query = (
        select(EmployeeRow.number)
        .join(row, row.employee_id == EmployeeRow.id)
        .where(row.position_id == position_id, during(row.valid, span))
        .distinct()
        .order_by(EmployeeRow.number)
        .limit(5)
    )
    return list((await session.execute(query)).scalars())


async def occupied(session: ReadSession, position_id: UUID, *, besides: UUID | None = None) -> list[Period]:
    """The days of every main assignment to a position, leaving out one assignment."""
    row = AssignmentRow
    query = select(row.valid).where(row.position_id == position_id, row.kind.in_([kind.value for kind in MAIN]))
    if besides is not None:
        query = query.where(row.id != besides)
    return [period(valid) for valid in (await session.execute(query)).scalars()]


def headcount_by_unit(day: date) -> Select[*tuple[Any, ...]]:
    """Units in force on ``day`` with headcount, people in their main seat, and vacant seats of their own positions."""
    places = as_of(day).subquery()
    vacancy = func.greatest(places.c.headcount - places.c.held, 0)
    own = (
        select(
            places.c.unit_id,
            func.sum(places.c.headcount).label("headcount"),
            func.sum(places.c.held).label("held"),
            func.sum(vacancy).label("vacant"),
            func.sum(func.greatest(places.c.held - places.c.headcount, 0)).label("over"),
        )
        .group_by(places.c.unit_id)
        .subquery()
    )
    return (
        select(UnitRow, UnitVersionRow, UnitPathRow, own.c.headcount, own.c.held, own.c.vacant, own.c.over)
        .join(UnitVersionRow, UnitVersionRow.unit_id == UnitRow.id)
        .join(UnitPathRow, UnitPathRow.unit_id == UnitRow.id)
        .outerjoin(own, own.c.unit_id == UnitRow.id)
        .where(in_force(UnitVersionRow.valid, day), in_force(UnitPathRow.valid, day))
    )
