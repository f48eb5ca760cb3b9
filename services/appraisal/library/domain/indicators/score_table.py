"""A table of scores by actual, in steps or along straight lines."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.ratio import higher_ratio, lower_ratio
from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, described, present, shown
from services.kit.errors import Text
from services.kit.money import exact

MOST_POINTS = 50


@dataclass(frozen=True, kw_only=True)
class ScoreTable(ScoringRule):
    """``points`` are pairs (actual, score), the actuals rising.

    step: the score of the last actual reached, the first score below the first. linear: the straight line between
    neighbours, the end scores outside.
    """

    label: ClassVar[Text] = Text("分段计分", "Score table")

    kind: Literal["score_table"] = "score_table"
    points: tuple[tuple[Decimal, Decimal], ...] = field(
        metadata=described(
            Text("分段点", "points"),
            Text("（实绩，得分）各点，实绩逐点递增", "Pairs of actual and score, the actuals rising; 1 to 50 of them."),
            [["80", "60"], ["90", "80"], ["98", "100"]],
        )
    )
    between: Literal["step", "linear"] = field(
        default="step",
        metadata=described(
            Text("分段方式", "between the points"),
            Text(
                "阶梯（step）或线性（linear）",
                "Interpolation. step: the last point reached counts; linear: a straight line between points.",
            ),
            "linear",
        ),
    )
    direction: Literal["higher", "lower"] | None = field(
        default=None,
        metadata=described(
            Text("达成率方向", "direction"),
            Text(
                "填写后该项按目标计算达成率：“higher”为越高越好，“lower”为越低越好；不填则不计入达成率",
                "Direction in which the measure is better. If given, the item needs a target and counts in attainment.",
            ),
            "higher",
        ),
    )

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless there are 1 to 50 points, the actuals rising, the scores along the direction."""
        super().__post_init__()
        expected = Text(f"1 至 {MOST_POINTS} 个点", f"1 to {MOST_POINTS} points")
        self.demand(1 <= len(self.points) <= MOST_POINTS, "points", len(self.points), expected)
        for index, (actual, score) in enumerate(self.points):
            exact(actual, pointer=f"/points/{index}/0")
            exact(score, pointer=f"/points/{index}/1")
        rising = all(left[0] < right[0] for left, right in pairwise(self.points))
        self.demand(
            rising,
            "points",
            ", ".join(str(x) for x, _ in self.points),
            Text("实绩值逐点递增", "actuals strictly rising"),
        )
        scores = [score for _, score in self.points]
        along = {"higher": scores == sorted(scores), "lower": scores == sorted(scores, reverse=True), None: True}
        expected = Text(
            "与得分走向一致（得分随实绩上升为越高越好）", "the way in which the scores go as the actual rises"
        )
        self.demand(along[self.direction], "direction", str(self.direction), expected)

    @property
    def needs(self) -> frozenset[Need]:
        """An actual; for the attainment a target too."""
        return frozenset({Need.ACTUAL, Need.TARGET} if self.direction else {Need.ACTUAL})

    @property
    def gives_ratio(self) -> bool:
        """Whether the table says which way its measure is better."""
        return self.direction is not None

    def ratio(self, facts: Facts, raw: Raw) -> Raw | None:
        """Actual compared with target, whatever the table gives for it."""
        match self.direction:
            case "higher":
                return higher_ratio(facts)
            case "lower":
                return lower_ratio(facts)
            case None:
                return None

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
