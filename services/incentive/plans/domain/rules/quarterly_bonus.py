"""Quarterly bonus: base × months × share of the quarter × grade coefficient × unit coefficient (INC-03, §3.1)."""

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


@dataclass(frozen=True)
class QuarterlyBonus:
    """Pays ``months`` monthly bases for a whole quarter at coefficients of 1. Raises MonthsOutOfRange."""

    kind: Literal["quarterly_bonus"] = "quarterly_bonus"
    months: Decimal = field(
        default=Decimal(3), metadata=parameter("奖金月数", "Monthly bases for a whole quarter", example="3")
    )

    __pydantic_config__: ClassVar[Mapping[str, object]] = RULE_SCHEMA
    label: ClassVar[Text] = Text("季度奖金", "Quarterly bonus")
    period_marks: ClassVar[tuple[str, ...]] = ("Q",)
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADES, Need.MONTHLY_BASE})

    def __post_init__(self) -> None:
        check_months(self.months)

    def has_figure_for(self, grade: str, unit: UnitTerms) -> bool:
        """Whether the policy has a coefficient for the grade."""
        return grade in unit.grade_coefficients

    def weigh(self, stretch: Stretch) -> Weight:
        """By the coefficients of the grade and of the unit."""
        return months_weight(self.months, stretch, (grade_coefficient(stretch), stretch.unit.because))
