"""Annual bonus: base × months × share of the year × annual grade coefficient × company coefficient (INC-03)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from services.incentive.plans.domain.coefficients import UnitTerms
from services.incentive.plans.domain.factor import Factors, check_months, grade_input
from services.incentive.plans.domain.policy import Policy
from services.kit.errors import Text
from services.kit.explanation import Input
from services.kit.money import plain


@dataclass(frozen=True)
class AnnualBonus:
    """Pays ``months`` monthly bases for a whole year at coefficients of 1. Raises MonthsOutOfRange."""

    kind: Literal["annual_bonus"] = "annual_bonus"
    months: Decimal = Decimal(2)

    label: ClassVar[Text] = Text("年度奖金", "Annual bonus")
    period_marks: ClassVar[tuple[str, ...]] = ("",)

    def __post_init__(self) -> None:
        check_months(self.months)

    def factors(self, grade: str, terms: UnitTerms, policy: Policy, plan: str) -> Factors:
        """The annual grade's and the company's coefficients. Raises KeyError for a grade without one."""
        company = Input(Text("公司系数", "company coefficient"), plain(policy.company_coefficient), plan)
        return Factors.of((grade_input(grade, terms, plan), company))
