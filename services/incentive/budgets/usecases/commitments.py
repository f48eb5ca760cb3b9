"""Committing what awards and runs spend, within the budgets of their units (INC-15)."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from services.incentive.budgets.domain.budget import NOTHING, Budget, CommitmentState, Standing, Use, nearest
from services.incentive.budgets.domain.spending import CommitmentFilter, Spending
from services.incentive.budgets.store import budgets as budget_store
from services.incentive.budgets.store import commitments as store
from services.incentive.budgets.usecases.explanations import ask_if_needed
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.work.unit_of_work import UnitOfWork

BudgetsOfParts = Mapping[tuple[UUID, str], UUID | None]


async def plan_spending(uow: UnitOfWork, spending: Spending) -> None:
    """Show what a source would take once it is approved; takes the place of what it planned before."""
    await store.drop_planned(uow.session, spending.source_type, spending.source_id)
    await store.add(uow, spending, await budgets_of_parts(uow.session, spending), CommitmentState.PLANNED)


async def commit_spending(uow: UnitOfWork, spending: Spending) -> None:
    """Take what is approved, in the transaction that approves it; of two at once the second sees what the first took.

    Raises:
        BudgetExceeded: nothing is taken.
    """
    await store.keep_tree(uow.session)
    await store.drop_planned(uow.session, spending.source_type, spending.source_id)
    of_parts = await budgets_of_parts(uow.session, spending)
    wanted: dict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    for part in spending.parts:
        budget_id = of_parts[part.unit_id, part.currency]
        if budget_id is not None:
            wanted[budget_id] += part.amount
    budgets = await budget_store.locked(uow.session, list(wanted))
    before = await store.uses(uow.session, [each.id for each in budgets])
    for budget in budgets:
        budget.check_room(before[budget.id], wanted[budget.id])
    await store.add(uow, spending, of_parts, CommitmentState.COMMITTED)
    about = {"source_type": spending.source_type, "source_id": spending.source_id}
    for budget in budgets:
        after = {**about, "amount": wanted[budget.id]}
        await uow.record("incentive.budget.committed", subject=("budget", budget.id), after=after, data=about)
    await look_at(uow, budgets, before)


async def look_at(uow: UnitOfWork, budgets: list[Budget], before: Mapping[UUID, Use]) -> None:
    """Warn, and ask for an explanation, where what is taken of these locked budgets has passed their marks."""
    after = await store.uses(uow.session, [each.id for each in budgets])
    for budget in budgets:
        now = budget.standing(after[budget.id])
        if now is not Standing.WITHIN and budget.standing(before[budget.id]) is Standing.WITHIN:
            data = {"year": budget.year, "standing": now.value}
            await uow.record("incentive.budget.warned", subject=("budget", budget.id), after=data, data=data)
        await ask_if_needed(uow, budget, after[budget.id])


async def release_spending(uow: UnitOfWork, source_type: str, source_id: UUID) -> None:
    """A source takes nothing any more: it was refused, cancelled or revoked."""
    await store.drop_planned(uow.session, source_type, source_id)
    await store.release(uow, source_type, source_id)


async def post_spending(uow: UnitOfWork, source_type: str, source_id: UUID, amount: Decimal | None = None) -> None:
    """Book what a source committed, or ``amount`` of it, which may be less than nothing."""
    await store.post(uow, source_type, source_id, amount)


async def take_back(
    uow: UnitOfWork, source_type: str, source_id: UUID, *, unit_id: UUID, currency: str, amount: Decimal
) -> None:
    """What a source booked for a unit is neither booked nor due any more."""
    await store.take_back(uow, source_type, source_id, unit_id, currency, amount)


async def list_commitments(
    session: ReadSession, *, wanted: CommitmentFilter, paging: Paging
) -> Rows[store.CommitmentOfUnit]:
    """What awards and runs take, in the order in which it was planned or committed."""
    return await store.listed(session, wanted, paging)


async def budgets_of_parts(session: ReadSession, spending: Spending) -> BudgetsOfParts:
    """In which budget each unit and currency of what is spent takes part."""
    units = sorted({unit for part in spending.parts for unit in part.unit_path})
    found = await budget_store.in_force(session, units, spending.year)
    return {
        (part.unit_id, part.currency): nearest(part.unit_path, found.get(part.currency, {})) for part in spending.parts
    }
