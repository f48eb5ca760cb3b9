"""What a recalculation changed: the lines of a calculation beside those of the one before (INC-10)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from services.incentive.runs.domain.line_listing import LineChange, LineFigures
from services.incentive.runs.store.tables import CalculationRow, LineRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession

_KEY: Final = ("number", "occasion", "currency")
_FIGURES: Final = ("grade", "days", "due", "amount")


async def calculation_before(session: ReadSession, run_id: UUID, calculation_id: UUID) -> UUID | None:
    """The run's calculation before this one; ids are in the order of time."""
    earlier = select(CalculationRow.id).where(CalculationRow.run_id == run_id, CalculationRow.id < calculation_id)
    return await session.scalar(earlier.order_by(CalculationRow.id.desc()).limit(1))


async def listed(
    session: ReadSession, *, before: UUID, after: UUID, within: Sequence[UUID] | None, paging: Paging
) -> Rows[LineChange]:
    """The lines in which two calculations differ, those of people below one of the units ``within``; None: all."""
    old, new = [
        aliased(LineRow, select(LineRow).where(LineRow.calculation_id == each).subquery()) for each in (before, after)
    ]
    same = and_(*(getattr(old, name) == getattr(new, name) for name in _KEY))
    # The digest covers the figures, the cost centres and the explanation. What only one of them has differs, too.
    query = select(old, new).select_from(old).join(new, same, full=True).where(old.digest.is_distinct_from(new.digest))
    if within is not None:
        query = query.where(or_(old.unit_path.overlap(within), new.unit_path.overlap(within)))
    keys = [func.coalesce(getattr(new, name), getattr(old, name)) for name in _KEY]
    return await page(session, query, _change, keys=keys, paging=paging)


def _change(row: Sequence[Any]) -> LineChange:
    old, new = row[0], row[1]
    line = new or old
    about = (line.employee_id, line.number, line.name, line.kind, line.occasion, line.currency)
    return LineChange(*about, _figures(old), _figures(new))


def _figures(line: LineRow | None) -> LineFigures | None:
    return None if line is None else LineFigures(*(getattr(line, name) for name in _FIGURES))
