"""Actuals compared with targets, over several forms: the points of a trend and the lines of a scorecard (APR-20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.appraisal.library.domain.attainment import Unattained, unattained
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.indicators.rule import Facts
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.reports.domain.unit_rows import LEAST_SHOWN
from services.kit.errors import Text
from services.kit.money import round_half_up
from services.kit.periods import Period

SHOWN_PLACES: Final = 4
PERSPECTIVES: Final = {
    "financial": Text("财务", "Financial"),
    "customer": Text("客户", "Customer"),
    "process": Text("内部流程", "Internal process"),
    "growth": Text("学习与成长", "Learning and growth"),
    "performance": Text("业绩", "Performance"),
    "ability": Text("能力", "Ability"),
    "attitude": Text("态度", "Attitude"),
}
"""The perspectives of the balanced scorecard first, in their usual order."""


@dataclass(frozen=True)
class Tally:
    """What was measured of one indicator in one cycle, over forms of one kind.

    ``actual``: the sum or, where the indicator is not one that is summed, the mean over the forms measured.
    ``compared_…`` are the same over forms with an actual and a target; None where there is none. ``weight``: in percent
    of the total, summed over the forms.
    """

    cycle_id: UUID
    indicator: str
    forms: int
    measured: int
    compared: int
    weight: Decimal
    actual: Fraction | None
    compared_actual: Fraction | None
    compared_target: Fraction | None


@dataclass(frozen=True)
class Comparison:
    """A tally for people: four places at most, attainment in percent to two. ``hidden``: too few people.

    ``unattained``: why there is no attainment.
    """

    forms: int
    measured: int
    actual: Decimal | None
    target: Decimal | None
    attainment: Decimal | None
    hidden: bool = False
    unattained: Unattained | None = None


@dataclass(frozen=True)
class TrendPoint:
    """One cycle of a trend."""

    cycle_id: UUID
    code: str
    name: str
    period: Period
    value: Comparison


@dataclass(frozen=True)
class CardLine:
    """One indicator of a scorecard. ``weight``: in percent, see ``weights_of``."""

    indicator: str
    name: Text
    unit: Text
    weight: Decimal
    value: Comparison


@dataclass(frozen=True)
class Perspective:
    """Indicators of one dimension; the attainment is their mean by weight, of those that have one."""

    dimension: str
    name: Text
    weight: Decimal
    attainment: Decimal | None
    lines: Sequence[CardLine]


def compare(tally: Tally, rule: Rule, kind: SubjectKind) -> Comparison:
    """The actual against the target, by the rule where it gives a ratio; of fewer than three people nothing."""
    if kind is SubjectKind.EMPLOYEE and tally.forms < LEAST_SHOWN:
        return Comparison(tally.forms, 0, None, None, None, hidden=True, unattained=Unattained.TOO_FEW)
    return Comparison(
        tally.forms,
        tally.measured,
        _shown(tally.actual),
        _shown(tally.compared_target),
        _attainment(tally, rule),
        unattained=_unattained(tally, rule),
    )


def _unattained(tally: Tally, rule: Rule) -> Unattained | None:
    if tally.measured and not tally.compared:  # some have an actual, but none of these a target
        return unattained(rule, actual=tally.actual, target=None)
    return unattained(rule, actual=tally.compared_actual, target=tally.compared_target)


def _attainment(tally: Tally, rule: Rule) -> Decimal | None:
    actual, target = tally.compared_actual, tally.compared_target
    if actual is None or not target or not rule.gives_ratio:
        return None
    exact = Decimal(target.numerator) / Decimal(target.denominator)
    return round_half_up(rule.raw(Facts(target=exact, actual=actual)).value)


def _shown(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    rounded = round_half_up(value, SHOWN_PLACES)
    whole = rounded == rounded.to_integral_value()
    return rounded.quantize(Decimal(1)) if whole else rounded.normalize()


def perspectives(lines: Sequence[tuple[str, CardLine]]) -> list[Perspective]:
    """Lines by their dimension: the known ones in their order, then others as the library names them."""
    order = list(PERSPECTIVES)
    found = sorted({dimension for dimension, _ in lines}, key=lambda each: (_place(order, each), each))
    return [_perspective(each, [line for dimension, line in lines if dimension == each]) for each in found]


def _place(order: Sequence[str], dimension: str) -> int:
    return order.index(dimension) if dimension in order else len(order)


def _perspective(dimension: str, lines: Sequence[CardLine]) -> Perspective:
    name = PERSPECTIVES.get(dimension, Text(dimension, dimension))
    return Perspective(dimension, name, sum((line.weight for line in lines), Decimal(0)), attainment_of(lines), lines)


def attainment_of(lines: Sequence[CardLine]) -> Decimal | None:
    """The mean of the attainments by weight, to two places; None where no line has one."""
    known = [(line.weight, line.value.attainment) for line in lines if line.value.attainment is not None]
    weight = sum((Fraction(each) for each, _ in known), Fraction(0))
    if not weight:
        return None
    return round_half_up(sum((Fraction(w) * Fraction(value) for w, value in known), Fraction(0)) / weight)


def weights_of(tallies: Sequence[Tally], kind: SubjectKind) -> dict[str, Decimal]:
    """The weights in percent by indicator (APR-20): those of the unit's own form; over people's forms, whose positions
    measure different things, the share of each in the weights of all, which sum to 100."""
    if kind is SubjectKind.UNIT:
        return {each.indicator: each.weight / each.forms for each in tallies}
    total = sum((each.weight for each in tallies), Decimal(0))
    return {each.indicator: each.weight * 100 / total for each in tallies}


def shown_weight(weight: Decimal) -> Decimal:
    """A weight in percent as people read it, to two places at most."""
    rounded = round_half_up(weight)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded
