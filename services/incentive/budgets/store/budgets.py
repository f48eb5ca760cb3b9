"""Budgets, their versions and explanations in the database."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from services.incentive.budgets.domain.budget import NOTHING, Budget
from services.incentive.budgets.store.tables import BudgetExplanationRow, BudgetRow, BudgetVersionRow
from services.incentive.pay.store.tables import UnitRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Text
from services.kit.release import ReleaseState

BudgetOfUnit = tuple[BudgetRow, UnitRow | None, UUID | None]
"""A budget with its unit, and the version of it that waits to be released."""
ExplanationOfBudget = tuple[BudgetExplanationRow, BudgetRow, UnitRow | None]


async def add(session: WriteSession, row: BudgetRow | BudgetVersionRow | BudgetExplanationRow) -> None:
    """Write a new row.

    Raises:
        IntegrityError: the unit has a budget of the year already, or a version of it waits.
    """
    session.add(row)
    await session.flush()


async def in_force(session: ReadSession, unit_ids: Sequence[UUID], year: int) -> Mapping[str, Mapping[UUID, UUID]]:
    """The budgets of these units that are in force, by currency and unit."""
    query = select(BudgetRow.currency, BudgetRow.unit_id, BudgetRow.id).where(
        BudgetRow.unit_id.in_(unit_ids), BudgetRow.year == year, BudgetRow.amount.is_not(None)
    )
    found: dict[str, dict[UUID, UUID]] = {}
    for currency, unit_id, budget_id in await session.execute(query):
        found.setdefault(currency, {})[unit_id] = budget_id
    return found


async def locked(session: WriteSession, budget_ids: Sequence[UUID]) -> list[Budget]:
    """Budgets in force, each locked until our transaction ends, in one order everywhere."""
    return await _read(session, _in_order(budget_ids).with_for_update())


async def read(session: ReadSession, budget_ids: Sequence[UUID]) -> list[Budget]:
    """Budgets in force as they are, in one order everywhere."""
    return await _read(session, _in_order(budget_ids))


def _in_order(budget_ids: Sequence[UUID]) -> Any:
    return select(BudgetRow).where(BudgetRow.id.in_(budget_ids)).order_by(BudgetRow.id)


async def _read(session: ReadSession, query: Any) -> list[Budget]:
    rows = (await session.execute(query.execution_options(populate_existing=True))).scalars().all()
    names = await session.execute(select(UnitRow).where(UnitRow.id.in_([row.unit_id for row in rows])))
    units = {unit.id: unit for unit in names.scalars()}
    return [budget_of(row, units.get(row.unit_id)) for row in rows if row.amount is not None]


async def lock_row(session: WriteSession, budget_id: UUID) -> BudgetRow:
    """The row of a budget that is known to be there, locked."""
    query = select(BudgetRow).where(BudgetRow.id == budget_id).with_for_update()
    return (await session.execute(query.execution_options(populate_existing=True))).scalar_one()


async def set_values(session: WriteSession, budget_id: UUID, **values: Any) -> None:
    """Change columns of a budget; its revision grows by one."""
    changed = update(BudgetRow).where(BudgetRow.id == budget_id)
    changed = changed.values(**values, revision=BudgetRow.revision + 1)
    await session.execute(changed.execution_options(synchronize_session=False))


async def one(session: ReadSession, budget_id: UUID) -> BudgetOfUnit | None:
    """A budget with its unit and the version that waits."""
    found = (await session.execute(_budgets().where(BudgetRow.id == budget_id))).first()
    return None if found is None else (found[0], found[1], found[2])


async def listed(session: ReadSession, *, year: int | None, unit_id: UUID | None, paging: Paging) -> Rows[BudgetOfUnit]:
    """Budgets in the order in which they were set up."""
    query = _budgets()
    if year is not None:
        query = query.where(BudgetRow.year == year)
    if unit_id is not None:
        query = query.where(BudgetRow.unit_id == unit_id)
    return await page(session, query, lambda row: (row[0], row[1], row[2]), keys=(BudgetRow.id,), paging=paging)


async def version(session: ReadSession, version_id: UUID, *, lock: bool = False) -> BudgetVersionRow | None:
    """A version; with ``lock``, for deciding about it."""
    query = select(BudgetVersionRow).where(BudgetVersionRow.id == version_id).execution_options(populate_existing=True)
    found: BudgetVersionRow | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def set_number(session: WriteSession, version_id: UUID) -> int:
    """Let a version that was just released be the newest of its budget, whose row is locked; its number."""
    own = select(BudgetVersionRow.budget_id).where(BudgetVersionRow.id == version_id).scalar_subquery()
    newest = select(func.coalesce(func.max(BudgetVersionRow.number), 0) + 1).where(BudgetVersionRow.budget_id == own)
    number = (await session.execute(newest)).scalar_one() or 1
    changed = update(BudgetVersionRow).where(BudgetVersionRow.id == version_id).values(number=number)
    await session.execute(changed.execution_options(synchronize_session=False))
    return number


async def versions(session: ReadSession, budget_id: UUID, paging: Paging) -> Rows[BudgetVersionRow]:
    """All versions of a budget in the order in which they were entered."""
    query: Any = select(BudgetVersionRow).where(BudgetVersionRow.budget_id == budget_id)
    return await page(session, query, itemgetter(0), keys=(BudgetVersionRow.id,), paging=paging)


async def explanation(session: ReadSession, explanation_id: UUID, *, lock: bool = False) -> ExplanationOfBudget | None:
    """An explanation with its budget; with ``lock``, for moving it."""
    query = _explanations().where(BudgetExplanationRow.id == explanation_id).execution_options(populate_existing=True)
    found = (await session.execute(query.with_for_update(of=BudgetExplanationRow) if lock else query)).first()
    return None if found is None else (found[0], found[1], found[2])


async def explanations(
    session: ReadSession, *, budget_id: UUID | None, state: str | None, paging: Paging
) -> Rows[ExplanationOfBudget]:
    """Explanations in the order in which they were asked for."""
    query = _explanations()
    if budget_id is not None:
        query = query.where(BudgetExplanationRow.budget_id == budget_id)
    if state is not None:
        query = query.where(BudgetExplanationRow.state == state)
    return await page(
        session, query, lambda row: (row[0], row[1], row[2]), keys=(BudgetExplanationRow.id,), paging=paging
    )


def budget_of(row: BudgetRow, unit: UnitRow | None) -> Budget:
    """The budget that a row holds, nothing where none is in force."""
    name = Text("—", "—") if unit is None else Text(unit.name, unit.name_en)
    limit, original = row.amount or NOTHING, row.original or NOTHING
    return Budget(
        id=row.id,
        unit_id=row.unit_id,
        unit=name,
        year=row.year,
        currency=row.currency,
        amount=limit,
        original=original,
        warning_percent=row.warning_percent,
        explanation_percent=row.explanation_percent,
        explained=row.explained,
    )


def _budgets() -> Any:
    waits = (
        select(BudgetVersionRow.id)
        .where(BudgetVersionRow.budget_id == BudgetRow.id, BudgetVersionRow.state == ReleaseState.PROPOSED.value)
        .scalar_subquery()
    )
    return (
        select(BudgetRow, UnitRow, waits)
        .outerjoin(UnitRow, UnitRow.id == BudgetRow.unit_id)
        .execution_options(populate_existing=True)
    )


def _explanations() -> Any:
    return (
        select(BudgetExplanationRow, BudgetRow, UnitRow)
        .join(BudgetRow, BudgetRow.id == BudgetExplanationRow.budget_id)
        .outerjoin(UnitRow, UnitRow.id == BudgetRow.unit_id)
    )
