"""Org charts as of any day: everything or a subtree, whole or down to a depth (ORG-13)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kit.database import ReadSession
from services.kit.errors import FieldError, Invalid, Text
from services.kit.pages import Paging, Rows, page
from services.org.charts.domain.org_chart import ChartPosition, ChartUnit, Headcount
from services.org.charts.store import org_charts as rows
from services.org.structure.domain.unit import UnitKind
from services.org.structure.store.tables import UnitPathRow
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
    query = await _asked(session, day=day, unit_id=unit_id, depth=depth)
    found = (await session.execute(query.order_by(UnitPathRow.path).limit(most + 1))).all()
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
    query = await _asked(session, day=day, unit_id=unit_id, depth=depth)
    found = await page(session, query, keys=[UnitPathRow.path], paging=paging)
    return Rows(await _filled(session, found.items, day=day, people=people), found.next)


async def totals(session: ReadSession, *, day: date, unit_ids: Collection[UUID]) -> dict[UUID, Headcount]:
    """The headcount of each of these units together with everything beneath it."""
    return (await rows.headcounts(session, unit_ids, day))[1]


async def _asked(session: ReadSession, *, day: date, unit_id: UUID | None, depth: int | None) -> Any:
    path = [] if unit_id is None else (await unit_of(session, unit_id=unit_id, day=day)).UnitPathRow.path
    above = max(len(path) - 1, 0)
    return rows.shown(day, beneath=path, deepest=None if depth is None else above + depth)


async def _filled(session: ReadSession, found: Sequence[Row[Any]], *, day: date, people: bool) -> list[ChartUnit]:
    ids = [row.UnitRow.id for row in found]
    heads = [row.UnitVersionRow.head_position_id for row in found if row.UnitVersionRow.head_position_id]
    own, total = await rows.headcounts(session, ids, day)
    children = await rows.children(session, ids, day)
    seats = await rows.seats(session, day, unit_ids=ids if people else [], position_ids=heads)
    within: dict[UUID, list[ChartPosition]] = defaultdict(list)
    for unit_id, position in seats.values():
        within[unit_id].append(position)
    charted = []
    for row in found:
        unit, facts, place = row.UnitRow, row.UnitVersionRow, row.UnitPathRow
        head = seats.get(facts.head_position_id)
        charted.append(
            ChartUnit(
                id=unit.id,
                parent_id=facts.parent_id,
                level=len(place.path),
                code=unit.code,
                name=facts.name,
                name_en=facts.name_en,
                kind=UnitKind(facts.kind),
                head=None if head is None else head[1],
                positions=tuple(within[unit.id]) if people else (),
                own=own[unit.id],
                total=total[unit.id],
                children=children.get(unit.id, 0),
            )
        )
    return charted
