"""What is posted for whom and what occasion: frozen with a run's inputs, booked when it is posted (INC-13)."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from services.kit.database.sessions import WriteSession, driver_connection

_FREEZE: Final = """
INSERT INTO snapshot_entitlement (snapshot_id, entitlement_id, posted, costs, line_id)
SELECT %(snapshot)s, id, posted, costs, line_id FROM entitlement WHERE kind = %(kind)s AND occasion = %(occasion)s
"""

_OPEN: Final = """
INSERT INTO entitlement (id, employee_id, kind, occasion, currency, posted, costs, line_id)
SELECT gen_random_uuid(), employee_id, kind, occasion, currency, 0, '{}', id FROM line WHERE calculation_id = %(of)s
ON CONFLICT (employee_id, kind, occasion, currency) DO NOTHING
"""

_OUTDATED: Final = """
SELECT line.number FROM line JOIN entitlement AS known USING (employee_id, kind, occasion, currency)
WHERE line.calculation_id = %(of)s AND (known.posted <> line.posted OR EXISTS (
    SELECT FROM snapshot_claim AS taken
    JOIN claim ON claim.id = taken.claim_id
    JOIN claim AS newer USING (employee_id, kind, occasion)
    WHERE taken.snapshot_id = line.snapshot_id AND (employee_id, kind, occasion)
        = (line.employee_id, line.kind, line.occasion) AND newer.version > claim.version))
LIMIT 1
"""

_REDUCED: Final = """
SELECT DISTINCT line.number FROM line
JOIN snapshot_claim AS taken USING (snapshot_id)
JOIN claim ON claim.id = taken.claim_id
    AND (claim.employee_id, claim.kind, claim.occasion) = (line.employee_id, line.kind, line.occasion)
JOIN LATERAL (
    SELECT amount FROM claim AS newer
    WHERE (newer.employee_id, newer.kind, newer.occasion) = (claim.employee_id, claim.kind, claim.occasion)
    ORDER BY version DESC LIMIT 1) AS now ON now.amount < claim.amount
WHERE line.calculation_id = %(of)s
"""

# Costs are added up as text, so that no number passes through a float; a centre that bears nothing any more is dropped.
_MOVE: Final = """
UPDATE entitlement AS known
SET posted = known.posted + %(sign)s * line.amount,
    line_id = CASE WHEN %(sign)s > 0 THEN line.id ELSE known.line_id END,
    costs = (
        SELECT coalesce(jsonb_object_agg(centre, amount::text) FILTER (WHERE amount <> 0), '{}')
        FROM (SELECT centre, sum(share) AS amount
              FROM (SELECT key AS centre, value::numeric AS share FROM jsonb_each_text(known.costs)
                    UNION ALL
                    SELECT cost->>0, %(sign)s * (cost->>1)::numeric FROM json_array_elements(line.costs) AS cost
              ) AS shares GROUP BY centre) AS sums)
FROM line
WHERE (line.calculation_id = %(of)s OR line.id = %(of)s)
    AND known.employee_id = line.employee_id AND known.kind = line.kind
    AND known.occasion = line.occasion AND known.currency = line.currency
"""


async def freeze(session: WriteSession, snapshot_id: UUID, *, kind: str, occasion: str) -> None:
    """Store with a snapshot what is posted for everyone for the occasion."""
    connection = await driver_connection(session)
    await connection.execute(_FREEZE, {"snapshot": snapshot_id, "kind": kind, "occasion": occasion})


async def lock(session: WriteSession, kind: str) -> None:
    """Lock this kind of bonus until the transaction ends, so that nobody else books its differences."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"entitlement:{kind}"))))


async def outdated(session: WriteSession, calculation_id: UUID) -> str | None:
    """The number of a person of whom more was posted, or a claim changed, since the calculation; None: nobody."""
    connection = await driver_connection(session)
    await connection.execute(_OPEN, {"of": calculation_id})
    found = await (await connection.execute(_OUTDATED, {"of": calculation_id})).fetchone()
    return None if found is None else str(found[0])


async def reduced(session: WriteSession, calculation_id: UUID) -> set[str]:
    """The numbers of people who claim less by now than the calculation used."""
    connection = await driver_connection(session)
    return {str(row[0]) for row in await (await connection.execute(_REDUCED, {"of": calculation_id})).fetchall()}


async def book(session: WriteSession, calculation_id: UUID) -> None:
    """Everything that the calculation states as due is posted now."""
    connection = await driver_connection(session)
    await connection.execute(_MOVE, {"of": calculation_id, "sign": 1})


async def withdraw(session: WriteSession, line_id: UUID) -> None:
    """What the line booked is posted no more: its entry was reversed."""
    connection = await driver_connection(session)
    await connection.execute(_MOVE, {"of": line_id, "sign": -1})
