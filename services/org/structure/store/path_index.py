"""The paths of units and positions: the ids from the top down to each, derived anew when the tree changes.

Both kinds of thing hang on another of their kind over some days: a unit on its parent, a position on the one it reports
to. That is walked once, at the change; afterwards ancestors are read from a row, and everything beneath a thing is one
range of the index on ``path``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from string import Template
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, false, text

from services.kit.database.sessions import WriteSession
from services.org.structure.domain.tree import DEEPEST, TooDeep
from services.org.structure.store.tables import PositionPathRow, UnitPathRow

LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True)
class PathIndex:
    """The paths of one kind of thing: their table, its column of things, and the rows from which they derive.

    ``edges`` makes of these a query named ``edge`` of (thing, valid, above), where above is null at the top; in the
    table ``children``, the column ``above`` names what a thing hung on before its change.
    """

    table: str
    thing: str
    versions: str
    edges: str
    children: str
    above: str


UNITS = PathIndex(
    table="org.unit_path",
    thing="unit_id",
    versions="org.unit_version",
    edges="""
edge (thing, valid, above) AS (SELECT unit_id, valid, parent_id FROM org.unit_version WHERE unit_id $which)
""",
    children="org.unit_version",
    above="parent_id",
)

# A named superior goes before the head of the unit; from a unit without a head, or headed by the one who looks, the
# search goes on in the unit above.
POSITIONS = PathIndex(
    table="org.position_path",
    thing="position_id",
    versions="org.position_version",
    edges="""
look (thing, unit_id, valid, above) AS (
    SELECT position_id, CASE WHEN reports_to_id IS NULL THEN unit_id END, valid, reports_to_id
    FROM org.position_version WHERE position_id $which
  UNION ALL
    SELECT look.thing, CASE WHEN u.head_position_id <> look.thing THEN NULL ELSE u.parent_id END,
           u.valid * look.valid, CASE WHEN u.head_position_id <> look.thing THEN u.head_position_id END
    FROM look JOIN org.unit_version u ON u.unit_id = look.unit_id AND u.valid && look.valid
), edge (thing, valid, above) AS (SELECT thing, valid, above FROM look WHERE unit_id IS NULL)
""",
    children="org.position_path",
    above="superior_id",
)

_TOUCHED = """
WITH RECURSIVE touched (thing) AS (
    SELECT unnest(CAST(:ids AS uuid[]))
  UNION
    SELECT child.$thing FROM touched JOIN $children child ON child.$above = touched.thing
)
SELECT thing FROM touched
"""

_REMOVE = "DELETE FROM $table WHERE $thing $which"

_LAY = """
WITH RECURSIVE $edges, way (thing, valid, path) AS (
    SELECT edge.thing, edge.valid * coalesce(p.valid, edge.valid), coalesce(p.path, '{}') || edge.thing
    FROM edge LEFT JOIN $table p ON p.$thing = edge.above AND p.valid && edge.valid
    WHERE edge.above IS NULL OR cardinality(p.path) < :deepest
  UNION ALL
    SELECT edge.thing, edge.valid * way.valid, way.path || edge.thing
    FROM way JOIN edge ON edge.above = way.thing AND edge.valid && way.valid
    WHERE cardinality(way.path) < :deepest
)
INSERT INTO $table (id, $thing, valid, path)
SELECT gen_random_uuid(), thing, unnest(range_agg(valid)), path FROM way GROUP BY thing, path ORDER BY path
"""

# From what is in a circle, or hangs on one, no way leads to the top; nor from what stands deeper than is kept.
_NOWHERE = """
SELECT min(lower(missing)) FROM (
    SELECT range_agg(v.valid) - coalesce(
        (SELECT range_agg(p.valid) FROM $table p WHERE p.$thing = v.$thing), '{}'
    ) AS missing
    FROM $versions v WHERE v.$thing $which GROUP BY v.$thing
) found
"""

_DEEP = """
WITH RECURSIVE $edges
SELECT EXISTS (
    SELECT FROM edge JOIN $table p ON p.$thing = edge.above AND p.valid && edge.valid
    WHERE cardinality(p.path) >= :deepest
)
"""


async def lay(session: WriteSession, index: PathIndex, things: Iterable[UUID]) -> date | None:
    """Work out anew where these things stand, and everything beneath them on any day, after they changed.

    Gives the first day on which one of them would stand beneath itself, or beneath a circle.

    Raises:
        TooDeep: one would stand more than ``DEEPEST`` levels below the top.
    """
    ids = list(things)
    if not ids:
        return None
    await session.flush()
    touched = (await session.execute(_said(_TOUCHED, index), {"ids": ids})).scalars().all()
    return await _lay(session, index, "= ANY (:ids)", {"ids": list(touched)})


async def lay_all(session: WriteSession, index: PathIndex) -> None:
    """Work out anew where everything stands, after an import that was searched for circles.

    Raises:
        TooDeep: something would stand more than ``DEEPEST`` levels below the top.
    """
    await session.flush()
    day = await _lay(session, index, "IS NOT NULL", {})
    if day is not None:
        raise ValueError(f"{index.table}: on {day} something hangs in a circle or on nothing")


async def _lay(session: WriteSession, index: PathIndex, which: str, values: dict[str, Any]) -> date | None:
    bound = {**values, "deepest": DEEPEST}
    await session.execute(_said(_REMOVE, index, which), values)
    await session.execute(_said(_LAY, index, which), bound)
    nowhere: date | None = (await session.execute(_said(_NOWHERE, index, which), values)).scalar()
    if nowhere is not None and (await session.execute(_said(_DEEP, index, which), bound)).scalar():
        raise TooDeep(deepest=DEEPEST)
    return nowhere


def _said(query: str, index: PathIndex, which: str = "") -> TextClause:
    names = {field.name: getattr(index, field.name) for field in fields(index)}
    edges = Template(index.edges).substitute(which=which)
    return text(Template(query).substitute(names | {"which": which, "edges": edges}))


def beneath(place: type[UnitPathRow] | type[PositionPathRow], path: Sequence[UUID]) -> ColumnElement[bool]:
    """The condition that a place lies beneath ``path``, that itself left out: one range of the index."""
    return (place.path > [*path]) & (place.path < [*path, LAST])


def within(place: type[UnitPathRow] | type[PositionPathRow], path: Sequence[UUID]) -> ColumnElement[bool]:
    """The condition that a place is ``path`` or lies beneath it; nothing is that of a unit that is nowhere."""
    return false() if not path else (place.path >= [*path]) & (place.path < [*path, LAST])


_LOOKING = """
WITH RECURSIVE $edges
SELECT DISTINCT thing FROM look WHERE unit_id = :unit_id
"""

_WITHIN = """
IN (
    SELECT v.position_id FROM org.position_version v WHERE v.unit_id IN (
        WITH RECURSIVE within (unit_id) AS (
            SELECT CAST(:unit_id AS uuid)
          UNION
            SELECT u.unit_id FROM within JOIN org.unit_version u ON u.parent_id = within.unit_id
        )
        SELECT unit_id FROM within
    )
)
"""


async def positions_looking_at(session: WriteSession, unit_id: UUID) -> list[UUID]:
    """The positions that look for their superior in a unit, or pass it on the way up, on any day."""
    await session.flush()
    found = await session.execute(_said(_LOOKING, POSITIONS, _WITHIN), {"unit_id": unit_id})
    return list(found.scalars())
