"""A score that the superior gives on a scale."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, described, present, shown
from services.kit.errors import Text
from services.kit.money import exact


@dataclass(frozen=True, kw_only=True)
class ManualScore(ScoringRule):
    """100 × score ÷ ``maximum``; with several superiors, the mean of their scores."""

    label: ClassVar[Text] = Text("上级评分", "Manual score")

    kind: Literal["manual_score"] = "manual_score"
    maximum: Decimal = field(
        default=Decimal(5),
        metadata=described(
            Text("满分", "maximum"),
            Text("评分从 0 到此值", "Upper end of the superior's scale, which starts at 0."),
            "5",
        ),
    )

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless the scale's maximum is greater than 0."""
        super().__post_init__()
        top = exact(self.maximum, pointer="/maximum")
        self.demand(top > 0, "maximum", top, Text("大于 0", "greater than 0"))

    @property
    def needs(self) -> frozenset[Need]:
        """A score given by the superior."""
        return frozenset({Need.MANUAL_SCORE})

    def raw(self, facts: Facts) -> Raw:
        """100 × mean score ÷ maximum."""
        mean = sum((Fraction(score) for score in facts.manual_scores), Fraction(0)) / len(facts.manual_scores)
        return Raw(100 * mean / present(self.maximum), f"100 × {shown(mean)} ÷ {shown(self.maximum)}")
