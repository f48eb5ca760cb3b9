"""The lines of a calculation for whoever reads them: one, a page of them, their sums by unit and by cost centre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Numeric, Select, and_, cast, column, distinct, func, literal, select

from services.incentive.runs.domain.line_listing import LineFilter, LineOrder
from services.incentive.runs.store.tables import CalculationRow, LineRow, SnapshotUnitRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text

DetailedLine = tuple[LineRow, Text, int]
"""A line, the names of its unit, and the version of the rules that wrote it."""


@dataclass(frozen=True)
class UnitTotal:
    """What the lines of a unit's own people come to in one currency; the sub-units have totals of their own."""

    unit_id: UUID
    unit_code: str
    unit_name: str
    unit_name_en: str
    currency: str
    people: int
    lines: int
    due: Decimal
    posted_before: Decimal
    amount: Decimal


@dataclass(frozen=True)
class CostCentreTotal:
    """What one cost centre bears in one currency, of lines of so many people."""

    cost_centre: str
    currency: str
    people: int
    amount: Decimal


async def one(session: ReadSession, calculation_id: UUID, line_id: UUID) -> DetailedLine | None:
    """One line of a calculation."""
    query = lines_with_details().where(LineRow.id == line_id, CalculationRow.id == calculation_id)
    found = (await session.execute(query)).first()
    return None if found is None else detailed(found)


_FIRST: Final[Mapping[LineOrder, tuple[ColumnElement[Decimal], ...]]] = {
    LineOrder.NUMBER: (),
    LineOrder.SMALLEST: (LineRow.amount.expression,),
    LineOrder.LARGEST: (-LineRow.amount,),
}


async def listed(
    session: ReadSession, calculation_id: UUID, wanted: LineFilter, order: LineOrder, paging: Paging
) -> Rows[DetailedLine]:
    """Lines of a calculation."""
    query = lines_with_details().where(*_of(calculation_id, wanted))
    keys = (*_FIRST[order], LineRow.number, LineRow.occasion, LineRow.currency)
    return await page(session, query, detailed, keys=keys, paging=paging)


def lines_with_details() -> Select[LineRow, str, str, int]:
    """Lines, each with the names of its unit and the version of the rules that wrote it; for ``detailed`` to read."""
    unit = and_(SnapshotUnitRow.snapshot_id == LineRow.snapshot_id, SnapshotUnitRow.unit_id == LineRow.unit_id)
    name = SnapshotUnitRow.facts["name"].as_string()
    return (
        select(LineRow, name, func.coalesce(SnapshotUnitRow.facts["name_en"].as_string(), name), CalculationRow.rules)
        .join(CalculationRow, CalculationRow.id == LineRow.calculation_id)
        .join(SnapshotUnitRow, unit)
    )


def detailed(row: Sequence[Any]) -> DetailedLine:
    """A line of ``lines_with_details``."""
    return row[0], Text(row[1], row[2]), row[3]


async def by_unit(session: ReadSession, calculation_id: UUID, wanted: LineFilter) -> Sequence[UnitTotal]:
    """Totals by the unit of the line, by its code and the currency."""
    unit = and_(SnapshotUnitRow.snapshot_id == LineRow.snapshot_id, SnapshotUnitRow.unit_id == LineRow.unit_id)
    code, name, name_en = (func.max(SnapshotUnitRow.facts[key].as_string()) for key in ("code", "name", "name_en"))
    query = (
        select(
            *(LineRow.unit_id, code, name, func.coalesce(name_en, name), LineRow.currency),
            *(func.count(distinct(LineRow.number)), func.count()),
            *(func.sum(each) for each in (LineRow.due, LineRow.posted, LineRow.amount)),
        )
        .join(SnapshotUnitRow, unit)
        .where(*_of(calculation_id, wanted))
        .group_by(LineRow.unit_id, LineRow.currency)
        .order_by(code, LineRow.unit_id, LineRow.currency)
    )
    return [UnitTotal(*row) for row in await session.execute(query)]


async def by_cost_centre(session: ReadSession, calculation_id: UUID, wanted: LineFilter) -> Sequence[CostCentreTotal]:
    """Totals by cost centre and currency; the shares of a line sum to its amount."""
    cost = func.json_array_elements(LineRow.costs).table_valued(column("value", JSON), name="cost").lateral()
    centre: ColumnElement[str] = cost.c.value[0].as_string()
    share = cast(cost.c.value[1].as_string(), Numeric(18, 2))
    query = (
        select(centre, LineRow.currency, func.count(distinct(LineRow.number)), func.sum(share))
        .join(cost, literal(value=True))
        .where(*_of(calculation_id, wanted))
        .group_by(centre, LineRow.currency)
        .order_by(centre, LineRow.currency)
    )
    return [CostCentreTotal(*row) for row in await session.execute(query)]


def _of(calculation_id: UUID, wanted: LineFilter) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [LineRow.calculation_id == calculation_id]
    if wanted.within is not None:
        conditions.append(LineRow.unit_path.overlap(wanted.within))
    if wanted.unit_id is not None:
        conditions.append(LineRow.unit_path.contains([wanted.unit_id]))
    if wanted.employee_number is not None:
        conditions.append(LineRow.number == wanted.employee_number)
    return conditions
