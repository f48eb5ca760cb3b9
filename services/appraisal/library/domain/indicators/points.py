"""A table of points: so much gives so many marks, in steps or along straight lines."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Raw, ScoringRule, present, shown
from services.kit.errors import Text
from services.kit.money import exact

MOST_POINTS = 50


@dataclass(frozen=True, kw_only=True)
class Points(ScoringRule):
    """``points`` are pairs (actual, score), the actuals rising.

    step: the score of the last actual reached, the first score below the first. linear: the straight line between
    neighbours, the end scores outside.
    """

    label: ClassVar[Text] = Text("分段计分", "Points")

    kind: Literal["points"] = "points"
    points: tuple[tuple[Decimal, Decimal], ...]
    between: Literal["step", "linear"] = "step"

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless there are 1 to 50 points with rising actuals."""
        super().__post_init__()
        expected = Text(f"1 至 {MOST_POINTS} 个点", f"1 to {MOST_POINTS} points")
        self.demand(1 <= len(self.points) <= MOST_POINTS, "points", len(self.points), expected)
        for index, (actual, score) in enumerate(self.points):
            exact(actual, pointer=f"/rule/points/{index}/0")
            exact(score, pointer=f"/rule/points/{index}/1")
        rising = all(left[0] < right[0] for left, right in pairwise(self.points))
        self.demand(
            rising, "points", [str(x) for x, _ in self.points], Text("实绩值逐点递增", "actuals strictly rising")
        )

    def raw(self, facts: Facts) -> Raw:
        """The score that the table gives for the actual."""
        actual = present(facts.actual)
        (first, first_score), (last, last_score) = self.points[0], self.points[-1]
        if actual <= first:
            return Raw(present(first_score), f"{shown(actual)} ≤ {shown(first)}: {shown(first_score)}")
        if actual >= last:
            return Raw(present(last_score), f"{shown(actual)} ≥ {shown(last)}: {shown(last_score)}")
        left, right = next(pair for pair in pairwise(self.points) if pair[0][0] <= actual < pair[1][0])
        return self._step(actual, left) if self.between == "step" else self._line(actual, left, right)

    def _step(self, actual: Fraction, left: tuple[Decimal, Decimal]) -> Raw:
        return Raw(present(left[1]), f"{shown(actual)} ≥ {shown(left[0])}: {shown(left[1])}")

    def _line(self, actual: Fraction, left: tuple[Decimal, Decimal], right: tuple[Decimal, Decimal]) -> Raw:
        (x0, y0), (x1, y1) = ((present(x), present(y)) for x, y in (left, right))
        value = y0 + (y1 - y0) * (actual - x0) / (x1 - x0)
        rise = f"({shown(y1)} − {shown(y0)}) × ({shown(actual)} − {shown(x0)}) ÷ ({shown(x1)} − {shown(x0)})"
        return Raw(value, f"{shown(y0)} + {rise}")
