"""The factors by which a bonus rule multiplies base and time, each with what to cite for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.incentive.plans.domain.coefficients import UnitTerms
from services.kit.errors import FieldError, Invalid, Text
from services.kit.explanation import Input
from services.kit.money import plain

MAX_MONTHS = Decimal(36)


class MonthsOutOfRange(Invalid):
    """A rule multiplies the monthly base by a number of months that no plan can mean."""

    code = "months_out_of_range"
    zh = "奖金月数 {found} 超出范围，须大于 0、不超过 36。"
    en = "{found} months are out of range; give more than 0 and at most 36."


@dataclass(frozen=True)
class Factors:
    """What a segment's base and share of time are multiplied by. ``symbols`` are the numbers as people write them."""

    product: Fraction
    symbols: str
    inputs: tuple[Input, ...]

    @classmethod
    def of(cls, inputs: Sequence[Input]) -> "Factors":
        """The factors whose values ``inputs`` hold, in their order."""
        product = Fraction(1)
        for item in inputs:
            product *= Fraction(item.value)
        return cls(product, " × ".join(item.value for item in inputs), tuple(inputs))


def grade_input(grade: str, terms: UnitTerms, plan: str) -> Input:
    """The coefficient of the person's grade (KeyError if the policy has none for it)."""
    name = Text(f"个人系数（等级 {grade}）", f"personal coefficient (grade {grade})")
    return Input(name, plain(terms.grade_coefficients[grade]), plan)


def check_months(months: Decimal) -> None:
    """Raises MonthsOutOfRange unless 0 < months <= 36."""
    if not 0 < months <= MAX_MONTHS:
        expected = Text("大于 0、不超过 36", "greater than 0 and at most 36")
        found = plain(months) if months.is_finite() else str(months)
        raise MonthsOutOfRange(found=found, field_errors=[FieldError("/rule/months", found, expected)])
