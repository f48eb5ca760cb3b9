"""Sharing a team pool out: members weigh by base × grade × days, the parts sum to the pool exactly (INC-05, §3.2)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.incentive.calculation.domain.calculation_input import CalculationInput
from services.incentive.calculation.domain.narration import base_step, shown
from services.incentive.calculation.domain.segment import Segment, segments
from services.incentive.claims.domain.claim import Claim, Source
from services.incentive.currencies import YUAN
from services.incentive.plans.domain.coefficients import UnitTerms
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.rules.team_pool import TeamPool
from services.kit.errors import Conflict, FieldError, Invalid, Text, joined
from services.kit.explanation import Input, Step
from services.kit.identity import Role
from services.kit.money import allocate, plain, round_half_up
from services.kit.periods import Period
from services.kit.release import release_workflow

KIND: Final = "team_pool"
MOST_NAMED: Final = 20
MAX_ATTAINMENT: Final = Decimal(100000)

POOL: Final = release_workflow("team_pool", Text("团队奖金池", "team pool"), [Role.FINANCE])


class PoolNotReached(Invalid):
    """The unit's attainment does not release a pool, or there is no profit to share."""

    code = "pool_not_reached"
    zh = "该单元未达到团队奖金池的发放条件，请核对下列数据。"
    en = "The unit's figures release no team pool; check the following."


class MembersIncomplete(Conflict):
    """The pool cannot be shared out while a member's weight is unknown."""

    code = "members_incomplete"
    zh = "以下成员缺少年度考核等级、等级系数或以人民币计的薪酬档案，团队奖金池暂不能分配：{who}。请补齐后重新分配。"
    en = (
        "These members lack an annual grade, a coefficient for it or a pay profile in yuan: {who}. Supply it and share "
        "out again."
    )


class NobodyWeighs(Conflict):
    """No member has a weight above nothing."""

    code = "nobody_weighs"
    zh = "该单元本年度没有可参与分配的成员，团队奖金池不能分配。"
    en = "Nobody in the unit has a weight above 0 for the year, so the pool cannot be shared out."


@dataclass(frozen=True)
class Figures:
    """What finance entered for a unit and year: attainment in percent, profit in yuan, two places each."""

    id: UUID
    unit_id: UUID
    unit_code: str
    unit_name: Text
    year: int
    attainment: Decimal
    profit: Decimal

    @property
    def occasion(self) -> str:
        """The occasion of its claims: one per unit and year, whatever is corrected."""
        return f"{self.year}/{self.unit_code}"[:64]


@dataclass(frozen=True)
class Part:
    """A member with weight and part, and why."""

    person: CalculationInput
    weight: Fraction
    amount: Decimal
    cost_centre: str
    explanation: Step


def check_reached(rule: TeamPool, attainment: Decimal, profit: Decimal) -> None:
    """Refuses figures that release no pool.

    Raises:
        PoolNotReached.
    """
    faults = []
    if attainment <= rule.attainment:
        above = plain(rule.attainment)
        faults.append(FieldError("/attainment", plain(attainment), Text(f"高于 {above}%", f"above {above} %")))
    if attainment > MAX_ATTAINMENT:
        faults.append(FieldError("/attainment", plain(attainment), Text("不超过 100000%", "at most 100000 %")))
    if profit <= 0:
        faults.append(FieldError("/profit", plain(profit), Text("大于 0", "more than 0")))
    if faults:
        raise PoolNotReached(field_errors=faults)


def pool_amount(rule: TeamPool, profit: Decimal) -> Decimal:
    """The pool: the share of the profit, rounded half up to the fen once."""
    return round_half_up(Fraction(profit) * Fraction(rule.share) / 100)


def share_out(
    figures: Figures, plan: PlanVersion, rule: TeamPool, people: Sequence[CalculationInput], units: Collection[str]
) -> list[Part]:
    """The parts of the members by employee number; ``units`` are the ids of the unit and those below it.

    Raises:
        MembersIncomplete, NobodyWeighs.
    """
    earning = _earning(figures, plan, rule, people, units)
    lacking = [person for person, parts in earning if not _is_complete(person, parts, rule)]
    if lacking:
        names = (Text(f"{each.name}（{each.number}）", f"{each.name} ({each.number})") for each in lacking[:MOST_NAMED])
        raise MembersIncomplete(who=joined(names))
    weights = [_weight(person, parts, rule) for person, parts in earning]
    whole = sum(weights, Fraction(0))
    if not whole:
        raise NobodyWeighs
    pool = pool_amount(rule, figures.profit)
    shared = zip(earning, weights, allocate(pool, weights), strict=True)
    return [
        Part(
            person,
            weight,
            amount,
            _centre(parts),
            _step(figures, plan, rule, person, parts, (pool, weight, whole, amount)),
        )
        for (person, parts), weight, amount in shared
    ]


def _earning(
    figures: Figures, plan: PlanVersion, rule: TeamPool, people: Sequence[CalculationInput], units: Collection[str]
) -> list[tuple[CalculationInput, list[Segment]]]:
    """Who has days in the unit that earn, by employee number, with these days."""
    period = Period(date(figures.year, 1, 1), date(figures.year + 1, 1, 1))
    terms = UnitTerms(period, Decimal(1), rule.grade_coefficients, Input(Text("", ""), "1"))
    found = []
    for person in sorted(people, key=lambda each: each.number):
        days = segments(person, period, plan.policy.eligibility, lambda _: (terms,))
        own = [part for part in days if part.unit_id in units and part.ineligibility is None]
        if own:
            found.append((person, own))
    return found


def claims_of(figures: Figures, parts: Sequence[Part], due_on: date, version: str) -> list[Claim]:
    """What each member is owed from ``due_on``."""
    source = Source("team_pool", figures.id, version)
    return [
        Claim(
            employee_id=UUID(part.person.employee_id),
            kind=KIND,
            occasion=figures.occasion,
            currency=YUAN,
            amount=part.amount,
            costs=((part.cost_centre, part.amount),) if part.amount else (),
            due_on=due_on,
            source=source,
            explanation=part.explanation,
        )
        for part in parts
    ]


def _is_complete(person: CalculationInput, parts: Sequence[Segment], rule: TeamPool) -> bool:
    known = person.result is not None and person.result.grade in rule.grade_coefficients
    return known and all(part.profile is not None and part.profile.terms.currency == YUAN for part in parts)


def _weight(person: CalculationInput, parts: Sequence[Segment], rule: TeamPool) -> Fraction:
    return sum((_worth(person, part, rule) for part in parts), Fraction(0))


def _worth(person: CalculationInput, part: Segment, rule: TeamPool) -> Fraction:
    if part.profile is None or person.result is None:
        return Fraction(0)
    return part.profile.terms.base * Fraction(rule.grade_coefficients[person.result.grade]) * part.period.days


def _centre(parts: Sequence[Segment]) -> str:
    """The cost centre of the last days in the unit bears the share."""
    return next(part.profile.terms.cost_centre for part in reversed(parts) if part.profile is not None)


Sums = tuple[Decimal, Fraction, Fraction, Decimal]
"""The pool, the own weight, that of all, and the part."""


def _step(
    figures: Figures,
    plan: PlanVersion,
    rule: TeamPool,
    person: CalculationInput,
    parts: Sequence[Segment],
    sums: Sums,
) -> Step:
    pool, weight, whole, amount = sums
    label = Text(
        f"{figures.unit_name.zh} {figures.year} 年度团队奖金池中本人的份额",
        f"own share of the team pool of {figures.unit_name.en}, {figures.year}",
    )
    source = f"team_pool:{figures.id}"
    share = plain(rule.share.normalize())
    inputs = (
        Input(Text("单元年度达成率", "attainment of the unit"), f"{plain(figures.attainment)} %", source),
        Input(Text("须高于", "which must be above"), f"{plain(rule.attainment.normalize())} %", plan.source),
        Input(
            Text("各份截至分，余下的分依次归余数最大者", "cut to the cent, the rest to the largest remainders"), "0.01"
        ),
    )
    of_profit = Step(
        "pool",
        Text(f"奖金池：年度利润的 {share}%", f"the pool: {share} % of the year's profit"),
        f"{plain(figures.profit)} × {share} %",
        plain(pool),
        (Input(Text("单元年度利润", "profit of the unit"), plain(figures.profit), source),),
    )
    own = tuple(_weight_step(person, part, rule, plan) for part in parts)
    formula = f"{plain(pool)} × {shown(weight)} / {shown(whole)}"
    return Step("pool_share", label, formula, plain(amount), inputs, (of_profit, *own))


def _weight_step(person: CalculationInput, part: Segment, rule: TeamPool, plan: PlanVersion) -> Step:
    first, last, days = part.period.start, part.period.last, part.period.days
    label = Text(
        f"本人权重：{first} 至 {last}，奖金基数 × 等级系数 × 天数",
        f"own weight: {first} to {last}, monthly base × grade coefficient × days",
    )
    if part.profile is None or person.result is None:
        return Step("pool_weight", label, "0", "0.00")
    grade = person.result.grade
    coefficient = plain(rule.grade_coefficients[grade])
    inputs = (
        Input(Text("年度考核等级", "annual grade"), grade, person.result.source),
        Input(Text(f"等级系数（{grade}）", f"coefficient (grade {grade})"), coefficient, plan.source),
    )
    base = base_step(part.profile)
    symbols = f"({base.formula})" if base.value.startswith("≈") else base.value
    worth = _worth(person, part, rule)
    return Step("pool_weight", label, f"{symbols} × {coefficient} × {days}", shown(worth), inputs, (base,))
