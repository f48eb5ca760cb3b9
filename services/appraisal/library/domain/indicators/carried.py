"""Earlier results carried over, such as the four quarters into the year."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, shown
from services.kit.errors import Text

MOST_CYCLES = 12


@dataclass(frozen=True, kw_only=True)
class Carried(ScoringRule):
    """The mean of the subject's final totals in the cycles named by ``cycles`` (their codes)."""

    label: ClassVar[Text] = Text("往期结转", "Carried over")
    takes: ClassVar[Need] = Need.TOTALS

    kind: Literal["carried"] = "carried"
    cap: Decimal = Decimal(100)
    cycles: tuple[str, ...]
    method: Literal["mean"] = "mean"

    def __post_init__(self) -> None:
        """Raises RuleMisshapen unless 1 to 12 different cycles are named."""
        super().__post_init__()
        good = 1 <= len(self.cycles) <= MOST_CYCLES and len(set(self.cycles)) == len(self.cycles) and all(self.cycles)
        expected = Text(f"1 至 {MOST_CYCLES} 个不重复的考核周期编码", f"1 to {MOST_CYCLES} different cycle codes")
        self.demand(good, "cycles", list(self.cycles), expected)

    def raw(self, facts: Facts) -> Raw:
        """The mean of the totals."""
        whole = sum((Fraction(total) for total in facts.totals), Fraction(0))
        terms = " + ".join(shown(total) for total in facts.totals)
        return Raw(whole / len(facts.totals), f"({terms}) ÷ {len(facts.totals)}")
