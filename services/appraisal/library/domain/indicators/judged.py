"""A mark given by the superior on a scale."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, present, shown
from services.kit.errors import Text
from services.kit.money import exact


@dataclass(frozen=True, kw_only=True)
class Judged(ScoringRule):
    """100 × mark ÷ ``maximum``; with several superiors, their mean mark."""

    label: ClassVar[Text] = Text("上级评分", "Judged")
    takes: ClassVar[Need] = Need.MARK

    kind: Literal["judged"] = "judged"
    maximum: Decimal = Decimal(5)

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless the scale's maximum is greater than 0."""
        super().__post_init__()
        top = exact(self.maximum, pointer="/rule/maximum")
        self.demand(top > 0, "maximum", top, Text("大于 0", "greater than 0"))

    def raw(self, facts: Facts) -> Raw:
        """100 × mean mark ÷ m."""
        mean = sum((Fraction(mark) for mark in facts.marks), Fraction(0)) / len(facts.marks)
        return Raw(100 * mean / present(self.maximum), f"100 × {shown(mean)} ÷ {shown(self.maximum)}")
