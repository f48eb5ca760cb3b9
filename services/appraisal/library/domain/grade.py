"""Grades S, A, B, C, D: from the rounded total by cut-offs, limited by a veto."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from services.kit.errors import FieldError, Invalid, Text, joined
from services.kit.explanation import Step
from services.kit.money import exact, plain


class GradeScaleBroken(Invalid):
    """Cut-offs do not fall from S to C."""

    code = "grade_scale_broken"
    zh = "等级分数线须从 S 到 C 逐级降低，现为 {found}。"
    en = "The cut-offs must decrease from S to C; they are {found}."


class Grade(StrEnum):
    """The grades, best first."""

    S = "S"
    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def rank(self) -> int:
        """0 for the best."""
        return list(Grade).index(self)

    def at_most(self, limit: "Grade | None") -> "Grade":
        """This grade, or the limit where that is worse."""
        return self if limit is None or self.rank >= limit.rank else limit


GRADE_NAMES: Final = {each: Text(each.value, each.value) for each in Grade}


@dataclass(frozen=True)
class GradeScale:
    """The lowest total of each grade; below C's it is D. Totals are in points, rounded to 2 places."""

    s: Decimal = Decimal(95)
    a: Decimal = Decimal(85)
    b: Decimal = Decimal(70)
    c: Decimal = Decimal(60)

    def __post_init__(self) -> None:
        """Raises GradeScaleBroken unless the cut-offs fall strictly."""
        for name, value in self.cutoffs:
            exact(value, pointer=f"/grades/{name.lower()}")
        if any(left[1] <= right[1] for left, right in pairwise(self.cutoffs)):
            found = joined(f"{grade.value} {plain(value)}" for grade, value in self.cutoffs)
            expected = Text("例如 S 95、A 85、B 70、C 60", "for example S 95, A 85, B 70, C 60")
            raise GradeScaleBroken(found=found, field_errors=[FieldError("/grades", found.en, expected)])

    @property
    def cutoffs(self) -> tuple[tuple[Grade, Decimal], ...]:
        """Grades from the best with their lowest total."""
        return ((Grade.S, self.s), (Grade.A, self.a), (Grade.B, self.b), (Grade.C, self.c))

    def of(self, total: Decimal) -> Grade:
        """The grade of a rounded total."""
        return next((grade for grade, lowest in self.cutoffs if total >= lowest), Grade.D)

    def explain(self, total: Decimal) -> Step:
        """The grade of a rounded total, with the cut-off that decided."""
        grade = self.of(total)
        lowest = dict(self.cutoffs).get(grade)
        formula = f"{plain(total)} < {plain(self.c)}" if lowest is None else f"{plain(total)} ≥ {plain(lowest)}"
        return Step("grade", Text("等级", "Grade"), formula, grade.value)
