"""All or nothing against the target."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, described, present, shown
from services.kit.errors import Text

Comparator = Literal[">=", ">", "<=", "<", "=="]
COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}
SIGNS: dict[str, str] = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "==": "="}


@dataclass(frozen=True, kw_only=True)
class PassFail(ScoringRule):
    """100 if actual ⟨comparator⟩ target, else 0."""

    label: ClassVar[Text] = Text("达标计分", "Pass or fail")

    kind: Literal["pass_fail"] = "pass_fail"
    comparator: Comparator = field(
        metadata=described(
            Text("比较方式", "comparator"),
            Text("实绩与目标的比较方式", "How the actual is compared with the target."),
            ">=",
        )
    )

    def __post_init__(self) -> None:
        """Raises RuleMisshapen for an unknown comparator."""
        super().__post_init__()
        self.demand(
            self.comparator in COMPARE, "comparator", self.comparator, Text("、".join(COMPARE), ", ".join(COMPARE))
        )

    @property
    def needs(self) -> frozenset[Need]:
        """An actual and a target."""
        return frozenset({Need.ACTUAL, Need.TARGET})

    def raw(self, facts: Facts) -> Raw:
        """100 or 0."""
        actual, target = present(facts.actual), present(facts.target)
        passed = COMPARE[self.comparator](actual, target)
        mark = "✓" if passed else "✗"
        return Raw(Fraction(100 if passed else 0), f"{shown(actual)} {SIGNS[self.comparator]} {shown(target)} {mark}")
