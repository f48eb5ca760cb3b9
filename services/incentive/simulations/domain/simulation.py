"""The result of a run with other coefficients, grades or budgets, beside the actual one (INC-14).

The same pure calculation on changed inputs: nothing here or above it writes anything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from services.incentive.calculation.domain.calculation_input import CalculationInput
from services.incentive.calculation.domain.line import Exclusion, Line
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.unit import Unit
from services.kit.errors import Conflict, FieldError, Invalid, Text

NO_GRADE: Final = "—"
NOTHING: Final = Decimal("0.00")


class ScaleIncomplete(Invalid):
    """A grade scale says of every total which grade it is."""

    code = "scale_incomplete"
    zh = "等级分数线须包含一个起点为 0 的等级，且分数线各不相同。"
    en = "A grade scale needs one grade that starts at 0, and no two grades may start at the same total."


class GradeUnknown(Invalid):
    """A figure for a grade that the plan does not have changes nothing, so it is a slip."""

    code = "grade_unknown"
    zh = "试算中有方案里没有的等级，请按下列提示修改。"
    en = "The simulation names a grade that the plan does not have; correct it as follows."


class NothingToSimulate(Conflict):
    """A run of claims pays what was approved; no figure of a plan changes that."""

    code = "nothing_to_simulate"
    zh = "该核算发放的是逐项批准的款项，不按系数计算，无法试算。"
    en = "This run pays claims approved case by case, without coefficients, so nothing can be simulated."


@dataclass(frozen=True)
class Changes:
    """What is other than it was; None, or left out: as it was, grades and units of a table among it.

    ``grade_scale`` gives the lowest total that earns each grade, ``grades`` gives individual people another grade by
    number; ``budgets`` are amounts by currency with which the result is compared.
    """

    grade_coefficients: Mapping[str, Decimal] | None = None
    unit_coefficients: Mapping[str, Decimal] | None = None
    company_coefficient: Decimal | None = None
    grade_scale: Mapping[str, Decimal] | None = None
    grades: Mapping[str, str] = field(default_factory=dict)
    budgets: Mapping[str, Decimal] = field(default_factory=dict)

    def check(self, policy: Policy) -> None:
        """Refuse what the plan with this policy cannot be calculated with.

        Raises:
            ScaleIncomplete, GradeUnknown.
        """
        field_errors = list(self._unknown(policy))
        if field_errors:
            raise GradeUnknown(field_errors=field_errors)
        starts = None if self.grade_scale is None else list(self.grade_scale.values())
        if starts is not None and (0 not in starts or len(set(starts)) < len(starts)):
            expected = Text(
                "其中一个等级从 0 开始，分数线各不相同", "one grade that starts at 0, each grade at a different total"
            )
            raise ScaleIncomplete(field_errors=[FieldError("/grade_scale", None, expected)])

    def _unknown(self, policy: Policy) -> Iterator[FieldError]:
        """Grades that neither the plan nor the simulated scale has."""
        known = {*policy.grade_coefficients, *(self.grade_scale or {})}
        of_units = set(policy.unit_coefficients)
        named = [("/grade_coefficients", grade, known) for grade in self.grade_coefficients or {}]
        named += [("/unit_coefficients", grade, of_units) for grade in self.unit_coefficients or {}]
        named += [(f"/grades/{number[:40]}", grade, known) for number, grade in self.grades.items()]
        for pointer, grade, these in named:
            if grade not in these:
                listed = Text("、".join(sorted(these)) or "无", ", ".join(sorted(these)) or "none")
                yield FieldError(
                    pointer, grade, Text(f"方案中的等级：{listed.zh}", f"a grade of the plan: {listed.en}")
                )

    def plan(self, plan: PlanVersion) -> PlanVersion:
        """The plan with the other figures.

        Raises:
            PolicyNotAcceptable: a figure is out of range.
        """
        policy = plan.policy
        grades = {**policy.grade_coefficients, **(self.grade_coefficients or {})}
        units = {**policy.unit_coefficients, **(self.unit_coefficients or {})}
        company = policy.company_coefficient if self.company_coefficient is None else self.company_coefficient
        changed = replace(policy, grade_coefficients=grades, unit_coefficients=units, company_coefficient=company)
        return replace(plan, policy=changed)

    def person(self, person: CalculationInput) -> CalculationInput:
        """A person with the other grade."""
        if person.result is None:
            return person
        grade = self.grades.get(person.number) or self._scaled(Decimal(person.result.total)) or person.result.grade
        return person if grade == person.result.grade else replace(person, result=replace(person.result, grade=grade))

    def _scaled(self, total: Decimal) -> str | None:
        if self.grade_scale is None:
            return None
        best_first = sorted(self.grade_scale.items(), key=lambda each: each[1], reverse=True)
        return next(grade for grade, least in best_first if total >= least)


@dataclass
class Side:
    """How many people get something, and how much altogether (two places)."""

    people: int = 0
    amount: Decimal = NOTHING


@dataclass
class Comparison:
    """One group: as it was, and as it would be."""

    actual: Side = field(default_factory=Side)
    simulated: Side = field(default_factory=Side)

    @property
    def difference(self) -> Decimal:
        """Increase over the actual result."""
        return self.simulated.amount - self.actual.amount


Outcome = list[Line] | Exclusion
GroupKey = tuple[str, str]
"""A unit's id or a grade, and the currency."""


@dataclass
class Simulated:
    """The sums over all people, by currency, by unit and by grade; and who would get no line."""

    totals: dict[str, Comparison] = field(default_factory=dict)
    units: dict[GroupKey, Comparison] = field(default_factory=dict)
    grades: dict[GroupKey, Comparison] = field(default_factory=dict)
    spent: dict[GroupKey, Decimal] = field(default_factory=dict)
    """What the run would take of budgets, by unit: of what is due, that which is not posted yet."""
    excluded: int = 0

    def add(self, actual: Outcome, simulated: Outcome) -> None:
        """Count one person."""
        self.excluded += isinstance(simulated, Exclusion)
        for line in () if isinstance(simulated, Exclusion) else simulated:
            key = (line.unit_id, line.currency)
            self.spent[key] = self.spent.get(key, NOTHING) + line.amount
        for side, outcome in (("actual", actual), ("simulated", simulated)):
            for line in () if isinstance(outcome, Exclusion) else outcome:
                for group in self._groups(line):
                    found: Side = getattr(group, side)
                    found.people += line.due > 0
                    found.amount += line.due

    def _groups(self, line: Line) -> Iterator[Comparison]:
        yield self.totals.setdefault(line.currency, Comparison())
        yield self.units.setdefault((line.unit_id, line.currency), Comparison())
        yield self.grades.setdefault((line.grade or NO_GRADE, line.currency), Comparison())


@dataclass(frozen=True)
class Group:
    """A row of the outcome; ``id`` of a unit."""

    key: str
    name: Text
    currency: str
    comparison: Comparison
    id: str | None = None


def by_unit(simulated: Simulated, units: Mapping[str, Unit]) -> list[Group]:
    """Units by code and currency."""
    ordered = sorted(simulated.units.items(), key=lambda each: (units[each[0][0]].code, each[0][1]))
    return [
        Group(units[unit_id].code, Text(units[unit_id].name, units[unit_id].name_en), currency, comparison, unit_id)
        for (unit_id, currency), comparison in ordered
    ]


def by_grade(simulated: Simulated, order: Sequence[str]) -> list[Group]:
    """Grades as in ``order``, others after them."""
    ranks = {grade: place for place, grade in enumerate(order)}

    def rank(key: GroupKey) -> tuple[int, str, str]:
        return ranks.get(key[0], len(ranks)), *key

    keys: Iterable[GroupKey] = sorted(simulated.grades, key=rank)
    return [Group(grade, Text(grade, grade), currency, simulated.grades[grade, currency]) for grade, currency in keys]
