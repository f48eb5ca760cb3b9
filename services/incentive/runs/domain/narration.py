"""How a line's calculation is told, in words that an employee understands, in Chinese and English (INC-11)."""

from decimal import Decimal
from fractions import Fraction

from services.incentive.pay.domain.pay_profile import PayProfile
from services.incentive.plans.domain.factor import Factors
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.runs.domain.calculation_input import Dossier, Unit
from services.incentive.runs.domain.segment import Barred
from services.kit.errors import Text
from services.kit.explanation import Input, Step
from services.kit.money import plain, round_half_up
from services.kit.periods import Period

MONEY_PLACES = 2
SHOWN_PLACES = 4
ZERO = "0.00"
BASE = Text("月度奖金基数", "Monthly bonus base")
BASE_SET = Text("档案中设定的月度奖金基数", "monthly base as set in the pay profile")
FIXED_PAY = Text("固定月薪", "fixed monthly pay")
RATIO = Text("固定与浮动之比", "ratio fixed to variable")
PERSONAL_GRADE = Text("个人考核等级", "personal appraisal grade")
BONUS_PLAN = Text("奖金方案", "bonus plan")
NOT_EARNING = {
    Barred.PROBATION: Text("试用期内，不计奖金", "on probation: these days earn nothing"),
    Barred.LEFT: Text("已离职，不计奖金", "after leaving: these days earn nothing"),
}


def shown(value: Fraction) -> str:
    """An intermediate value for the reader: exact where four places suffice, else marked as about (≈).

    For display only; the calculation goes on with ``value`` itself.
    """
    if 10**MONEY_PLACES % value.denominator == 0:
        return plain(round_half_up(value, MONEY_PLACES))
    close = plain(round_half_up(value, SHOWN_PLACES))
    return close if 10**SHOWN_PLACES % value.denominator == 0 else f"≈{close}"


def base_step(profile: PayProfile) -> Step:
    """Where the monthly base comes from."""
    terms, source = profile.terms, f"pay_profile:{profile.id}@{profile.version}"
    if terms.monthly_base is not None:
        base = plain(terms.monthly_base)
        given = Input(BASE_SET, base, source)
        return Step("monthly_base_set", BASE, base, base, (given,))
    fixed = Input(FIXED_PAY, plain(terms.fixed_pay), source)
    ratio = f"{plain(terms.fixed_share)}:{plain(terms.variable_share)}"
    split = Input(RATIO, ratio, source)
    formula = f"{plain(terms.fixed_pay)} × {plain(terms.variable_share)}/{plain(terms.fixed_share)}"
    return Step("monthly_base", BASE, formula, shown(terms.base), (fixed, split))


def days_label(period: Period, unit: Unit) -> Text:
    """The days of a segment and the unit."""
    first, last, days = period.start, period.last, period.days
    return Text(f"{first} 至 {last}，{days} 天，{unit.name}", f"{first} to {last}, {days} days, {unit.name_en}")


def earning_step(label: Text, profile: PayProfile, time: str, factors: Factors, earned: Fraction) -> Step:
    """A segment that earns: base × months × share of the period × coefficients; ``time`` are the two in the middle.

    A base that does not come out even stands in the formula as the division that it is.
    """
    base = base_step(profile)
    symbols = f"({base.formula})" if base.value.startswith("≈") else base.value
    formula = f"{symbols} × {time} × {factors.symbols}"
    return Step("segment", label, formula, shown(earned), factors.inputs, (base,))


def barred_step(label: Text, barred: Barred) -> Step:
    """A segment that earns nothing."""
    why = NOT_EARNING[barred]
    return Step(f"segment_{barred}", Text(f"{label.zh}：{why.zh}", f"{label.en}: {why.en}"), "0", ZERO)


def leaver_step(dossier: Dossier, period: Period) -> Step:
    """Nobody who left before the period's last day earns in it."""
    label = Text(
        f"最后工作日 {dossier.left_on} 早于期末 {period.last}，本期不计奖金",
        f"last day {dossier.left_on} lies before the period's end {period.last}: nothing is earned",
    )
    return Step("leaver", label, "0", ZERO)


def too_few_days_step(days: int, minimum: int, plan: str) -> Step:
    """Fewer eligible days than the plan asks for."""
    label = Text(
        f"计奖天数 {days} 天，少于规定的 {minimum} 天，本期不计奖金",
        f"{days} eligible days, fewer than the required {minimum}: nothing is earned",
    )
    required = Input(Text("最少天数", "minimum days"), str(minimum), plan)
    return Step("too_few_days", label, f"{days} < {minimum}", ZERO, (required,))


def cap_step(earned: Fraction, limit: Fraction, plan: str) -> Step:
    """The plan's upper limit, where it bites."""
    label = Text("按方案封顶", "Limited by the plan's cap")
    given = Input(Text("上限", "limit"), shown(limit), plan)
    return Step("cap", label, f"min({shown(earned)}, {shown(limit)})", shown(limit), (given,))


def line_step(
    plan: PlanVersion, period: str, dossier: Dossier, amount: Decimal, currency: str, steps: list[Step]
) -> Step:
    """The whole line: the sum of its segments, rounded half up to 0.01 once."""
    kind = plan.rule.label
    capped = [step.value for step in steps if step.rule == "cap"]
    sums = capped or [step.value for step in steps if step.rule == "segment"] or [ZERO]
    inputs = [Input(BONUS_PLAN, f"{plan.code} v{plan.version}", plan.source)]
    if dossier.result is not None:
        grade = Input(PERSONAL_GRADE, dossier.result.grade, dossier.result.source)
        inputs.insert(0, grade)
    label = Text(f"{period} {kind.zh}（{currency}）", f"{kind.en} {period} ({currency})")
    formula = f"round({' + '.join(sums)}, 0.01)"
    return Step(plan.rule.kind, label, formula, plain(amount), tuple(inputs), tuple(steps))
