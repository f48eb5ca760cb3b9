"""Team-building budgets in the database."""

from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from services.incentive.pay.store.tables import PersonRow
from services.incentive.recognition.store.tables import TeamBudgetRow, TeamExpenseRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession


async def add(session: WriteSession, row: TeamBudgetRow | TeamExpenseRow) -> None:
    """Write a budget or an expense.

    Raises:
        IntegrityError: the unit has a budget for the quarter already.
    """
    session.add(row)
    await session.flush()


async def heads(session: ReadSession, unit_id: UUID) -> int:
    """How many people sit in a unit or below it, as org last stated it."""
    query = select(func.count()).select_from(PersonRow).where(PersonRow.unit_path.contains([unit_id]))
    return int((await session.execute(query)).scalar_one())


async def one(session: ReadSession, budget_id: UUID, *, lock: bool = False) -> TeamBudgetRow | None:
    """A budget; ``lock`` locks it until the transaction ends."""
    query = select(TeamBudgetRow).where(TeamBudgetRow.id == budget_id).execution_options(populate_existing=True)
    found: TeamBudgetRow | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def set_values(session: WriteSession, budget_id: UUID, **values: Any) -> None:
    """Change a budget."""
    changed = update(TeamBudgetRow).where(TeamBudgetRow.id == budget_id)
    changed = changed.values(**values, revision=TeamBudgetRow.revision + 1)
    await session.execute(changed.execution_options(synchronize_session=False))


async def listed(session: ReadSession, *, period: str | None, paging: Paging) -> Rows[TeamBudgetRow]:
    """Budgets in the order in which they were set."""
    query: Any = select(TeamBudgetRow)
    if period is not None:
        query = query.where(TeamBudgetRow.period == period)
    return await page(session, query, itemgetter(0), keys=(TeamBudgetRow.id,), paging=paging)


async def expenses(session: ReadSession, budget_id: UUID, paging: Paging) -> Rows[TeamExpenseRow]:
    """What was spent of a budget, in order."""
    query: Any = select(TeamExpenseRow).where(TeamExpenseRow.budget_id == budget_id)
    return await page(session, query, itemgetter(0), keys=(TeamExpenseRow.id,), paging=paging)
