"""Annual bonus: base × months × share of the year × annual grade coefficient × company coefficient (INC-03)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from services.incentive.plans.domain.coefficients import UnitTerms
from services.incentive.plans.domain.parameters import RULE_SCHEMA, parameter
from services.incentive.plans.domain.rules.weight import (
    Need,
    Stretch,
    Weight,
    check_months,
    grade_coefficient,
    months_weight,
)
from services.kit.errors import Text
from services.kit.explanation import Input
from services.kit.money import plain


@dataclass(frozen=True)
class AnnualBonus:
    """Pays ``months`` monthly bases for a whole year at coefficients of 1. Raises MonthsOutOfRange."""

    kind: Literal["annual_bonus"] = "annual_bonus"
    months: Decimal = field(
        default=Decimal(2), metadata=parameter("奖金月数", "Monthly bases for a whole year", example="2")
    )

    __pydantic_config__: ClassVar[Mapping[str, object]] = RULE_SCHEMA
    label: ClassVar[Text] = Text("年度奖金", "Annual bonus")
    period_marks: ClassVar[tuple[str, ...]] = ("",)
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADES, Need.MONTHLY_BASE})

    def __post_init__(self) -> None:
        check_months(self.months)

    def has_figure_for(self, grade: str, unit: UnitTerms) -> bool:
        """Whether the policy has a coefficient for the grade."""
        return grade in unit.grade_coefficients

    def weigh(self, stretch: Stretch) -> Weight:
        """By the coefficients of the annual grade and of the company."""
        company = Input(
            Text("公司系数", "company coefficient"), plain(stretch.policy.company_coefficient), stretch.plan
        )
        return months_weight(self.months, stretch, (grade_coefficient(stretch), company))
