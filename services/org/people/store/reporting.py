"""Reporting lines read from the paths of positions (ORG-08); ``structure.store.path_index`` knows how these arise.

A position that several people are assigned to counts as that of one of them, its holder. A line leads from a person's
main position up over the holders of the positions above; vacant positions are passed over, and so are those that the
person holds themselves.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from string import Template
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, TextClause, Uuid, column, select, text, union_all

from services.kit.database.sessions import ReadSession
from services.org.people.store.tables import AssignmentRow, EmployeeRow, EmploymentRow
from services.org.structure.domain.occupancy import HOLDING, MAIN
from services.org.structure.store.path_index import beneath
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import PositionPathRow

_HOLDER = """
    LATERAL (
        SELECT a.employee_id FROM org.assignment a JOIN org.employee e ON e.id = a.employee_id
        WHERE a.position_id = $position_id AND a.valid @> $day AND a.kind <> 'project'
        ORDER BY CASE a.kind $rank END, lower(a.valid), e.number LIMIT 1
    )
"""

_WAY_UP = """
SELECT above.position_id, held.employee_id
FROM org.position_path p CROSS JOIN unnest(p.path) WITH ORDINALITY AS above (position_id, level)
LEFT JOIN $above_holder AS held ON true
WHERE p.position_id = :position_id AND p.valid @> $day AND above.position_id <> p.position_id
ORDER BY above.level DESC
"""

_CHAINS = """
SELECT asked.employee_id, asked.day, held.employee_id
FROM unnest(CAST(:employees AS uuid[]), CAST(:days AS date[])) AS asked (employee_id, day)
JOIN org.assignment mine ON mine.employee_id = asked.employee_id AND mine.valid @> asked.day AND mine.kind IN ($main)
JOIN org.position_path p ON p.position_id = mine.position_id AND p.valid @> asked.day
CROSS JOIN unnest(p.path) WITH ORDINALITY AS above (position_id, level)
CROSS JOIN $above_holder_then AS held
WHERE above.position_id <> p.position_id AND held.employee_id <> asked.employee_id
ORDER BY above.level DESC
"""

_OWN_PATHS = """
SELECT p.path
FROM org.assignment mine CROSS JOIN $my_holder AS held
JOIN org.position_path p ON p.position_id = mine.position_id AND p.valid @> $day
WHERE mine.employee_id = :employee_id AND mine.valid @> $day AND held.employee_id = mine.employee_id
ORDER BY p.path
"""

# Positions right beneath one's own, and right beneath such as are vacant. Who holds one of them may have their main
# position further down, beneath others that are vacant or that they hold too: they stand in for their own superior.
_DIRECT = """
WITH RECURSIVE below (position_id) AS (
    SELECT p.position_id
    FROM org.assignment mine CROSS JOIN $my_holder AS held
    JOIN org.position_path p ON p.superior_id = mine.position_id AND p.valid @> $day
    WHERE mine.employee_id = :employee_id AND mine.valid @> $day AND held.employee_id = mine.employee_id
  UNION
    SELECT p.position_id FROM below JOIN org.position_path p ON p.superior_id = below.position_id AND p.valid @> $day
    WHERE NOT EXISTS (SELECT FROM $below_holder AS held)
)
SELECT a.employee_id FROM below JOIN org.assignment a
  ON a.position_id = below.position_id AND a.valid @> $day AND a.kind IN ($main) AND a.employee_id <> :employee_id
UNION
SELECT standing.employee_id FROM below CROSS JOIN $below_holder AS standing
JOIN org.assignment a ON a.employee_id = standing.employee_id AND a.valid @> $day AND a.kind IN ($main)
JOIN org.position_path p ON p.position_id = a.position_id AND p.valid @> $day
WHERE a.position_id <> below.position_id AND below.position_id = ANY (p.path) AND :employee_id = (
    SELECT held.employee_id
    FROM unnest(p.path) WITH ORDINALITY AS above (position_id, level) CROSS JOIN $above_holder AS held
    WHERE above.position_id <> p.position_id AND held.employee_id <> a.employee_id
    ORDER BY above.level DESC LIMIT 1
)
"""


def _said(query: str) -> TextClause:
    """The query with the parts put in that it names with a $."""
    holder, day = Template(_HOLDER), "CAST(:day AS date)"
    rank = " ".join(f"WHEN '{kind}' THEN {max(0, rank - 1)}" for rank, kind in enumerate(HOLDING))
    parts = {
        "day": day,
        "main": ", ".join(f"'{kind}'" for kind in sorted(MAIN)),
        "above_holder": holder.substitute(rank=rank, position_id="above.position_id", day=day),
        "above_holder_then": holder.substitute(rank=rank, position_id="above.position_id", day="asked.day"),
        "below_holder": holder.substitute(rank=rank, position_id="below.position_id", day=day),
        "given_holder": holder.substitute(rank=rank, position_id="CAST(:position_id AS uuid)", day=day),
        "my_holder": holder.substitute(rank=rank, position_id="mine.position_id", day=day),
    }
    return text(Template(query).substitute(parts))


_HOLDER_QUERY = _said("SELECT held.employee_id FROM $given_holder AS held")
_WAY_UP_QUERY = _said(_WAY_UP)
_CHAINS_QUERY = _said(_CHAINS)
_OWN_PATHS_QUERY = _said(_OWN_PATHS)
_DIRECT_QUERY = _said(_DIRECT).columns(column("employee_id", Uuid))


class Superior(NamedTuple):
    """A position on the way up and who holds it, None if nobody does."""

    position_id: UUID
    employee_id: UUID | None


async def way_up(session: ReadSession, position_id: UUID, day: date) -> list[Superior]:
    """The positions above a position on ``day``, the nearest first."""
    found = await session.execute(_WAY_UP_QUERY, {"position_id": position_id, "day": day})
    return [Superior(position_id, employee_id) for position_id, employee_id in found]


async def chains(session: ReadSession, asked: Iterable[tuple[UUID, date]]) -> dict[tuple[UUID, date], list[UUID]]:
    """The managers of many people, each on a day of its own, the nearest first; one statement for all."""
    wanted = list(dict.fromkeys(asked))
    values = {"employees": [employee_id for employee_id, _ in wanted], "days": [day for _, day in wanted]}
    found: dict[tuple[UUID, date], list[UUID]] = {pair: [] for pair in wanted}
    for employee_id, day, manager_id in await session.execute(_CHAINS_QUERY, values):
        if manager_id not in found[employee_id, day]:
            found[employee_id, day].append(manager_id)
    return found


def direct_reports(employee_id: UUID, day: date) -> Select[*tuple[Any, ...]]:
    """The ids of the people whose nearest manager on ``day`` is this person.

    Where several people are assigned to a position, only the one who counts as its holder has reports.
    """
    found = _DIRECT_QUERY.bindparams(employee_id=employee_id, day=day).subquery("led")
    return (
        select(EmployeeRow.id)
        .join(found, found.c.employee_id == EmployeeRow.id)
        .join(EmploymentRow, EmploymentRow.employee_id == EmployeeRow.id)
        .where(in_force(EmploymentRow.valid, day))
    )


async def own_paths(session: ReadSession, employee_id: UUID, day: date) -> list[list[UUID]]:
    """The paths of the positions that a person holds on ``day``, without those beneath another of them."""
    paths: list[list[UUID]] = []
    values = {"employee_id": employee_id, "day": day}
    for path in (await session.execute(_OWN_PATHS_QUERY, values)).scalars():
        if not paths or path[: len(paths[-1])] != paths[-1]:  # they come in order, each before those beneath it
            paths.append(path)
    return paths


def all_reports(employee_id: UUID, paths: Sequence[Sequence[UUID]], day: date) -> tuple[Select[Any], list[Any]]:
    """The ids of the people who report to this person on ``day``, also over others, given ``own_paths``.

    With the keys that put each position before those beneath it: a page is then a stretch of one index, however many
    people there are.
    """
    place = PositionPathRow
    there = select(place.position_id, place.path).where(in_force(place.valid, day))
    parts = [there.where(beneath(place, path)) for path in paths]
    positions = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("positions")
    query = (
        select(EmployeeRow.id)
        .select_from(positions)
        .join(AssignmentRow, AssignmentRow.position_id == positions.c.position_id)
        .join(EmployeeRow, EmployeeRow.id == AssignmentRow.employee_id)
        .where(
            AssignmentRow.kind.in_([kind.value for kind in MAIN]),
            in_force(AssignmentRow.valid, day),
            EmployeeRow.id != employee_id,
        )
    )
    return query, [positions.c.path, EmployeeRow.number]


async def holder(session: ReadSession, position_id: UUID, day: date) -> UUID | None:
    """Who counts as the holder of a position on ``day``."""
    found: UUID | None = (await session.execute(_HOLDER_QUERY, {"position_id": position_id, "day": day})).scalar()
    return found
