"""What an org chart shows: units, their seats, who is in them, sums over subtrees (ORG-13)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select, true

from services.kit.database import ReadSession
from services.org.charts.domain.org_chart import ChartPosition, Headcount, Person, precedence
from services.org.people.domain.assignment import AssignmentKind
from services.org.people.store.tables import AssignmentRow, EmployeeRow
from services.org.structure.store import positions, units
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow, UnitVersionRow


def shown(day: date, *, beneath: Sequence[UUID], deepest: int | None) -> Select[*tuple[Any, ...]]:
    """Units in force on ``day`` at or beneath the path (all, if it is empty), down to paths ``deepest`` long."""
    query = units.as_of(day)
    if beneath:
        query = query.where(units.beneath(beneath))
    if deepest is not None:
        query = query.where(func.cardinality(UnitPathRow.path) <= deepest)
    return query


async def headcounts(
    session: ReadSession, unit_ids: Collection[UUID], day: date
) -> tuple[dict[UUID, Headcount], dict[UUID, Headcount]]:
    """The headcount of each unit by itself, and together with everything beneath it; one statement."""
    seats = positions.as_of(day).where(UnitPathRow.path.overlap(list(unit_ids))).subquery()
    above = func.unnest(seats.c.path).table_valued("unit_id").render_derived("above")
    own = seats.c.unit_id == above.c.unit_id
    free = seats.c.headcount - seats.c.held
    query = (
        select(
            above.c.unit_id,
            own,
            func.sum(seats.c.headcount),
            func.sum(seats.c.held),
            func.sum(func.greatest(free, 0)),
            func.sum(func.greatest(-free, 0)),
        )
        .select_from(seats.join(above, true()))
        .where(above.c.unit_id.in_(list(unit_ids)))
        .group_by(above.c.unit_id, own)
    )
    alone: dict[UUID, Headcount] = defaultdict(Headcount)
    total: dict[UUID, Headcount] = defaultdict(Headcount)
    for unit_id, is_own, *figures in await session.execute(query):
        found = Headcount(*(int(figure) for figure in figures))
        if is_own:
            alone[unit_id] = found
        total[unit_id] = _sum(total[unit_id], found)
    return alone, total


def _sum(one: Headcount, other: Headcount) -> Headcount:
    return Headcount(
        one.headcount + other.headcount, one.held + other.held, one.vacant + other.vacant, one.over + other.over
    )


async def children(session: ReadSession, unit_ids: Collection[UUID], day: date) -> dict[UUID, int]:
    """How many units hang right beneath each of these on ``day``."""
    row = UnitVersionRow
    query = (
        select(row.parent_id, func.count())
        .where(row.parent_id.in_(list(unit_ids)), in_force(row.valid, day))
        .group_by(row.parent_id)
    )
    return {parent_id: number for parent_id, number in await session.execute(query) if parent_id is not None}


async def seats(
    session: ReadSession, day: date, *, unit_ids: Collection[UUID], position_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, ChartPosition]]:
    """Positions in these units, and these positions, on ``day``: each with its unit and its people."""
    row = PositionVersionRow
    query: Select[*tuple[Any, ...]] = (
        select(PositionRow, row, AssignmentRow.kind, EmployeeRow)
        .join(row, row.position_id == PositionRow.id)
        .outerjoin(AssignmentRow, (AssignmentRow.position_id == row.position_id) & in_force(AssignmentRow.valid, day))
        .outerjoin(EmployeeRow, EmployeeRow.id == AssignmentRow.employee_id)
        .where(
            in_force(row.valid, day),
            or_(row.unit_id.in_(list(unit_ids)), row.position_id.in_(list(position_ids))),
        )
        .order_by(PositionRow.code)
    )
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for each in (await session.execute(query)).all():
        found[each.PositionRow.id].append(each)
    return {position_id: (rows[0].PositionVersionRow.unit_id, _position(rows)) for position_id, rows in found.items()}


def _position(rows: Sequence[Row[Any]]) -> ChartPosition:
    identity, facts = rows[0].PositionRow, rows[0].PositionVersionRow
    return ChartPosition(
        id=identity.id,
        code=identity.code,
        title=facts.title,
        title_en=facts.title_en,
        headcount=facts.headcount,
        people=tuple(sorted(_people(rows), key=precedence)),
    )


def _people(rows: Iterable[Row[Any]]) -> Iterable[Person]:
    for row in rows:
        if row.EmployeeRow is not None:
            person = row.EmployeeRow
            yield Person(person.id, person.number, person.name, AssignmentKind(row.kind))
