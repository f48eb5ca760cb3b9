"""What changed under a statement: pay and plans by what this service holds, the rest by news of the others (INC-13)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, text

from services.incentive.statements.domain.later_change import ChangeKind, LaterChange
from services.incentive.statements.store.statements import StatementLine
from services.incentive.statements.store.tables import StatementNewsRow
from services.kit.database.sessions import ReadSession, new_id
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork

# Changed is what came after the newest inputs from which this bonus was posted for the occasion.
_LATER: Final = text("""
WITH posted AS (
    SELECT max(taken.taken_at) AS at,
           (array_agg(run.cycle_id ORDER BY run.id DESC) FILTER (WHERE run.period = :occasion))[1] AS cycle_id
    FROM input_snapshot AS taken JOIN run ON run.id = taken.run_id
    WHERE run.bonus = :kind AND taken.occasion = :occasion AND run.state IN ('posted', 'paid'))
SELECT 'pay' AS kind, max(created_at) AS noticed_at FROM pay_profile, posted
WHERE employee_number = :number AND valid && daterange(:first, :last, '[]') AND replaced_at IS NULL AND created_at > at
UNION ALL
SELECT 'plan', max(decided_at) FROM plan_version, posted
WHERE code = :plan AND state = 'released' AND valid @> CAST(:last AS date) AND decided_at > at
UNION ALL
SELECT 'result', max(heard_at) FROM statement_news AS news, posted
WHERE news.kind = 'result' AND news.cycle_id = posted.cycle_id AND news.subject_id IN (:employee, :unit)
    AND heard_at > at
UNION ALL
SELECT news.kind, max(heard_at) FROM statement_news AS news, posted
WHERE news.kind IN ('assignment', 'absence') AND news.subject_id = :employee AND heard_at > at
    AND daterange(news.valid_from, news.valid_to, '[]') && daterange(:first, :last, '[]')
GROUP BY news.kind
""")


async def of_statement(session: ReadSession, about: StatementLine, period: Period) -> Sequence[LaterChange]:
    """What changed since the bonus of ``period`` was last posted for the person, in the order of their kinds."""
    line = about.line
    given: dict[str, Any] = {
        "kind": line.kind,
        "occasion": line.occasion,
        "number": line.number,
        "plan": about.run.plan_code,
        "employee": line.employee_id,
        "unit": line.unit_id,
        "first": period.start,
        "last": period.last,
    }
    found = await session.execute(_LATER, given)
    noticed = {ChangeKind(kind): noticed_at for kind, noticed_at in found if noticed_at is not None}
    return [LaterChange(kind, noticed[kind]) for kind in ChangeKind if kind in noticed]


async def add_news(
    uow: UnitOfWork,
    kind: ChangeKind,
    *,
    subject_id: UUID,
    cycle_id: UUID | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> None:
    """Record that another service reported a change about ``subject_id``, a person or a unit."""
    row = {"id": new_id(), "kind": kind.value, "subject_id": subject_id, "cycle_id": cycle_id}
    days: dict[str, date | datetime | None] = {"valid_from": valid_from, "valid_to": valid_to, "heard_at": uow.now}
    await uow.session.execute(insert(StatementNewsRow).values(**row, **days))
