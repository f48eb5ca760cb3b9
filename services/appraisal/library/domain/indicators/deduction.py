"""Full marks less so many points for each occurrence."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, described, present, shown
from services.kit.errors import Text
from services.kit.money import exact


@dataclass(frozen=True, kw_only=True)
class Deduction(ScoringRule):
    """100 − k × actual; ``k`` is in points per unit of the indicator."""

    label: ClassVar[Text] = Text("按次扣分", "Deduction")

    kind: Literal["deduction"] = "deduction"
    k: Decimal = field(
        metadata=described(
            Text("扣分系数", "deduction"),
            Text("每发生 1 次（每 1 个计量单位）扣的分数", "Points taken for each unit of the indicator."),
            "5",
        )
    )

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless k is greater than 0."""
        super().__post_init__()
        self.demand(exact(self.k, pointer="/k") > 0, "k", self.k, Text("大于 0", "greater than 0"))

    @property
    def needs(self) -> frozenset[Need]:
        """An actual."""
        return frozenset({Need.ACTUAL})

    def raw(self, facts: Facts) -> Raw:
        """100 − k × a."""
        actual = present(facts.actual)
        return Raw(100 - present(self.k) * actual, f"100 − {shown(self.k)} × {shown(actual)}")
