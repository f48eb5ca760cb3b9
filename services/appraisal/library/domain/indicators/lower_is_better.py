"""The less the better: at the target 100, at twice the target 0."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Raw, ScoringRule, present, shown
from services.kit.errors import Text


@dataclass(frozen=True, kw_only=True)
class LowerIsBetter(ScoringRule):
    """100 × (2 − actual ÷ target); for a negative target 100 × (1 − (actual − target) ÷ |target|)."""

    label: ClassVar[Text] = Text("越低越好", "Lower is better")
    uses_target: ClassVar[bool] = True
    divides: ClassVar[bool] = True
    gives_ratio: ClassVar[bool] = True

    kind: Literal["lower_is_better"] = "lower_is_better"
    cap: Decimal = Decimal(120)

    def raw(self, facts: Facts) -> Raw:
        """100 × (2 − a ÷ t), or for a negative target 100 × (1 − (a − t) ÷ |t|)."""
        actual, target = present(facts.actual), present(facts.target)
        if target > 0:
            return Raw(100 * (2 - actual / target), f"100 × (2 − {shown(actual)} ÷ {shown(target)})")
        formula = f"100 × (1 − ({shown(actual)} − ({shown(target)})) ÷ {shown(-target)})"
        return Raw(100 * (1 - (actual - target) / -target), formula)
