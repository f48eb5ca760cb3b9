"""What a run spends for which unit, and what of it an award has committed already (INC-15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from services.incentive.budgets.domain.spending import Part
from services.incentive.runs.store.tables import LineRow, RunRow
from services.kit.database.sessions import ReadSession

_PARTS: Final = text("""
WITH own AS (
    SELECT claim.employee_id, claim.occasion, claim.currency
    FROM snapshot_claim AS taken JOIN claim ON claim.id = taken.claim_id
    WHERE taken.snapshot_id = :snapshot AND EXISTS (
        SELECT FROM budget_commitment AS made
        WHERE made.source_type = claim.source_type AND made.source_id = claim.source_id))
SELECT max(line.unit_path) AS path, line.currency, sum(line.amount) AS amount
FROM line LEFT JOIN own USING (employee_id, occasion, currency)
WHERE line.calculation_id = :calculation AND own.employee_id IS NULL
GROUP BY line.unit_id, line.currency
ORDER BY line.unit_id
""")
_CLAIMED: Final = text("""
SELECT claim.source_type, claim.source_id, sum(line.amount) AS amount
FROM snapshot_claim AS taken JOIN claim ON claim.id = taken.claim_id
JOIN line USING (employee_id, occasion, currency)
WHERE taken.snapshot_id = :snapshot AND line.calculation_id = :calculation
    AND line.id = coalesce(CAST(:line AS uuid), line.id) AND EXISTS (
        SELECT FROM budget_commitment AS made
        WHERE made.source_type = claim.source_type AND made.source_id = claim.source_id)
GROUP BY claim.source_type, claim.source_id
""")


@dataclass(frozen=True)
class Claimed:
    """What a run books of a source that committed it when it was approved."""

    source_type: str
    source_id: UUID
    amount: Decimal


@dataclass(frozen=True)
class LineSpent:
    """What one line books for a unit."""

    unit_id: UUID
    currency: str
    amount: Decimal


async def parts(session: ReadSession, run: RunRow) -> Sequence[Part]:
    """What the run's present calculation spends by unit and currency, but for what its claims' sources committed."""
    given = {"snapshot": run.snapshot_id, "calculation": run.calculation_id}
    rows = await session.execute(_PARTS, given)
    return [Part(tuple(row.path), row.currency, row.amount) for row in rows if row.path]


async def claimed(session: ReadSession, run: RunRow, line_id: UUID | None = None) -> Sequence[Claimed]:
    """What the run, or one line of it, books of sources that committed it themselves."""
    given = {"snapshot": run.snapshot_id, "calculation": run.calculation_id, "line": line_id}
    return [Claimed(*row) for row in await session.execute(_CLAIMED, given)]


async def line(session: ReadSession, line_id: UUID) -> LineSpent:
    """What a line that is known to be there books."""
    query = select(LineRow.unit_id, LineRow.currency, LineRow.amount).where(LineRow.id == line_id)
    return LineSpent(*(await session.execute(query)).one())
