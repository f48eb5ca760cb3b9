"""What a unit may spend on team building in a quarter: an amount per person, never more (INC-09)."""

from dataclasses import dataclass
from decimal import Decimal

from services.kit.errors import Conflict
from services.kit.money import grouped


class TeamBudgetExceeded(Conflict):
    """The budget of the quarter holds less than the expense."""

    code = "team_budget_exceeded"
    zh = "本季度团建经费余额 {left} 元，不足以列支 {amount} 元。"
    en = "Only {left} yuan of the quarter's team-building budget are left, less than {amount} yuan."


@dataclass(frozen=True)
class TeamBudget:
    """``per_head`` yuan for each of ``people``, of which ``spent`` is gone; two places."""

    per_head: Decimal
    people: int
    spent: Decimal

    @property
    def amount(self) -> Decimal:
        """The whole budget."""
        return self.per_head * self.people

    def spend(self, amount: Decimal) -> Decimal:
        """What is spent together with ``amount``.

        Raises:
            TeamBudgetExceeded.
        """
        left = self.amount - self.spent
        if amount > left:
            raise TeamBudgetExceeded(left=grouped(left), amount=grouped(amount))
        return self.spent + amount
