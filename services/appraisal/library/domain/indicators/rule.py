"""What every scoring rule is: bounds, the facts it takes, and a score that explains itself (domain §2.1)."""

from abc import abstractmethod
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar

from services.kit.errors import FieldError, Invalid, Text
from services.kit.explanation import Input, Step
from services.kit.money import exact, plain, round_half_up

SHOWN_PLACES = 6
SHOWN_SCALE = 10**SHOWN_PLACES
ABOVE = Text("超过上限，按上限计", "above the upper limit, which counts instead")
BELOW = Text("低于下限，按下限计", "below the lower limit, which counts instead")


class RuleMisshapen(Invalid):
    """The parameters of a scoring rule contradict each other or lie outside their range."""

    code = "rule_misshapen"
    zh = "“{rule}”计分规则的{parameter}（{field}）填写有误：{found}。"
    en = "Scoring rule '{rule}': {parameter} ({field}) cannot be {found}."


class TargetUnusable(Invalid):
    """The rule divides by the target, so that it must not be 0 (refused when the target is set)."""

    code = "target_unusable"
    zh = "按“{rule}”计分时目标值不能为 0（现为 {found}），请修改目标值或改用其他计分规则。"
    en = "The scoring rule '{rule}' cannot be used with the target {found}; change the target or the rule."


_PARAMETERS = {
    "cap": Text("下限与上限", "the bounds"),
    "comparator": Text("比较方式", "the comparator"),
    "cycles": Text("往期周期", "the earlier cycles"),
    "k": Text("扣分系数", "the deduction"),
    "maximum": Text("满分", "the maximum"),
    "points": Text("分段点", "the points"),
    "tolerance": Text("容差", "the tolerance"),
}


class Need(StrEnum):
    """What a rule looks at besides the target."""

    ACTUAL = "actual"
    MARK = "mark"
    TOTALS = "totals"
    FEEDBACK = "feedback"


@dataclass(frozen=True)
class Facts:
    """What is known of one item of one form; None or empty where it is missing.

    ``actual`` is in the indicator's unit, ``marks`` on the judged scale, ``totals`` and ``feedback`` in points.
    ``inputs`` names the stored records behind them, for the explanation.
    """

    target: Decimal | None = None
    actual: Fraction | None = None
    marks: tuple[Decimal, ...] = ()
    totals: tuple[Decimal, ...] = ()
    feedback: Fraction | None = None
    inputs: tuple[Input, ...] = ()
    steps: tuple[Step, ...] = ()

    def has(self, need: Need) -> bool:
        """Whether the fact that a rule needs is there."""
        return {
            Need.ACTUAL: self.actual is not None,
            Need.MARK: bool(self.marks),
            Need.TOTALS: bool(self.totals),
            Need.FEEDBACK: self.feedback is not None,
        }[need]


@dataclass(frozen=True)
class Raw:
    """A score before its bounds: the exact value, and the formula with the numbers put in."""

    value: Fraction
    formula: str


@dataclass(frozen=True, kw_only=True)
class ScoringRule:
    """Bounds and rounding, common to all rules: clamp to [floor, cap], then round half up to 2 places."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    label: ClassVar[Text]
    takes: ClassVar[Need] = Need.ACTUAL
    uses_target: ClassVar[bool] = False
    divides: ClassVar[bool] = False
    gives_ratio: ClassVar[bool] = False
    """Whether ``raw`` is 100 × an achieved ratio, which counts in attainment (§2.2)."""

    kind: str
    floor: Decimal = field(default=Decimal(0))
    cap: Decimal = field(default=Decimal(100))

    def __post_init__(self) -> None:
        """Raises RuleMisshapen if the bounds are reversed or outside 0 to 120."""
        exact(self.floor, pointer="/rule/floor")
        exact(self.cap, pointer="/rule/cap")
        self.demand(
            Decimal(0) <= self.floor < self.cap <= Decimal(120),
            "cap",
            f"[{self.floor}, {self.cap}]",
            Text("0 ≤ 下限（floor）< 上限（cap）≤ 120", "0 <= floor < cap <= 120"),
        )

    def demand(self, holds: bool, parameter: str, found: object, expected: Text) -> None:  # noqa: FBT001 - a condition
        """Refuse a parameter unless the condition holds.

        Raises:
            RuleMisshapen: naming the parameter, what was found and what is expected.
        """
        if not holds:
            fault = FieldError(f"/rule/{parameter}", str(found)[:80], expected)
            name = _PARAMETERS[parameter]
            shortened = str(found)[:80]
            raise RuleMisshapen(rule=self.label, parameter=name, field=parameter, found=shortened, field_errors=[fault])

    def check_target(self, target: Decimal, *, pointer: str) -> None:
        """Refuse a target that this rule cannot be scored against.

        Raises:
            TargetUnusable: the rule divides by it and it is 0.
        """
        if self.divides and target == 0:
            expected = Text("不为 0 的数", "a number other than 0")
            raise TargetUnusable(
                rule=self.label, found=plain(target), field_errors=[FieldError(pointer, plain(target), expected)]
            )

    @abstractmethod
    def raw(self, facts: Facts) -> Raw:
        """The score before bounds and rounding. Only for facts that are complete."""

    def score(self, facts: Facts, label: Text | None = None) -> Step:
        """The item score in points, with its explanation."""
        return self.bounded(self.raw(facts), facts, label)

    def bounded(self, raw: Raw, facts: Facts, label: Text | None = None) -> Step:
        """The item score in points from what ``raw`` gave, with its explanation."""
        low, high = fraction(self.floor), fraction(self.cap)
        bounded = min(max(raw.value, low), high)
        formula, inputs = raw.formula, facts.inputs
        if bounded != raw.value:
            formula = f"{formula} = {shown(raw.value)} → {shown(bounded)}"
            inputs = (*inputs, Input(ABOVE if raw.value > high else BELOW, shown(bounded)))
        value = plain(round_half_up(bounded))
        return Step(self.kind, label or self.label, formula, value, inputs=inputs, steps=facts.steps)


@lru_cache(maxsize=1 << 16)  # weights, targets, bounds and scores come again and again
def fraction(value: Decimal) -> Fraction:
    """A decimal number for calculating with where a division may not end."""
    return Fraction(value)


def shown(value: Fraction | Decimal | int) -> str:
    """A number for people: exact if it ends within six places, else rounded and marked as such."""
    return _shown_again(value) if isinstance(value, Decimal) else _shown(value)


def _shown(value: Fraction | Decimal | int) -> str:
    above, below = value.as_integer_ratio()
    units, rest = divmod(abs(above) * SHOWN_SCALE, below)
    if rest:
        return f"≈{plain(round_half_up(value, SHOWN_PLACES)).rstrip('0').rstrip('.')}"
    whole, part = divmod(units, SHOWN_SCALE)
    text = f"{whole}.{part:0{SHOWN_PLACES}d}".rstrip("0") if part else str(whole)
    return f"-{text}" if above < 0 else text


def present(value: Fraction | Decimal | None) -> Fraction:
    """The fact, as an exact number.

    Raises:
        ValueError: the caller did not check that it is there.
    """
    if value is None:
        raise ValueError("a rule was asked to score without its facts")
    return value if isinstance(value, Fraction) else fraction(value)


_shown_again = lru_cache(maxsize=1 << 16)(_shown)
