"""A result computed again from what is stored, beside what is stored of it (APR-11)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from services.appraisal.scoring.domain.result import RULES, Result
from services.kit.errors import Text
from services.kit.explanation import Step, digest
from services.kit.money import plain


@dataclass(frozen=True)
class Difference:
    """A figure that differs."""

    field: str
    stored: str | None
    replayed: str | None


FIGURE_NAMES: Final = {
    "total": Text("总分", "total"),
    "attainment": Text("达成率", "attainment"),
    "grade": Text("等级", "grade"),
}


@dataclass(frozen=True)
class Replay:
    """What came of it. Other rules may write other bytes of the same figures, so for theirs only ``values`` count."""

    rules: int
    present_rules: int
    compared: Literal["bytes", "values"]
    same: bool
    differing: tuple[Difference, ...]
    stored_hash: str
    replayed_hash: str

    @property
    def note(self) -> Text | None:
        """In words, that the result was written by other rules; None where it was not."""
        if self.compared == "bytes":
            return None
        return Text(
            f"该结果按第 {self.rules} 版规则计算，现按第 {self.present_rules} 版规则重算，只核对数值，不逐字节比对。",
            f"Written by rules {self.rules}, computed again by rules {self.present_rules}: values are compared, "
            "not bytes.",
        )


def compared(stored: Step, attainment: Decimal | None, again: Result, *, rules: int) -> Replay:
    """Compare the computed part of a stored explanation and its attainment, written by ``rules``, with a new result.

    In every version of the rules the root of a computed tree holds the total as its formula and the grade as its value.
    """
    pairs = (
        ("total", stored.formula, again.step.formula),
        ("attainment", _shown(attainment), _shown(again.attainment)),
        ("grade", stored.value, again.step.value),
    )
    differing = tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])
    hashes = digest(stored), digest(again.step)
    same_rules = rules == RULES
    same = hashes[0] == hashes[1] if same_rules else not differing
    return Replay(rules, RULES, "bytes" if same_rules else "values", same, differing, *hashes)


def _shown(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
