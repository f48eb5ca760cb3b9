"""Which coefficients hold for a unit on which days: the policy's, or those of the nearest special unit above."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from services.incentive.plans.domain.policy import Override, Policy
from services.incentive.plans.domain.unit import Unit
from services.kit.errors import Text
from services.kit.explanation import Input
from services.kit.money import plain
from services.kit.periods import Period, cut


@dataclass(frozen=True)
class UnitTerms:
    """The coefficients of a unit over ``period``, with what to cite for the unit's own coefficient."""

    period: Period
    coefficient: Decimal
    grade_coefficients: Mapping[str, Decimal]
    because: Input


def unit_terms(unit: Unit, policy: Policy, period: Period, plan: str) -> tuple[UnitTerms, ...]:
    """The unit's coefficients over ``period``, one entry for each span in which they are the same.

    ``plan`` is how explanations cite the plan's version. The nearest special unit upwards wins, figure by figure.
    """
    along = [one for code in reversed(unit.path) for one in policy.overrides if one.unit_code == code]
    starts = [one.period.start for one in along] + [
        one.valid_to + timedelta(days=1) for one in along if one.valid_to is not None
    ]
    return tuple(_terms(unit, policy, part, along, plan) for part in cut(period, starts))


def _terms(unit: Unit, policy: Policy, part: Period, along: list[Override], plan: str) -> UnitTerms:
    now = [one for one in along if one.period.contains(part.start)]
    grades = next((one.grade_coefficients for one in now if one.grade_coefficients is not None), None)
    special = next((one for one in now if one.unit_coefficient is not None), None)
    coefficient, because = _ordinary(unit, policy, plan) if special is None else _special(unit, special, plan)
    return UnitTerms(part, coefficient, policy.grade_coefficients if grades is None else grades, because)


def _ordinary(unit: Unit, policy: Policy, plan: str) -> tuple[Decimal, Input]:
    coefficient = None if unit.result is None else policy.unit_coefficients.get(unit.result.grade)
    if unit.result is None or coefficient is None:
        value = policy.unit_without_result
        name = Text(
            f"部门系数（{unit.name}，本期没有部门考核等级，按奖金方案取值）",
            f"unit coefficient ({unit.name_en}, without a unit grade, by the plan)",
        )
        return value, Input(name, plain(value), plan)
    grade = unit.result.grade
    name = Text(f"部门系数（{unit.name}，等级 {grade}）", f"unit coefficient ({unit.name_en}, grade {grade})")
    return coefficient, Input(name, plain(coefficient), unit.result.source)


def _special(unit: Unit, override: Override, plan: str) -> tuple[Decimal, Input]:
    value = override.unit_coefficient or Decimal(0)
    name = Text(
        f"部门系数（{unit.name}，特殊业务单元，备案号 {override.filing}）",
        f"unit coefficient ({unit.name_en}, special unit, filing {override.filing})",
    )
    return value, Input(name, plain(value), plan)
