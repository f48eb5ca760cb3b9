"""Reporting lines asked of the database (ORG-08): the rules of ``domain.reporting`` as recursive queries.

A way up is walked in pairs (seat, unit at which its superior is looked for): a seat with a named superior leads to
that; another looks at its unit, and from a unit without a head, or one that it heads itself, at the unit above.
Downwards the same pairs are walked the other way round.
"""

from collections.abc import Iterable
from datetime import date
from string import Template
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, TextualSelect, Uuid, column, select, text

from services.kit.database import ReadSession, WriteSession
from services.kit.periods import Period
from services.org.domain.assignment import HOLDING, MAIN
from services.org.store.structure import in_force
from services.org.store.tables import EmployeeRow, EmploymentRow

_HOLDER = """
    LATERAL (
        SELECT a.employee_id FROM org.assignment a JOIN org.employee e ON e.id = a.employee_id
        WHERE a.position_id = $seat AND a.valid @> $day AND a.kind <> 'project'
        ORDER BY CASE a.kind $rank END, lower(a.valid), e.number LIMIT 1
    )
"""

_STEPS_UP = """
    FROM way CROSS JOIN LATERAL (
        SELECT coalesce(p.reports_to_id, way.seat) AS seat,
               CASE WHEN p.reports_to_id IS NULL THEN p.unit_id END AS unit, p.valid * way.valid AS valid
        FROM org.position_version p
        WHERE way.unit IS NULL AND p.position_id = way.seat AND p.valid && way.valid
      UNION ALL
        SELECT CASE WHEN u.head_position_id <> way.seat THEN u.head_position_id ELSE way.seat END,
               CASE WHEN u.head_position_id <> way.seat THEN NULL ELSE u.parent_id END, u.valid * way.valid
        FROM org.unit_version u
        WHERE u.unit_id = way.unit AND u.valid && way.valid
          AND (u.head_position_id <> way.seat OR u.parent_id IS NOT NULL)
    ) AS next
"""

_CHAIN = """
WITH RECURSIVE way (seat, unit, valid, step) AS (
    SELECT CAST(:position_id AS uuid), CAST(NULL AS uuid), daterange(CAST(:day AS date), CAST(:day AS date), '[]'), 0
  UNION ALL
    SELECT next.seat, next.unit, next.valid, way.step + 1 $steps_up
) CYCLE seat, unit SET again USING trail
SELECT way.seat, held.employee_id FROM way LEFT JOIN $way_holder AS held ON true
WHERE way.unit IS NULL AND way.step > 0 AND NOT way.again ORDER BY way.step
"""

_CIRCLE = """
WITH RECURSIVE way (seat, unit, valid) AS (
    SELECT CAST(:seat AS uuid), CAST(:unit AS uuid), daterange(CAST(:day AS date), CAST(:end AS date))
  UNION ALL
    SELECT next.seat, next.unit, next.valid $steps_up
) CYCLE seat, unit SET again USING trail
SELECT min(lower(valid)) FROM way WHERE again
"""

# A unit's head looks up from there only if it sits in that unit, or beneath it with no other head in between.
_LOOKS_UP_FROM_CHILD = """
    p.unit_id = c.unit_id OR EXISTS (
        SELECT FROM org.unit_place l
        WHERE l.unit_id = p.unit_id AND l.valid @> CAST(:day AS date) AND c.unit_id = ANY (l.path) AND NOT EXISTS (
            SELECT FROM org.unit_version b
            WHERE b.unit_id = ANY (l.path[array_position(l.path, c.unit_id) + 1:])
              AND b.valid @> CAST(:day AS date) AND b.head_position_id <> p.position_id))
"""

_STEPS_DOWN = """
    CROSS JOIN LATERAL (
        SELECT p.position_id AS seat, CAST(NULL AS uuid) AS unit
        FROM org.position_version p
        WHERE way.unit IS NULL AND p.reports_to_id = way.seat AND p.valid @> CAST(:day AS date)
      UNION ALL
        SELECT way.seat, u.unit_id
        FROM org.unit_version u
        WHERE way.unit IS NULL AND u.head_position_id = way.seat AND u.valid @> CAST(:day AS date)
      UNION ALL
        SELECT p.position_id, NULL
        FROM org.position_version p JOIN org.unit_version u ON u.unit_id = p.unit_id AND u.valid @> CAST(:day AS date)
        WHERE p.unit_id = way.unit AND p.reports_to_id IS NULL AND p.valid @> CAST(:day AS date)
          AND p.position_id <> coalesce(u.head_position_id, $nobody) AND p.position_id <> way.seat
      UNION ALL
        SELECT way.seat, c.unit_id
        FROM org.unit_version c
        WHERE c.parent_id = way.unit AND c.head_position_id IS NULL AND c.valid @> CAST(:day AS date)
      UNION ALL
        SELECT p.position_id, NULL
        FROM org.unit_version c JOIN org.position_version p
          ON p.position_id = c.head_position_id AND p.valid @> CAST(:day AS date) AND p.reports_to_id IS NULL
        WHERE c.parent_id = way.unit AND c.valid @> CAST(:day AS date) AND p.position_id <> way.seat
          AND ($looks_up_from_child)
    ) AS next
"""

_CHAINS = """
WITH RECURSIVE asked (employee_id, day) AS (
    SELECT * FROM unnest(CAST(:employees AS uuid[]), CAST(:days AS date[]))
), way (employee_id, seat, unit, valid, step) AS (
    SELECT asked.employee_id, mine.position_id, CAST(NULL AS uuid), daterange(asked.day, asked.day, '[]'), 0
    FROM asked JOIN org.assignment mine
      ON mine.employee_id = asked.employee_id AND mine.valid @> asked.day AND mine.kind IN ($main)
  UNION ALL
    SELECT way.employee_id, next.seat, next.unit, next.valid, way.step + 1 $steps_up
) CYCLE employee_id, valid, seat, unit SET again USING trail
SELECT way.employee_id, lower(way.valid), held.employee_id FROM way JOIN $way_holder_then AS held ON true
WHERE way.unit IS NULL AND way.step > 0 AND NOT way.again AND held.employee_id <> way.employee_id ORDER BY way.step
"""

_OWN_SEATS = """
    SELECT mine.position_id FROM org.assignment mine CROSS JOIN $my_holder AS held
    WHERE mine.employee_id = :employee_id AND mine.valid @> CAST(:day AS date) AND held.employee_id = mine.employee_id
"""

_ALL_BENEATH = """
WITH RECURSIVE way (seat, unit, step) AS (
    SELECT own.position_id, CAST(NULL AS uuid), 0 FROM ($own_seats) AS own
  UNION
    SELECT next.seat, next.unit, 1 FROM way $steps_down
)
SELECT DISTINCT a.employee_id FROM way JOIN org.assignment a
  ON a.position_id = way.seat AND a.valid @> CAST(:day AS date) AND a.kind IN ($main)
WHERE way.unit IS NULL AND way.step > 0 AND a.employee_id <> :employee_id
"""

# Goes on beneath a seat only while nobody holds it, or beneath somebody who stands in for his own superior
# (`alone`), where he alone is looked for.
_DIRECT_BENEATH = """
WITH RECURSIVE way (seat, unit, alone, step) AS (
    SELECT own.position_id, CAST(NULL AS uuid), CAST(NULL AS uuid), 0 FROM ($own_seats) AS own
  UNION
    SELECT next.seat, next.unit, CASE WHEN way.unit IS NULL AND way.step > 0 THEN coalesce(held.employee_id, way.alone)
                                      ELSE way.alone END,
           CASE WHEN next.unit IS NULL OR way.step > 0 THEN 1 ELSE 0 END
    FROM way LEFT JOIN $way_holder AS held ON way.unit IS NULL AND way.step > 0 $steps_down
    WHERE way.unit IS NOT NULL OR way.step = 0 OR held.employee_id IS NULL
       OR way.alone IS NULL OR held.employee_id = way.alone
)
SELECT DISTINCT a.employee_id FROM way JOIN org.assignment a
  ON a.position_id = way.seat AND a.valid @> CAST(:day AS date) AND a.kind IN ($main)
WHERE way.unit IS NULL AND way.step > 0 AND a.employee_id <> :employee_id
  AND (way.alone IS NULL OR a.employee_id = way.alone)
"""


def _laid_out(query: str) -> str:
    """The query with the parts put in that it names with a $; parts may name parts."""
    holder = Template(_HOLDER)
    asked = "CAST(:day AS date)"
    parts = {
        "nobody": "CAST('00000000-0000-0000-0000-000000000000' AS uuid)",
        "main": ", ".join(f"'{kind}'" for kind in sorted(MAIN)),
        "rank": " ".join(f"WHEN '{kind}' THEN {max(0, rank - 1)}" for rank, kind in enumerate(HOLDING)),
        "steps_up": _STEPS_UP,
        "steps_down": _STEPS_DOWN,
        "looks_up_from_child": _LOOKS_UP_FROM_CHILD,
        "own_seats": _OWN_SEATS,
        "way_holder": holder.safe_substitute(seat="way.seat", day=asked),
        "way_holder_then": holder.safe_substitute(seat="way.seat", day="lower(way.valid)"),
        "given_holder": holder.safe_substitute(seat="CAST(:position_id AS uuid)", day=asked),
        "my_holder": holder.safe_substitute(seat="mine.position_id", day=asked),
    }
    while "$" in query:
        query = Template(query).substitute(parts)
    return query


_HOLDER_QUERY = text(_laid_out("SELECT held.employee_id FROM $given_holder AS held"))
_CHAIN_QUERY = text(_laid_out(_CHAIN))
_CHAINS_QUERY = text(_laid_out(_CHAINS))
_CIRCLE_QUERY = text(_laid_out(_CIRCLE))


class Superior(NamedTuple):
    """A seat on the way up and who holds it, None if nobody does."""

    position_id: UUID
    employee_id: UUID | None


async def way_up(session: ReadSession, position_id: UUID, day: date) -> list[Superior]:
    """The seats above a position on ``day``, the nearest first."""
    found = await session.execute(_CHAIN_QUERY, {"position_id": position_id, "day": day})
    return [Superior(seat, employee_id) for seat, employee_id in found]


async def chains(session: ReadSession, asked: Iterable[tuple[UUID, date]]) -> dict[tuple[UUID, date], list[UUID]]:
    """The managers of many people, each on a day of its own, the nearest first; one statement for all."""
    wanted = list(dict.fromkeys(asked))
    values = {"employees": [employee_id for employee_id, _ in wanted], "days": [day for _, day in wanted]}
    found: dict[tuple[UUID, date], list[UUID]] = {pair: [] for pair in wanted}
    for employee_id, day, manager_id in await session.execute(_CHAINS_QUERY, values):
        if manager_id not in found[employee_id, day]:
            found[employee_id, day].append(manager_id)
    return found


async def circle(
    session: WriteSession, span: Period, *, position_id: UUID | None = None, unit_id: UUID | None = None
) -> date | None:
    """The first day of ``span`` on which the line up from a position, or from a unit, comes back to itself."""
    await session.flush()
    nobody = UUID(int=0)
    values = {"seat": position_id or nobody, "unit": unit_id, "day": span.start, "end": span.end}
    found: date | None = (await session.execute(_CIRCLE_QUERY, values)).scalar()
    return found


def reports(employee_id: UUID, day: date, *, direct: bool) -> Select[*tuple[Any, ...]]:
    """The ids of the people who report to somebody on ``day``; also over others if not direct.

    Somebody who holds a seat beside others reports nothing to him who merely sits there too: only the one who counts
    as its holder has reports.
    """
    query: TextualSelect = text(_laid_out(_DIRECT_BENEATH if direct else _ALL_BENEATH)).columns(
        column("employee_id", Uuid)
    )
    found = query.bindparams(employee_id=employee_id, day=day).subquery("beneath")
    return (
        select(EmployeeRow.id)
        .join(found, found.c.employee_id == EmployeeRow.id)
        .join(EmploymentRow, EmploymentRow.employee_id == EmployeeRow.id)
        .where(in_force(EmploymentRow.valid, day))
    )


async def holder(session: ReadSession, position_id: UUID, day: date) -> UUID | None:
    """Who counts as the holder of a position on ``day``."""
    found: UUID | None = (await session.execute(_HOLDER_QUERY, {"position_id": position_id, "day": day})).scalar()
    return found
