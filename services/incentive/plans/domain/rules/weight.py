"""What bonus rules share: what a rule goes by, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, Protocol

from services.incentive.plans.domain.coefficients import UnitTerms
from services.incentive.plans.domain.policy import Policy
from services.kit.errors import FieldError, Invalid, Text
from services.kit.explanation import Input
from services.kit.money import plain

MAX_MONTHS = Decimal(36)


class MonthsOutOfRange(Invalid):
    """A rule multiplies the monthly base by a number of months that no plan can mean."""

    code = "months_out_of_range"
    zh = "奖金月数 {found} 超出范围，须大于 0、不超过 36。"
    en = "{found} months is out of range; give more than 0 and at most 36."


class Need(StrEnum):
    """What a rule calculates from; a run does not ask for what its rule does not need."""

    GRADES = "grades"
    MONTHLY_BASE = "monthly_base"
    CLAIMS = "claims"


@dataclass(frozen=True)
class Stretch:
    """Days that share everything that a rule goes by, apart from the person's pay.

    ``grade`` is the person's, None unless the rule needs grades; ``days`` of the ``period_days`` of the period;
    ``plan`` is how explanations cite the plan's version.
    """

    grade: str | None
    days: int
    period_days: int
    unit: UnitTerms
    policy: Policy
    plan: str

    @property
    def share(self) -> Fraction:
        """The share of the period."""
        return Fraction(self.days, self.period_days)


@dataclass(frozen=True)
class Weight:
    """What a stretch earns: ``product`` × the monthly base if the rule needs the base, else ``product`` in money.

    ``symbols`` is the product as people write it, ``inputs`` what to cite for its numbers; ``target`` is the product
    at coefficients of 1, from which a plan's cap may follow.
    """

    product: Fraction
    target: Fraction
    symbols: str
    inputs: tuple[Input, ...]


class BonusRule(Protocol):
    """A kind of bonus: one frozen dataclass in a file of its own, named in the union in ``rules/__init__.py``."""

    label: ClassVar[Text]
    """What the bonus is called."""
    period_marks: ClassVar[tuple[str, ...]]
    """The sorts of period that it pays, by the sign after the year: Q a quarter, H a half, '' a year."""
    needs: ClassVar[frozenset[Need]]

    @property
    def kind(self) -> str:
        """The name by which plans choose the rule."""


class WeighingRule(BonusRule, Protocol):
    """A rule that weighs the days of a period."""

    def has_figure_for(self, grade: str, unit: UnitTerms) -> bool:
        """Whether plan and rule give a coefficient for the grade; people with another grade get no line, with that
        reason.
        """

    def weigh(self, stretch: Stretch) -> Weight:
        """What the days earn, with how it is explained."""


def grade_coefficient(stretch: Stretch) -> Input:
    """The coefficient of the person's grade (KeyError where there is none)."""
    grade = stretch.grade or ""
    name = Text(f"个人系数（等级 {grade}）", f"personal coefficient (grade {grade})")
    return Input(name, plain(stretch.unit.grade_coefficients[grade]), stretch.plan)


def months_weight(months: Decimal, stretch: Stretch, coefficients: Sequence[Input]) -> Weight:
    """So many monthly bases × the share of the period × coefficients."""
    target = product = Fraction(months) * stretch.share
    for each in coefficients:
        product *= Fraction(each.value)
    time = f"{plain(months)} × {stretch.days}/{stretch.period_days}"
    return Weight(product, target, " × ".join((time, *(each.value for each in coefficients))), tuple(coefficients))


def check_months(months: Decimal) -> None:
    """Raises MonthsOutOfRange unless 0 < months <= 36."""
    if not 0 < months <= MAX_MONTHS:
        expected = Text("大于 0、不超过 36", "greater than 0 and at most 36")
        found = plain(months) if months.is_finite() else str(months)
        raise MonthsOutOfRange(found=found, field_errors=[FieldError("/months", found, expected)])
