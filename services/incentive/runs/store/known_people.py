"""The people of an input snapshot, each with what is posted for them, in the order of the calculation (INC-13)."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from psycopg.rows import namedtuple_row

from services.incentive.calculation.domain.entitlement import Posted
from services.incentive.calculation.domain.line import Line
from services.kit.database import ReadSession
from services.kit.explanation import from_json
from services.kit.jobs import driver_connection

CHUNK: Final = 1_000

# Whoever is posted from equal inputs, under equal units and an equal plan, with all that was due then, is left out:
# nothing can have changed.
_IN_SNAPSHOT: Final = """
WITH posted AS MATERIALIZED (
    SELECT known.posted AS net, known.costs AS net_costs, line.*, before.plan_version_id, before.units_hash
    FROM snapshot_entitlement AS known
    JOIN line ON line.id = known.line_id
    JOIN input_snapshot AS before ON before.id = line.snapshot_id
    WHERE known.snapshot_id = %(snapshot)s
)
SELECT input.number AS person, input.facts::text, posted.*
FROM calculation_input AS input
JOIN input_snapshot AS taken ON taken.id = input.snapshot_id
LEFT JOIN posted ON posted.employee_id = input.employee_id
WHERE input.snapshot_id = %(snapshot)s AND NOT EXISTS (
    SELECT FROM posted AS same
    JOIN calculation_input AS old
        ON old.snapshot_id = same.snapshot_id AND old.number = input.number AND old.digest = input.digest
    WHERE same.employee_id = input.employee_id AND same.net = same.due
        AND same.plan_version_id = taken.plan_version_id AND same.units_hash = taken.units_hash)
ORDER BY input.number, posted.occasion, posted.currency
"""

_GONE: Final = """
SELECT line.number AS person, NULL AS facts, known.posted AS net, known.costs AS net_costs, line.*
FROM snapshot_entitlement AS known JOIN line ON line.id = known.line_id
WHERE known.snapshot_id = %(snapshot)s AND known.posted <> 0 AND NOT EXISTS (
    SELECT FROM calculation_input AS input
    WHERE input.snapshot_id = known.snapshot_id AND input.employee_id = line.employee_id)
ORDER BY line.number, line.occasion, line.currency
"""


@dataclass(frozen=True)
class Known:
    """What a snapshot knows of a person: the input as stored (None: nobody any more), and what is posted."""

    facts: str | None
    posted: Sequence[Posted]


async def known_people(session: ReadSession, snapshot_id: UUID) -> AsyncGenerator[list[Known], None]:
    """All people that a pass over the snapshot calculates, in chunks.

    First those in the snapshot by number, without those for whom exactly what is due is posted; last those who are
    posted and no longer in it. By a cursor of the server: asking anew for each chunk would leave the choice of a plan
    to statistics that rows just written do not have yet.
    """
    connection = await driver_connection(session)
    for statement in (_IN_SNAPSHOT, _GONE):
        waiting: list[Any] = []
        async with connection.cursor(name="known_people", row_factory=namedtuple_row) as cursor:
            await cursor.execute(statement, {"snapshot": snapshot_id})
            while rows := await cursor.fetchmany(CHUNK):
                people = [list(group) for _, group in groupby([*waiting, *rows], attrgetter("person"))]
                waiting = people.pop()  # whose further rows may follow
                if people:
                    yield [_known(own) for own in people]
        if waiting:
            yield [_known(waiting)]


def _known(rows: Sequence[Any]) -> Known:
    return Known(rows[0].facts, [_posted(row) for row in rows if row.id is not None])


def _posted(row: Any) -> Posted:
    shares = tuple((centre, Decimal(share)) for centre, share in row.net_costs.items())
    return Posted(str(row.id), row.occasion, row.currency, row.net, shares, partial(_line, row))


def _line(row: Any) -> Line:
    return Line(
        employee_id=str(row.employee_id),
        number=row.number,
        name=row.name,
        unit_id=str(row.unit_id),
        unit_path=tuple(map(str, row.unit_path)),
        grade=row.grade,
        days=row.days,
        currency=row.currency,
        amount=row.amount,
        costs=tuple((centre, Decimal(share)) for centre, share in row.costs),
        explanation=from_json(json.loads(row.explanation)),
        kind=row.kind,
        occasion=row.occasion,
        due=row.due,
        posted=row.posted,
    )
