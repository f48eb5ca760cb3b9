"""The yearly budget of a unit: what may be committed, when to warn, when more needs an explanation (INC-15).

A unit without a budget takes part in that of the nearest unit above it that has one; where none has, it is unbudgeted,
which stops nothing and shows. Amounts are before tax, exact to the fen, in the main unit of the budget's currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.incentive.currencies import currency_name
from services.kit.errors import Conflict, Text
from services.kit.identity import Role
from services.kit.money import grouped, plain
from services.kit.release import release_workflow

NOTHING: Final = Decimal("0.00")
HUNDRED: Final = Decimal(100)
WARNING_PERCENT: Final = Decimal(80)
EXPLANATION_PERCENT: Final = Decimal(10)
"""What a version says unless it states otherwise."""

BUDGET_VERSION: Final = release_workflow("budget_version", Text("预算版本", "version of a budget"), [Role.FINANCE])


class BudgetExceeded(Conflict):
    """What is to be approved does not fit into what is left of a budget."""

    code = "budget_exceeded"
    zh = (
        "{unit} {year} 年度预算 {limit} {currency}，已占用 {used}，本次需要 {amount}，超出 {over}。"
        "请先追加预算并由另一人确认。"
    )
    en = (
        "The budget of {unit} for {year} is {limit} {currency}, of which {used} is taken; {amount} more exceeds it by "
        "{over}. Have an increase of the budget released first."
    )


class CommitmentState(StrEnum):
    """How firm it is that something is spent."""

    PLANNED = "planned"
    COMMITTED = "committed"
    POSTED = "posted"
    RELEASED = "released"


COMMITMENT_STATES: Final = {
    CommitmentState.PLANNED: Text("预计", "planned"),
    CommitmentState.COMMITTED: Text("已占用", "committed"),
    CommitmentState.POSTED: Text("已入账", "posted"),
    CommitmentState.RELEASED: Text("已释放", "released"),
}


class Standing(StrEnum):
    """How a budget stands."""

    NOT_IN_FORCE = "not_in_force"
    WITHIN = "within"
    WARNING = "warning"
    OVER = "over"


STANDINGS: Final = {
    Standing.NOT_IN_FORCE: Text("未生效", "not in force"),
    Standing.WITHIN: Text("预算内", "within the budget"),
    Standing.WARNING: Text("接近预算", "close to the budget"),
    Standing.OVER: Text("已超预算", "over the budget"),
}


@dataclass(frozen=True)
class Use:
    """What is taken of a budget. ``planned`` waits for approval and takes nothing yet."""

    planned: Decimal = NOTHING
    committed: Decimal = NOTHING
    posted: Decimal = NOTHING

    @property
    def taken(self) -> Decimal:
        """Committed and posted."""
        return self.committed + self.posted


@dataclass(frozen=True)
class Budget:
    """A budget in force. ``original`` is what was released first; ``explained`` the most that an explanation covers.

    ``warning_percent`` is a share of the amount; by more than ``explanation_percent`` of the original amount above the
    original amount, or above what is explained, an explanation is asked for.
    """

    id: UUID
    unit_id: UUID
    unit: Text
    year: int
    currency: str
    amount: Decimal
    original: Decimal
    warning_percent: Decimal
    explanation_percent: Decimal
    explained: Decimal

    def check_room(self, use: Use, amount: Decimal) -> None:
        """Refuses to commit ``amount`` more than fits; less than nothing always does.

        Raises:
            BudgetExceeded.
        """
        over = use.taken + amount - self.amount
        if amount > 0 and over > 0:
            raise BudgetExceeded(
                unit=self.unit,
                year=self.year,
                currency=currency_name(self.currency),
                limit=grouped(self.amount),
                used=grouped(use.taken),
                amount=grouped(amount),
                over=grouped(over),
            )

    def standing(self, use: Use) -> Standing:
        """How much of it is taken."""
        if use.taken > self.amount:
            return Standing.OVER
        reached = use.taken > 0 and use.taken * HUNDRED >= self.amount * self.warning_percent
        return Standing.WARNING if reached else Standing.WITHIN

    def needs_explanation(self, use: Use) -> bool:
        """Whether so much is taken that somebody has to explain it."""
        least = max(self.original, self.explained) * HUNDRED + self.original * self.explanation_percent
        return use.taken * HUNDRED > least

    def over_percent(self, use: Use) -> str:
        """By how much of the original amount more is taken than it, in percent, two places."""
        if not self.original:
            return "—"
        return plain(((use.taken - self.original) * HUNDRED / self.original).quantize(Decimal("0.01")))


def nearest(path: Sequence[UUID], budgets: Mapping[UUID, UUID]) -> UUID | None:
    """The budget in which a unit takes part; ``path`` leads from the root to it, ``budgets`` are ids by unit."""
    return next((budgets[unit] for unit in reversed(path) if unit in budgets), None)
