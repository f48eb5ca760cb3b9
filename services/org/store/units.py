"""Units: timelines, places in the tree, questions about both (ORG-01)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, text

from services.kit.database import ReadSession, WriteSession, days, new_id, period
from services.kit.periods import Period
from services.org.domain.timeline import Version
from services.org.domain.unit import UnitFacts, UnitKind
from services.org.store.structure import difference, during, in_force
from services.org.store.tables import UnitPlaceRow, UnitRow, UnitVersionRow

Timeline = list[Version[UnitFacts]]


async def find(session: ReadSession, unit_id: UUID) -> UnitRow | None:
    """The identity of a unit."""
    return await session.get(UnitRow, unit_id)


async def find_for_update(session: WriteSession, unit_id: UUID) -> UnitRow | None:
    """The identity of a unit, locked until the transaction ends."""
    return await session.get(UnitRow, unit_id, with_for_update=True)


async def code_taken(session: ReadSession, code: str) -> bool:
    """Whether a unit has this code, now or ever."""
    return (await session.execute(select(UnitRow.id).where(UnitRow.code == code))).first() is not None


async def timelines(session: ReadSession, unit_ids: Iterable[UUID] | None = None) -> dict[UUID, Timeline]:
    """The timelines of some units, or of all."""
    query = select(UnitVersionRow).order_by(UnitVersionRow.unit_id, func.lower(UnitVersionRow.valid))
    if unit_ids is not None:
        query = query.where(UnitVersionRow.unit_id.in_(list(unit_ids)))
    found: dict[UUID, Timeline] = defaultdict(list)
    for row in (await session.execute(query)).scalars():
        found[row.unit_id].append(Version(period(row.valid), facts(row)))
    return dict(found)


async def replace(session: WriteSession, unit_id: UUID, before: Timeline, after: Timeline) -> None:
    """Write the difference between two timelines of a unit."""
    gone, added = difference(before, after)
    if gone:
        starts = [valid.start for valid in gone]
        row = UnitVersionRow
        await session.execute(delete(row).where(row.unit_id == unit_id, func.lower(row.valid).in_(starts)))
    if added:
        await session.execute(insert(UnitVersionRow), [values(unit_id, version) for version in added])


def facts(row: UnitVersionRow) -> UnitFacts:
    """What a row says."""
    return UnitFacts(
        name=row.name,
        name_en=row.name_en,
        kind=UnitKind(row.kind),
        parent_id=row.parent_id,
        head_position_id=row.head_position_id,
        special=row.special,
    )


def values(unit_id: UUID, version: Version[UnitFacts]) -> dict[str, object]:
    """The row that says it."""
    said = version.facts
    return {
        "id": new_id(),
        "unit_id": unit_id,
        "valid": days(version.valid),
        "name": said.name,
        "name_en": said.name_en,
        "kind": said.kind.value,
        "parent_id": said.parent_id,
        "head_position_id": said.head_position_id,
        "special": said.special,
    }


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Every unit in force on ``day``: identity, version row, place row."""
    return (
        select(UnitRow, UnitVersionRow, UnitPlaceRow)
        .join(UnitVersionRow, UnitVersionRow.unit_id == UnitRow.id)
        .join(UnitPlaceRow, UnitPlaceRow.unit_id == UnitRow.id)
        .where(in_force(UnitVersionRow.valid, day), in_force(UnitPlaceRow.valid, day))
    )


def beneath(path: Sequence[UUID]) -> ColumnElement[bool]:
    """The condition that a place is that of the unit at ``path`` or lies beneath it: one range of the index."""
    trail = "/".join(str(unit_id) for unit_id in path)
    after = trail + chr(ord("/") + 1)
    return (UnitPlaceRow.trail == trail) | ((UnitPlaceRow.trail > f"{trail}/") & (UnitPlaceRow.trail < after))


async def path(session: ReadSession, unit_id: UUID, day: date) -> list[UUID]:
    """The ids from the root to the unit on ``day``; where it is not in force then, its nearest later or last place."""
    row = UnitPlaceRow
    order = (in_force(row.valid, day).desc(), (func.lower(row.valid) > day).desc(), func.lower(row.valid))
    query = select(row.path).where(row.unit_id == unit_id).order_by(*order).limit(1)
    return list((await session.execute(query)).scalar() or [])


async def paths(session: ReadSession, unit_ids: Iterable[UUID], day: date) -> dict[UUID, list[UUID]]:
    """The paths of several units on ``day``."""
    row = UnitPlaceRow
    query = select(row.unit_id, row.path).where(row.unit_id.in_(list(unit_ids)), in_force(row.valid, day))
    return {unit_id: list(found) for unit_id, found in await session.execute(query)}


async def would_circle(session: ReadSession, unit_id: UUID, parent_id: UUID, span: Period) -> date | None:
    """The first day of ``span`` on which ``parent_id`` lies beneath ``unit_id``, None if there is none."""
    row = UnitPlaceRow
    query = (
        select(func.greatest(func.lower(row.valid), span.start))
        .where(row.unit_id == parent_id, row.path.contains([unit_id]), during(row.valid, span))
        .order_by(func.lower(row.valid))
        .limit(1)
    )
    found: date | None = (await session.execute(query)).scalar()
    return found


async def children(session: ReadSession, unit_id: UUID, span: Period) -> list[str]:
    """Codes of the units that hang beneath ``unit_id`` on some day of ``span``, a few of them."""
    row = UnitVersionRow
    query = (
        select(UnitRow.code)
        .join(row, row.unit_id == UnitRow.id)
        .where(row.parent_id == unit_id, during(row.valid, span))
        .distinct()
        .order_by(UnitRow.code)
        .limit(5)
    )
    return list((await session.execute(query)).scalars())


_WALK = """
WITH RECURSIVE walk (unit_id, valid, path) AS (
    SELECT v.unit_id, v.valid * coalesce(p.valid, v.valid), coalesce(p.path, ARRAY[]::uuid[]) || v.unit_id
    FROM org.unit_version v
    LEFT JOIN org.unit_place p ON p.unit_id = v.parent_id AND p.valid && v.valid
    WHERE {start} AND (v.parent_id IS NULL OR p.unit_id IS NOT NULL)
  UNION ALL
    SELECT v.unit_id, v.valid * w.valid, w.path || v.unit_id
    FROM walk w JOIN org.unit_version v ON v.parent_id = w.unit_id AND v.valid && w.valid
)
INSERT INTO org.unit_place (id, unit_id, valid, path, trail)
SELECT gen_random_uuid(), unit_id, unnest(range_agg(valid)), path, array_to_string(path, '/')
FROM walk GROUP BY unit_id, path
"""


async def lay_places(session: WriteSession, unit_id: UUID) -> None:
    """Work out anew the places of a unit and of everything beneath it on any day, after its timeline changed."""
    await session.flush()
    row = UnitPlaceRow
    known = (await session.execute(select(row.path).where(row.unit_id == unit_id).distinct())).scalars().all()
    if known:
        await session.execute(delete(row).where(or_(*(beneath(place) for place in known))))
    await session.execute(text(_WALK.format(start="v.unit_id = :unit_id")), {"unit_id": unit_id})


async def lay_all_places(session: WriteSession) -> None:
    """Work out all places anew, after an import."""
    await session.execute(delete(UnitPlaceRow))
    await session.execute(text(_WALK.format(start="v.parent_id IS NULL")))
