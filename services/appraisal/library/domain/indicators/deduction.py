"""Full marks less so many points for each occurrence."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Raw, ScoringRule, present, shown
from services.kit.errors import Text
from services.kit.money import exact


@dataclass(frozen=True, kw_only=True)
class Deduction(ScoringRule):
    """100 − k × actual; ``k`` is in points per unit of the indicator."""

    label: ClassVar[Text] = Text("按次扣分", "Deduction")

    kind: Literal["deduction"] = "deduction"
    k: Decimal

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless k is greater than 0."""
        super().__post_init__()
        self.demand(exact(self.k, pointer="/rule/k") > 0, "k", self.k, Text("大于 0", "greater than 0"))

    def raw(self, facts: Facts) -> Raw:
        """100 − k × a."""
        actual = present(facts.actual)
        return Raw(100 - present(self.k) * actual, f"100 − {shown(self.k)} × {shown(actual)}")
