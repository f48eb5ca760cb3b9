"""Earlier results carried over, such as the four quarters into the year."""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, described, shown
from services.kit.errors import Text

MOST_CYCLES = 12
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class PriorResults(ScoringRule):
    """The mean of the subject's final totals in the cycles named by ``cycles`` (their codes)."""

    label: ClassVar[Text] = Text("往期结转", "Prior results")

    kind: Literal["prior_results"] = "prior_results"
    cycles: tuple[str, ...] = field(
        metadata=described(
            Text("往期周期", "earlier cycles"),
            Text("取其最终得分的考核周期编码，1 至 12 个", "Codes of the 1 to 12 cycles whose final totals count."),
            ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"],
        )
    )
    method: Literal["mean"] = field(
        default="mean",
        metadata=described(
            Text("合成方式", "method"),
            Text("各周期得分如何合为一个", "Method of combining the totals: their mean."),
            "mean",
        ),
    )

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless 1 to 12 different cycle codes are named."""
        super().__post_init__()
        good = 1 <= len(self.cycles) <= MOST_CYCLES and len(set(self.cycles)) == len(self.cycles)
        expected = Text(f"1 至 {MOST_CYCLES} 个不重复的考核周期编码", f"1 to {MOST_CYCLES} different cycle codes")
        self.demand(good, "cycles", list(self.cycles), expected)
        wrong = next((code for code in self.cycles if not CODE.fullmatch(code)), None)
        letters = Text(
            "由字母、数字、点、横线、下划线组成的周期编码", "a cycle code of letters, digits, dots, dashes, underscores"
        )
        self.demand(wrong is None, "cycles", wrong, letters)

    @property
    def needs(self) -> frozenset[Need]:
        """The subject's final totals in those cycles."""
        return frozenset({Need.PRIOR_RESULTS})

    def raw(self, facts: Facts) -> Raw:
        """The mean of the totals."""
        whole = sum((Fraction(total) for total in facts.prior_totals), Fraction(0))
        terms = " + ".join(shown(total) for total in facts.prior_totals)
        return Raw(whole / len(facts.prior_totals), f"({terms}) ÷ {len(facts.prior_totals)}")
