"""Whether what a source would spend fits into the budgets of its units, before anything is taken (INC-14, INC-15)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.incentive.budgets.domain.budget import NOTHING, Budget
from services.incentive.budgets.domain.spending import Spending
from services.incentive.budgets.store import budgets as store
from services.incentive.budgets.store import commitments as commitment_store
from services.incentive.budgets.usecases.commitments import budgets_of_parts
from services.kit.database.sessions import ReadSession


@dataclass(frozen=True)
class BudgetForecast:
    """A budget, what others have taken of it, and what the source would take; two places."""

    budget: Budget
    taken: Decimal
    wanted: Decimal

    @property
    def left(self) -> Decimal:
        """What would be left; less than nothing if it does not fit."""
        return self.budget.amount - self.taken - self.wanted

    @property
    def is_within(self) -> bool:
        """Whether it fits: what takes nothing always does, as when a run is approved."""
        return self.wanted <= 0 or self.left >= 0


@dataclass(frozen=True)
class Forecast:
    """By budget, and in which of them each unit takes part; None: in none."""

    budgets: Sequence[BudgetForecast]
    of_units: Mapping[tuple[UUID, str], UUID | None]

    def of_unit(self, unit_id: UUID, currency: str) -> BudgetForecast | None:
        """The budget in which a unit takes part."""
        budget_id = self.of_units.get((unit_id, currency))
        return next((each for each in self.budgets if each.budget.id == budget_id), None)


async def forecast(session: ReadSession, spending: Spending) -> Forecast:
    """What the budgets would say of ``spending`` in place of what its source takes now."""
    of_units = await budgets_of_parts(session, spending)
    wanted: dict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    for part in spending.parts:
        budget_id = of_units[part.unit_id, part.currency]
        if budget_id is not None:
            wanted[budget_id] += part.amount
    budgets = await store.read(session, list(wanted))
    uses = await commitment_store.uses(session, list(wanted))
    own = await commitment_store.taken_by(session, spending.source_type, spending.source_id)
    found = [BudgetForecast(each, uses[each.id].taken - own.get(each.id, NOTHING), wanted[each.id]) for each in budgets]
    return Forecast(found, of_units)
