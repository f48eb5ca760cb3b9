"""The rules about suppliers: how they are classified, and which scores open their elimination (APR-03)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.indicators.manual_score import ManualScore
from services.appraisal.library.domain.indicators.rule import Need
from services.appraisal.library.domain.indicators.score_table import ScoreTable
from services.appraisal.library.domain.weights import demand_hundred
from services.kit.errors import FieldError, Invalid, Text

_MEASURABLE: Final = frozenset({Need.ACTUAL, Need.MANUAL_SCORE})


class SupplierPolicyBroken(Invalid):
    """Parts of a policy about suppliers do not fit together."""

    code = "supplier_policy_broken"
    zh = "供应商管理规则有误：{reason}。"
    en = "The policy about suppliers is not valid: {reason}."


@dataclass(frozen=True)
class Criterion:
    """What a supplier is classified by. ``weight`` in percent; ``rule`` turns what was found into points."""

    key: str
    name: Text
    weight: Decimal
    rule: Rule


def _table(*points: tuple[int, int]) -> ScoreTable:
    return ScoreTable(points=tuple((Decimal(x), Decimal(y)) for x, y in points), between="linear")


def default_criteria() -> tuple[Criterion, ...]:
    """History of work in completed orders, response in hours, and the quality of cases out of 5."""
    return (
        Criterion("history", Text("合作业绩：近三年完成订单数", "history: orders completed in the last three years"),
                  Decimal(40), _table((0, 40), (5, 70), (10, 85), (20, 100))),
        Criterion("response", Text("响应速度：平均首次响应小时数", "response: mean hours to the first answer"),
                  Decimal(30), _table((2, 100), (8, 85), (24, 70), (72, 0))),
        Criterion("case_quality", Text("案例质量：评审均分", "quality of cases: mean of the reviews"),
                  Decimal(30), ManualScore()),
    )  # fmt: skip


@dataclass(frozen=True)
class SupplierPolicy:
    """Scores in points: A from ``a_from``, B from ``b_from``, else C.

    So many quarterly scores in a row as ``elimination_scores`` says, each below ``elimination_below``, open an
    elimination, to be decided within ``decision_days`` working days. An order is large from ``large_order_from`` yuan.
    """

    criteria: tuple[Criterion, ...] = field(default_factory=default_criteria)
    a_from: Decimal = Decimal(85)
    b_from: Decimal = Decimal(70)
    elimination_below: Decimal = Decimal(80)
    elimination_scores: int = 2
    decision_days: int = 10
    large_order_from: Decimal = Decimal(100000)

    def __post_init__(self) -> None:
        """Raises WeightsNotHundred or SupplierPolicyBroken."""
        weights = [criterion.weight for criterion in self.criteria]
        demand_hundred(weights, level=Text("各评级标准", "the criteria"), pointer="/criteria")
        keys = [criterion.key for criterion in self.criteria]
        self._demand(
            len(set(keys)) == len(keys), Text("评级标准编号重复", "two criteria have the same key"), "/criteria"
        )
        for index, criterion in enumerate(self.criteria):
            measurable = len(criterion.rule.needs) == 1 and criterion.rule.needs <= _MEASURABLE
            reason = Text(
                f"“{criterion.name.zh}”的计分规则不能用于评级",
                f"the scoring rule of '{criterion.name.en}' cannot be used here",
            )
            self._demand(measurable, reason, f"/criteria/{index}/rule")
        falling = Text("A 类分数线须高于 B 类", "the lowest score of A must be above that of B")
        self._demand(self.a_from > self.b_from, falling, "/a_from")

    def _demand(self, holds: bool, reason: Text, pointer: str) -> None:  # noqa: FBT001 - a condition
        if not holds:
            raise SupplierPolicyBroken(reason=reason, field_errors=[FieldError(pointer, None, reason)])


@dataclass(frozen=True)
class PolicyVersion:
    """A version of the policy, in force from a day on until the next; 0 is the one that Merit comes with."""

    version: int
    valid_from: date | None
    policy: SupplierPolicy
    created_by_name: str | None
    created_at: datetime | None


BUILT_IN: Final = PolicyVersion(0, None, SupplierPolicy(), None, None)
"""What holds until a company says something else."""
