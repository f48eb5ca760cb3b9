"""What every scoring rule is: bounds, the facts it takes, and a score that explains itself (domain §2.1)."""

from abc import abstractmethod
from dataclasses import MISSING, Field, dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar, Final

from services.kit.errors import FieldError, Invalid, Text
from services.kit.explanation import Input, Step
from services.kit.money import exact, plain, round_half_up

LABEL: Final = "label"
MEANING: Final = "meaning"
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


class Need(StrEnum):
    """An input that a rule requires."""

    TARGET = "target"
    ACTUAL = "actual"
    MANUAL_SCORE = "manual_score"
    PRIOR_RESULTS = "prior_results"
    FEEDBACK = "feedback"


NEED_NAMES: Final = {
    Need.TARGET: Text("目标值", "target"),
    Need.ACTUAL: Text("实绩", "actual"),
    Need.MANUAL_SCORE: Text("上级评分", "manual score"),
    Need.PRIOR_RESULTS: Text("往期总分", "earlier results"),
    Need.FEEDBACK: Text("360 度评价", "360 feedback"),
}


@dataclass(frozen=True)
class Facts:
    """What is known of one item of one form; None or empty where it is missing.

    ``target`` and ``actual`` are in the indicator's unit, ``manual_scores`` on the rule's own scale, ``prior_totals``
    and ``feedback`` in points. ``inputs`` names the stored records behind them, for the explanation.
    """

    target: Decimal | None = None
    actual: Fraction | None = None
    manual_scores: tuple[Decimal, ...] = ()
    prior_totals: tuple[Decimal, ...] = ()
    feedback: Fraction | None = None
    inputs: tuple[Input, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Raw:
    """A score before its bounds: the exact value, and the formula with the numbers put in."""

    value: Fraction
    formula: str


def described(label: Text, description: Text, *examples: object) -> dict[str, object]:
    """The metadata of a parameter: its name and meaning in both languages, and examples as the API takes them."""
    return {
        "title": label.en,
        "description": description.en,
        "examples": list(examples),
        "json_schema_extra": {"x-description-zh": description.zh},
        LABEL: label,
        MEANING: description,
    }


def _show_example(schema: dict[str, Any], rule: "type[ScoringRule]") -> None:
    """Complete the JSON schema of a rule, made from its dataclass, with its kind and an example of the whole."""
    schema |= {"x-description-zh": rule.label.zh, "examples": [rule.example()]}
    schema["properties"]["kind"] |= {"description": "Kind of rule.", "examples": [rule.name()]}


@dataclass(frozen=True, kw_only=True)
class ScoringRule:
    """Bounds and rounding, common to all rules: clamp to [floor, cap], then round half up to 2 places.

    A rule is one frozen dataclass: ``kind``, ``label``, its parameters with their words, what it needs, and ``raw``.
    Everything else (the API's schema, parsing, the list of rules, the goals asked for) is read off it.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "json_schema_extra": _show_example}
    label: ClassVar[Text]

    kind: str
    floor: Decimal = field(
        default=Decimal(0),
        metadata=described(
            Text("下限", "lower limit"),
            Text("得分不低于此值，单位：分", "Lowest score of the item, in points."),
            "0",
        ),
    )
    cap: Decimal = field(
        default=Decimal(100),
        metadata=described(
            Text("上限", "upper limit"),
            Text("得分不高于此值，单位：分，至多 120", "Highest score of the item, in points, up to 120."),
            "100",
        ),
    )

    def __post_init__(self) -> None:
        """Raises RuleMisshapen if the bounds are reversed or outside 0 to 120."""
        exact(self.floor, pointer="/floor")
        exact(self.cap, pointer="/cap")
        self.demand(
            Decimal(0) <= self.floor < self.cap <= Decimal(120),
            "cap",
            f"[{self.floor}, {self.cap}]",
            Text("0 ≤ 下限（floor）< 上限（cap）≤ 120", "0 <= floor < cap <= 120"),
        )

    @classmethod
    def name(cls) -> str:
        """The rule's kind."""
        return next(str(each.default) for each in fields(cls) if each.name == "kind")

    @classmethod
    def parameters(cls) -> list[Field[Any]]:
        """The parameters with their words, those of the rule itself before its bounds."""
        named = [each for each in fields(cls) if each.name != "kind"]
        return sorted(named, key=lambda each: each.name in {"floor", "cap"})

    @classmethod
    def example(cls) -> dict[str, object]:
        """The rule as the API takes it, with the first example of each parameter that must be given."""
        required = (each for each in cls.parameters() if each.default is MISSING)
        return {"kind": cls.name(), **{each.name: each.metadata["examples"][0] for each in required}}

    @property
    @abstractmethod
    def needs(self) -> frozenset[Need]:
        """What has to be known before an item can be scored by this rule."""

    @property
    def gives_ratio(self) -> bool:
        """Whether the rule states the achieved ratio, so that its item counts in attainment."""
        return False

    @property
    def divides_by_target(self) -> bool:
        """Whether a target of 0 cannot be scored."""
        return self.gives_ratio

    def demand(self, holds: bool, parameter: str, found: object, expected: Text) -> None:  # noqa: FBT001 - a condition
        """Refuse a parameter unless the condition holds.

        Raises:
            RuleMisshapen: naming the parameter, what was found and what is expected.
        """
        if not holds:
            shortened = str(found)[:80]
            fault = FieldError(f"/{parameter}", shortened, expected)
            name = next(each.metadata[LABEL] for each in fields(self) if each.name == parameter)
            raise RuleMisshapen(rule=self.label, parameter=name, field=parameter, found=shortened, field_errors=[fault])

    def check_target(self, target: Decimal, *, pointer: str) -> None:
        """Refuse a target that this rule cannot be scored against.

        Raises:
            TargetUnusable: the rule divides by it and it is 0.
        """
        if self.divides_by_target and target == 0:
            expected = Text("不为 0 的数", "a number other than 0")
            raise TargetUnusable(
                rule=self.label, found=plain(target), field_errors=[FieldError(pointer, plain(target), expected)]
            )

    @abstractmethod
    def raw(self, facts: Facts) -> Raw:
        """The score before bounds and rounding. Only for facts that are complete."""

    def ratio(self, facts: Facts, raw: Raw) -> Raw | None:
        """The achieved ratio in percent, uncapped, apart from the score; ``raw`` is what the score was computed as."""
        return None

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
