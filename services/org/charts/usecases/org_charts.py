"""Org charts as of any day: everything or a subtree, whole or down to a depth (ORG-13)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import FieldError, Invalid, Text
from services.org.charts.domain.org_chart import ChartPosition, ChartUnit, Headcount
from services.org.charts.store import org_charts as rows
from services.org.structure.domain.unit import UnitAsOf
from services.org.structure.usecases.units import one as unit_of


class ChartTooLarge(Invalid):
    """More units than a chart can show at once."""

    code = "chart_too_large"
    zh = "组织图超过 {most} 个单元，请减少层数或选择下级单元。"
    en = "The chart would show more than {most} units; ask for fewer levels or a unit further down."


async def whole(
    session: ReadSession, *, day: date, unit_id: UUID | None, depth: int | None, people: bool, most: int
) -> list[ChartUnit]:
    """The units of a chart, at most ``most``; ``depth`` counts levels, the topmost shown being the first.

    Raises:
        UnitUnknown: not in force on that day.
        ChartTooLarge: there are more.
    """
    path, deepest = await _asked(session, day=day, unit_id=unit_id, depth=depth)
    found = await rows.units_shown(session, day, path=path, deepest=deepest, most=most + 1)
    if len(found) > most:
        expected = Text("更少的层数", "fewer levels")
        raise ChartTooLarge(
            most=most, field_errors=[FieldError("query/depth", None if depth is None else str(depth), expected)]
        )
    return await _filled(session, found, day=day, people=people)


async def paged(
    session: ReadSession, *, day: date, unit_id: UUID | None, depth: int | None, people: bool, paging: Paging
) -> Rows[ChartUnit]:
    """A page of the units of a chart, each before those beneath it.

    Raises:
        UnitUnknown: not in force on that day.
    """
    path, deepest = await _asked(session, day=day, unit_id=unit_id, depth=depth)
    found = await rows.page_shown(session, day, paging, path=path, deepest=deepest)
    return Rows(await _filled(session, found.items, day=day, people=people), found.next)


async def headcounts(
    session: ReadSession, *, day: date, unit_id: UUID | None, paging: Paging
) -> Rows[tuple[UnitAsOf, Headcount, Headcount]]:
    """Units with the headcount of their own positions and of everything beneath them, as of ``day``.

    Raises:
        UnitUnknown: not in force on that day.
    """
    path, _ = await _asked(session, day=day, unit_id=unit_id, depth=None)
    found = await rows.page_shown(session, day, paging, path=path, deepest=None)
    own, total = await rows.headcounts(session, [unit.id for unit in found.items], day)
    return Rows([(unit, own[unit.id], total[unit.id]) for unit in found.items], found.next)


async def _asked(
    session: ReadSession, *, day: date, unit_id: UUID | None, depth: int | None
) -> tuple[list[UUID], int | None]:
    """The path of the topmost unit (empty: of all) and how long the paths below it may be."""
    path = [] if unit_id is None else (await unit_of(session, unit_id=unit_id, day=day)).path
    return path, None if depth is None else max(len(path) - 1, 0) + depth


async def _filled(session: ReadSession, found: Sequence[UnitAsOf], *, day: date, people: bool) -> list[ChartUnit]:
    ids = [unit.id for unit in found]
    heads = [unit.head_position_id for unit in found if unit.head_position_id]
    own, total = await rows.headcounts(session, ids, day)
    children = await rows.children(session, ids, day)
    positions = await rows.positions(session, day, unit_ids=ids if people else [], position_ids=heads)
    within: dict[UUID, list[ChartPosition]] = defaultdict(list)
    for unit_id, position in positions.values():
        within[unit_id].append(position)
    return [
        ChartUnit(
            id=unit.id,
            parent_id=unit.parent_id,
            level=len(unit.path),
            code=unit.code,
            name=unit.name,
            name_en=unit.name_en,
            kind=unit.kind,
            head=positions[unit.head_position_id][1] if unit.head_position_id in positions else None,
            positions=tuple(within[unit.id]) if people else (),
            own=own[unit.id],
            total=total[unit.id],
            children=children.get(unit.id, 0),
        )
        for unit in found
    ]
