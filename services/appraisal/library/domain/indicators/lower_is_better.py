"""The less the better: at the target 100, at twice the target 0."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.ratio import lower_ratio
from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, described
from services.kit.errors import Text


@dataclass(frozen=True, kw_only=True)
class LowerIsBetter(ScoringRule):
    """100 × (2 − actual ÷ target); for a negative target 100 × (1 − (actual − target) ÷ |target|)."""

    label: ClassVar[Text] = Text("越低越好", "Lower is better")

    kind: Literal["lower_is_better"] = "lower_is_better"
    cap: Decimal = field(
        default=Decimal(120),
        metadata=described(
            Text("上限", "upper limit"),
            Text("得分不高于此值，单位：分，至多 120", "Highest score of the item, in points, up to 120."),
            "120",
        ),
    )

    @property
    def needs(self) -> frozenset[Need]:
        """An actual and a target."""
        return frozenset({Need.ACTUAL, Need.TARGET})

    @property
    def gives_ratio(self) -> bool:
        """The score before its bounds is the achieved ratio."""
        return True

    def raw(self, facts: Facts) -> Raw:
        """The achieved ratio in percent."""
        return lower_ratio(facts)

    def ratio(self, facts: Facts, raw: Raw) -> Raw:
        """The score before its bounds."""
        return raw
