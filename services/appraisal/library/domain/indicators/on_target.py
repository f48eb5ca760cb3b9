"""Neither more nor less: full marks within a tolerance around the target, then a deduction per percent."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, described, present, shown
from services.kit.errors import Text
from services.kit.money import exact


@dataclass(frozen=True, kw_only=True)
class OnTarget(ScoringRule):
    """d = 100 × |actual − target| ÷ |target|; 100 if d ≤ tolerance, else 100 − k × (d − tolerance).

    ``tolerance`` is in percent of the target, ``k`` in points per percent beyond it.
    """

    label: ClassVar[Text] = Text("贴近目标", "On target")

    kind: Literal["on_target"] = "on_target"
    tolerance: Decimal = field(
        metadata=described(
            Text("容差", "tolerance"),
            Text(
                "与目标的偏差在此百分比以内得满分", "A deviation up to this percentage of the target keeps full marks."
            ),
            "5",
        )
    )
    k: Decimal = field(
        metadata=described(
            Text("扣分系数", "deduction"),
            Text("超出容差后每 1 个百分点扣的分数", "Points taken for each percent beyond the tolerance."),
            "2",
        )
    )

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless the tolerance is 0 to 100 and k is greater than 0."""
        super().__post_init__()
        tolerance, k = exact(self.tolerance, pointer="/tolerance"), exact(self.k, pointer="/k")
        self.demand(0 <= tolerance <= 100, "tolerance", tolerance, Text("0 至 100", "0 to 100"))  # noqa: PLR2004 - percent
        self.demand(k > 0, "k", k, Text("大于 0", "greater than 0"))

    @property
    def needs(self) -> frozenset[Need]:
        """An actual and a target."""
        return frozenset({Need.ACTUAL, Need.TARGET})

    @property
    def divides_by_target(self) -> bool:
        """The deviation is relative to the target."""
        return True

    def raw(self, facts: Facts) -> Raw:
        """Full marks within the tolerance, a linear deduction outside."""
        actual, target = present(facts.actual), present(facts.target)
        size = abs(target)
        distance = 100 * abs(actual - target) / size
        measured = f"100 × |{shown(actual)} − {shown(target)}| ÷ {shown(size)} = {shown(distance)}"
        beyond = distance - present(self.tolerance)
        if beyond <= 0:
            return Raw(present(Decimal(100)), f"{measured} ≤ {shown(self.tolerance)}: 100")
        formula = f"{measured}: 100 − {shown(self.k)} × ({shown(distance)} − {shown(self.tolerance)})"
        return Raw(100 - present(self.k) * beyond, formula)
