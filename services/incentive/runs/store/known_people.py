"""The people of an input snapshot, each with what is posted for them, in the order of the calculation (INC-13)."""

import json
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import namedtuple_row

from services.incentive.calculation.domain.entitlement import Posted
from services.incentive.calculation.domain.line import Line
from services.kit.database.sessions import TransactionSession, driver_connection
from services.kit.explanation import from_json

CHUNK: Final = 1_000

_INPUTS: Final = """
SELECT employee_id, digest, facts::text FROM calculation_input WHERE snapshot_id = %(snapshot)s ORDER BY number
"""

_ANYTHING: Final = "SELECT EXISTS (SELECT FROM snapshot_entitlement WHERE snapshot_id = %(snapshot)s)"

# From the people asked for to each row by its key, so that the plan needs no statistics of rows just written. Nothing
# has changed for whom all that was due is posted, from equal inputs, under equal units and an equal plan.
_POSTED: Final = """
SELECT known.posted AS net, known.costs AS net_costs, line.*, coalesce(
    known.posted = line.due AND before.plan_version_id = taken.plan_version_id
    AND before.units_hash = taken.units_hash AND old.digest = asked.digest, false) AS is_unchanged
FROM unnest(%(people)s::uuid[], %(digests)s::bytea[]) AS asked (employee_id, digest)
JOIN input_snapshot AS taken ON taken.id = %(snapshot)s
JOIN run ON run.id = taken.run_id
JOIN entitlement ON entitlement.employee_id = asked.employee_id AND entitlement.kind = run.bonus
JOIN snapshot_entitlement AS known ON known.snapshot_id = taken.id AND known.entitlement_id = entitlement.id
JOIN line ON line.id = known.line_id
JOIN input_snapshot AS before ON before.id = line.snapshot_id
LEFT JOIN calculation_input AS old ON old.snapshot_id = line.snapshot_id AND old.number = line.number
ORDER BY line.occasion, line.currency
"""

# Whom the snapshot no longer has: by sorting or hashing both sides, whatever the server believes of rows just written.
# It would believe that there are none, and go through all the inputs once for each line.
_GONE: Final = """
SELECT line.employee_id FROM snapshot_entitlement AS known JOIN line ON line.id = known.line_id
WHERE known.snapshot_id = %(snapshot)s AND known.posted <> 0
EXCEPT
SELECT employee_id FROM calculation_input WHERE snapshot_id = %(snapshot)s
"""

_POSTED_OF_GONE: Final = """
SELECT known.posted AS net, known.costs AS net_costs, line.*
FROM unnest(%(people)s::uuid[]) AS asked (employee_id)
JOIN input_snapshot AS taken ON taken.id = %(snapshot)s
JOIN run ON run.id = taken.run_id
JOIN entitlement ON entitlement.employee_id = asked.employee_id AND entitlement.kind = run.bonus
JOIN snapshot_entitlement AS known ON known.snapshot_id = taken.id AND known.entitlement_id = entitlement.id
JOIN line ON line.id = known.line_id
WHERE known.posted <> 0
ORDER BY line.number, line.occasion, line.currency
"""


class Known(NamedTuple):
    """What a snapshot knows of a person: the input as stored (None: nobody any more), and what is posted."""

    facts: str | None
    posted: Sequence[Posted]


async def known_people(session: TransactionSession, snapshot_id: UUID) -> AsyncGenerator[list[Known], None]:
    """All people that a pass over the snapshot calculates, in chunks.

    First those in the snapshot by number, without those for whom nothing has changed since they were posted; last those
    who are posted and no longer in it. By a cursor of the server: asking anew for each chunk would leave the choice of
    a plan to statistics that rows just written do not have yet.
    """
    connection = await driver_connection(session)
    given = {"snapshot": snapshot_id}
    is_anything_posted = (await _all(connection, _ANYTHING, given))[0].exists
    async with aclosing(_chunks(connection, _INPUTS, given)) as chunks:
        async for chunk in chunks:
            posted = await _posted_of(connection, chunk, given) if is_anything_posted else {}
            asked = ((row.facts, posted.get(row.employee_id, ())) for row in chunk)
            yield [Known(facts, own) for facts, own in asked if own is not None]
    if is_anything_posted and (gone := [row.employee_id for row in await _all(connection, _GONE, given)]):
        posted_of_gone = _by_person(await _all(connection, _POSTED_OF_GONE, {**given, "people": gone}))
        yield [Known(None, list(map(_posted, own))) for own in posted_of_gone.values()]


async def _posted_of(
    connection: AsyncConnection[Any], chunk: Sequence[Any], given: Mapping[str, Any]
) -> Mapping[UUID, list[Posted] | None]:
    """What is posted for the people of a chunk; None for whom nothing has changed since."""
    asked = {"people": [row.employee_id for row in chunk], "digests": [row.digest for row in chunk]}
    found = _by_person(await _all(connection, _POSTED, {**given, **asked}))
    return {
        person: None if all(row.is_unchanged for row in own) else list(map(_posted, own))
        for person, own in found.items()
    }


async def _chunks(
    connection: AsyncConnection[Any], statement: str, given: Mapping[str, Any]
) -> AsyncGenerator[list[Any], None]:
    async with connection.cursor(name="known_people", row_factory=namedtuple_row) as cursor:
        await cursor.execute(statement, given)
        while rows := await cursor.fetchmany(CHUNK):
            yield rows


async def _all(connection: AsyncConnection[Any], statement: str, given: Mapping[str, Any]) -> list[Any]:
    async with connection.cursor(row_factory=namedtuple_row) as cursor:
        return await (await cursor.execute(statement, given)).fetchall()


def _by_person(rows: Iterable[Any]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.employee_id, []).append(row)
    return found


def _posted(row: Any) -> Posted:
    shares = tuple((centre, Decimal(share)) for centre, share in row.net_costs.items())
    return Posted(
        str(row.id), row.occasion, row.currency, row.net, shares, partial(_line, SimpleNamespace(**row._asdict()))
    )


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
