"""The more the better, in proportion to the target."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Raw, ScoringRule, present, shown
from services.kit.errors import Text


@dataclass(frozen=True, kw_only=True)
class HigherIsBetter(ScoringRule):
    """100 × actual ÷ target; for a negative target 100 × (1 + (actual − target) ÷ |target|)."""

    label: ClassVar[Text] = Text("越高越好", "Higher is better")
    uses_target: ClassVar[bool] = True
    divides: ClassVar[bool] = True
    gives_ratio: ClassVar[bool] = True

    kind: Literal["higher_is_better"] = "higher_is_better"
    cap: Decimal = Decimal(120)

    def raw(self, facts: Facts) -> Raw:
        """100 × a ÷ t, or for a negative target 100 × (1 + (a − t) ÷ |t|)."""
        actual, target = present(facts.actual), present(facts.target)
        if target > 0:
            return Raw(100 * actual / target, f"100 × {shown(actual)} ÷ {shown(target)}")
        formula = f"100 × (1 + ({shown(actual)} − ({shown(target)})) ÷ {shown(-target)})"
        return Raw(100 * (1 + (actual - target) / -target), formula)
