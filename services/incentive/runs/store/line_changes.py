"""What a recalculation changed: the lines of a calculation beside those of the one before (INC-10)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Subquery, and_, func, or_, select

from services.incentive.runs.domain.line_listing import LineChange, LineFigures
from services.incentive.runs.store.tables import CalculationRow, LineRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession

_KEY: Final = ("number", "occasion", "currency")
_ABOUT: Final = ("employee_id", "number", "name", "kind", "occasion", "currency")
_FIGURES: Final = ("digest", "grade", "days", "due", "amount")


async def calculation_before(session: ReadSession, run_id: UUID, calculation_id: UUID) -> UUID | None:
    """The run's calculation before this one; ids are in the order of time."""
    earlier = select(CalculationRow.id).where(CalculationRow.run_id == run_id, CalculationRow.id < calculation_id)
    return await session.scalar(earlier.order_by(CalculationRow.id.desc()).limit(1))


async def listed(
    session: ReadSession, *, before: UUID, after: UUID, within: Sequence[UUID] | None, paging: Paging
) -> Rows[LineChange]:
    """The lines in which two calculations differ, those of people below one of the units ``within``; None: all."""
    old, new = _lines(before), _lines(after)
    same = and_(*(old.c[name] == new.c[name] for name in _KEY))
    either = {name: func.coalesce(new.c[name], old.c[name]) for name in _ABOUT}
    # The digest covers the figures, the cost centres and the explanation. What only one of them has differs, too.
    query = (
        select(*either.values(), *(lines.c[name] for lines in (old, new) for name in _FIGURES))
        .select_from(old.join(new, same, full=True))
        .where(old.c.digest.is_distinct_from(new.c.digest))
    )
    if within is not None:
        query = query.where(or_(old.c.unit_path.overlap(within), new.c.unit_path.overlap(within)))
    return await page(session, query, _change, keys=[either[name] for name in _KEY], paging=paging)


def _lines(calculation_id: UUID) -> Subquery:
    """What is compared of a calculation's lines: not their explanations, which are long."""
    columns = [getattr(LineRow, name) for name in (*_ABOUT, *_FIGURES, "unit_path")]
    return select(*columns).where(LineRow.calculation_id == calculation_id).subquery()


def _change(row: Sequence[Any]) -> LineChange:
    about, figures = dict(zip(_ABOUT, row, strict=False)), row[len(_ABOUT) :]
    old, new = figures[: len(_FIGURES)], figures[len(_FIGURES) : 2 * len(_FIGURES)]  # then what the page keeps
    return LineChange(**about, before=_figures(old), after=_figures(new))


def _figures(values: Sequence[Any]) -> LineFigures | None:
    digest, *figures = values
    return None if digest is None else LineFigures(*figures)
