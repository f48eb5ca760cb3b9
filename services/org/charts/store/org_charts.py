"""What an org chart shows: units, their positions, who is in them, sums over subtrees (ORG-13)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, true

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession
from services.org.charts.domain.org_chart import ChartPosition, Headcount, Person, precedence
from services.org.people.store.tables import AssignmentRow, EmployeeRow
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.unit import UnitAsOf
from services.org.structure.store import occupancy, units
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow, UnitVersionRow
from services.org.structure.store.units import unit_as_of


async def units_shown(
    session: ReadSession, day: date, *, path: Sequence[UUID], deepest: int | None, most: int
) -> list[UnitAsOf]:
    """Units at or beneath ``path`` (all, if it is empty) as of ``day``, at most ``most`` of them; see ``_shown``."""
    query = _shown(day, path, deepest).order_by(UnitPathRow.path).limit(most)
    return [unit_as_of(row) for row in await session.execute(query)]


async def page_shown(
    session: ReadSession, day: date, paging: Paging, *, path: Sequence[UUID], deepest: int | None
) -> Rows[UnitAsOf]:
    """The same, page by page, each unit before those beneath it."""
    return await page(session, _shown(day, path, deepest), unit_as_of, keys=[UnitPathRow.path], paging=paging)


def _shown(day: date, path: Sequence[UUID], deepest: int | None) -> Select[*tuple[Any, ...]]:
    """Units at or beneath the path, down to paths ``deepest`` long."""
    query = units.as_of(day)
    if path:
        query = query.where(units.beneath(path))
    if deepest is not None:
        query = query.where(func.cardinality(UnitPathRow.path) <= deepest)
    return query


async def headcounts(
    session: ReadSession, unit_ids: Collection[UUID], day: date
) -> tuple[dict[UUID, Headcount], dict[UUID, Headcount]]:
    """The headcount of each unit by itself, and together with everything beneath it; one statement."""
    row = PositionVersionRow
    positions = (
        select(row.unit_id, UnitPathRow.path, row.headcount, occupancy.filled(day).label("filled"))
        .join(PositionRow, PositionRow.id == row.position_id)
        .join(UnitPathRow, UnitPathRow.unit_id == row.unit_id)
        .where(in_force(row.valid, day), in_force(UnitPathRow.valid, day))
        .where(UnitPathRow.path.overlap(list(unit_ids)))
        .subquery()
    )
    above = func.unnest(positions.c.path).table_valued("unit_id").render_derived("above")
    own = positions.c.unit_id == above.c.unit_id
    free = positions.c.headcount - positions.c.filled
    query = (
        select(
            above.c.unit_id,
            own,
            func.sum(positions.c.headcount),
            func.sum(positions.c.filled),
            func.sum(func.greatest(free, 0)),
            func.sum(func.greatest(-free, 0)),
        )
        .select_from(positions.join(above, true()))
        .where(above.c.unit_id.in_(list(unit_ids)))
        .group_by(above.c.unit_id, own)
    )
    alone: dict[UUID, Headcount] = defaultdict(Headcount)
    total: dict[UUID, Headcount] = defaultdict(Headcount)
    for unit_id, is_own, *figures in await session.execute(query):
        found = Headcount(*(int(figure) for figure in figures))
        if is_own:
            alone[unit_id] = found
        total[unit_id] += found
    return alone, total


async def children(session: ReadSession, unit_ids: Collection[UUID], day: date) -> dict[UUID, int]:
    """How many units hang right beneath each of these on ``day``."""
    row = UnitVersionRow
    query = (
        select(row.parent_id, func.count())
        .where(row.parent_id.in_(list(unit_ids)), in_force(row.valid, day))
        .group_by(row.parent_id)
    )
    return {parent_id: number for parent_id, number in await session.execute(query) if parent_id is not None}


async def positions(
    session: ReadSession, day: date, *, unit_ids: Collection[UUID], position_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, ChartPosition]]:
    """Positions in these units, and these positions, on ``day``: each with its unit and its people."""
    row, held, person = PositionVersionRow, AssignmentRow, EmployeeRow
    query = (
        select(PositionRow.id, PositionRow.code, row.title, row.title_en, row.headcount, row.unit_id)
        .add_columns(held.kind, person.id.label("person_id"), person.number, person.name)
        .join(row, row.position_id == PositionRow.id)
        .outerjoin(held, (held.position_id == row.position_id) & in_force(held.valid, day))
        .outerjoin(person, person.id == held.employee_id)
        .where(in_force(row.valid, day))
        .where(or_(row.unit_id.in_(list(unit_ids)), row.position_id.in_(list(position_ids))))
        .order_by(PositionRow.code)
    )
    people: dict[UUID, list[Person]] = defaultdict(list)
    rows = (await session.execute(query)).all()
    for each in rows:
        if each.person_id is not None:
            people[each.id].append(Person(each.person_id, each.number, each.name, AssignmentKind(each.kind)))
    return {
        each.id: (
            each.unit_id,
            ChartPosition(
                id=each.id,
                code=each.code,
                title=each.title,
                title_en=each.title_en,
                headcount=each.headcount,
                people=tuple(sorted(people[each.id], key=precedence)),
            ),
        )
        for each in rows
    }
