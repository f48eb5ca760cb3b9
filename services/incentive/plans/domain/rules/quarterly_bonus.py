"""Quarterly bonus: base × months × share of the quarter × grade coefficient × unit coefficient (INC-03, §3.1)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from services.incentive.plans.domain.coefficients import UnitTerms
from services.incentive.plans.domain.factor import Factors, check_months, grade_input
from services.incentive.plans.domain.policy import Policy
from services.kit.errors import Text


@dataclass(frozen=True)
class QuarterlyBonus:
    """Pays ``months`` monthly bases for a whole quarter at coefficients of 1. Raises MonthsOutOfRange."""

    kind: Literal["quarterly_bonus"] = "quarterly_bonus"
    months: Decimal = Decimal(3)

    label: ClassVar[Text] = Text("季度奖金", "Quarterly bonus")
    period_marks: ClassVar[tuple[str, ...]] = ("Q",)

    def __post_init__(self) -> None:
        check_months(self.months)

    def factors(self, grade: str, terms: UnitTerms, _policy: Policy, plan: str) -> Factors:
        """The grade's and the unit's coefficients. Raises KeyError for a grade without one."""
        return Factors.of((grade_input(grade, terms, plan), terms.because))
