"""How a line's calculation is explained to the employee, in Chinese and English (INC-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from services.incentive.calculation.domain.calculation_input import CalculationInput
from services.incentive.calculation.domain.segment import Ineligibility, Segment
from services.incentive.currencies import YUAN, amount_in_figures, currency_name, places
from services.incentive.explanations.domain.wording import BASE, DIFFERENCE, ROUNDED
from services.incentive.pay.domain.pay_profile import PayProfile
from services.incentive.plans.domain.absences import ABSENCES
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.rules.weight import Weight
from services.incentive.plans.domain.unit import Unit
from services.kit.errors import Text, joined
from services.kit.explanation import Input, Step
from services.kit.money import grouped, plain, rounded_text
from services.kit.periods import Period, period_in_words

_OBJECTION = Text("如有异议，可在奖金单上提出", "you can object on the bonus statement")
SHOWN_PLACES = 4
BASE_SET = Text("薪酬档案核定的月度奖金基数", "monthly base as set in the pay profile")
FIXED_PAY = Text("固定月薪", "fixed monthly pay")
RATIO = Text("固定与浮动薪酬比例", "ratio of fixed to variable pay")
PERSONAL_GRADE = Text("个人考核等级", "personal appraisal grade")


def shown(value: Fraction, currency: str = YUAN) -> str:
    """An intermediate value for the reader: exact where four places suffice, otherwise marked as approximate (≈).

    With the places of its currency if they suffice. For display only; the calculation continues with ``value`` itself.
    """
    for enough in (places(currency), SHOWN_PLACES):
        if 10**enough % value.denominator == 0:
            return rounded_text(value, enough)
    return f"≈{rounded_text(value, SHOWN_PLACES)}"


def zero(currency: str) -> str:
    """Nothing, as an amount in its currency."""
    return shown(Fraction(0), currency)


def base_step(profile: PayProfile) -> Step:
    """Where the monthly base comes from."""
    terms, source = profile.terms, f"pay_profile:{profile.id}@{profile.version}"
    if terms.monthly_base is not None:
        base = amount_in_figures(terms.monthly_base, terms.currency)
        given = Input(BASE_SET, base, source)
        return Step("monthly_base_set", BASE, base, base, (given,))
    pay = amount_in_figures(terms.fixed_pay, terms.currency)
    fixed, variable = plain(terms.fixed_share), plain(terms.variable_share)
    inputs = (Input(FIXED_PAY, pay, source), Input(RATIO, f"{fixed}:{variable}", source))
    return Step("monthly_base", BASE, f"{pay} × {variable}/{fixed}", shown(terms.base, terms.currency), inputs)


def days_label(period: Period, unit: Unit) -> Text:
    """The days of a segment and the unit."""
    first, last, days = period.start, period.last, period.days
    return Text(f"{first} 至 {last}，{days} 天，{unit.name}", f"{first} to {last}, {days} days, {unit.name_en}")


def _without_worth(label: Text, weight: Weight) -> Text:
    """The label of a segment that earns nothing because a coefficient is 0; as it is, where none is."""
    zero = next((item.name for item in weight.inputs if not Fraction(item.value)), None)
    if zero is None:
        return label
    return Text(f"{label.zh}：{zero.zh}为 0，本段奖金为 0", f"{label.en}: the {zero.en} is 0, so these days earn 0")


def earning_step(label: Text, profile: PayProfile | None, weight: Weight, earned: Fraction, currency: str) -> Step:
    """A segment that earns what its rule says, times the monthly base of ``profile`` if the rule needs it.

    A base that is not a finite decimal appears in the formula as the division that it is.
    """
    if not earned:
        label = _without_worth(label, weight)
    if profile is None:
        return Step("segment", label, weight.symbols, shown(earned, currency), weight.inputs)
    base = base_step(profile)
    symbols = f"({base.formula})" if base.value.startswith("≈") else base.value
    return Step("segment", label, f"{symbols} × {weight.symbols}", shown(earned, currency), weight.inputs, (base,))


def ineligible_step(label: Text, part: Segment, person: CalculationInput, currency: str) -> Step:
    """A segment that earns nothing, and until or from when."""
    inputs: tuple[Input, ...] = ()
    if part.absence is not None:
        name, days = ABSENCES[part.absence.kind], part.absence.period
        until = Text("", "") if days.last is None else Text(f" 至 {days.last}", f" to {days.last}")
        why = Text(
            f"{name.zh}（{days.start}{until.zh}{'起' if days.last is None else ''}），按奖金方案不计奖；天数仍计入分母",
            f"{name.en} ({days.start}{until.en}): by the plan these days earn nothing; they stay in the divisor",
        )
        inputs = (Input(name, f"{days.start}/{days.last or ''}", f"absence:{part.absence.id}"),)
    elif part.ineligibility is Ineligibility.PROBATION:
        last = person.probation_until
        why = Text(
            f"试用期内（至 {last}），按奖金方案不计奖；天数仍计入分母",
            f"on probation until {last}: by the plan these days earn nothing; they stay in the divisor",
        )
    else:
        why = Text("离职日之后的天数不计奖", "after the last day of employment: these days earn nothing")
    said = Text(f"{label.zh}：{why.zh}", f"{label.en}: {why.en}")
    return Step(f"segment_{part.ineligibility}", said, "0", zero(currency), inputs)


def leaver_step(plan: PlanVersion, person: CalculationInput, period: Period, currency: str) -> Step:
    """Under such a plan nobody whose employment ended before the period's last day earns in it."""
    label = Text(
        f"最后在职日 {person.left_on} 早于本期末日 {period.last}，按奖金方案的离职条款，本期奖金为 0；{_OBJECTION.zh}",
        f"the last day of employment {person.left_on} is before the period's end {period.last}; by the plan's "
        f"clause on leavers the bonus is 0; {_OBJECTION.en}",
    )
    return Step("leaver", label, "0", zero(currency), (plan.citation,))


def counted_step(label: Text, days: int) -> Step:
    """A segment whose days count, where the days of the period are too few to earn anything."""
    return Step(
        "segment_counted", Text(f"{label.zh}：计入计奖天数", f"{label.en}: eligible days"), str(days), str(days)
    )


def too_few_days_step(plan: PlanVersion, days: int, span: Period | None, steps: Sequence[Step], currency: str) -> Step:
    """Fewer eligible days than the plan requires; ``span`` runs from first to last, ``steps`` explain all days."""
    minimum = plan.policy.eligibility.minimum_days
    between = (
        Text("", "") if span is None else Text(f"（{span.start} 至 {span.last}）", f" ({span.start} to {span.last})")
    )
    label = Text(
        f"本期计奖天数 {days} 天{between.zh}，少于奖金方案规定的最少 {minimum} 天，本期奖金为 0；{_OBJECTION.zh}",
        f"{days} eligible days{between.en}, fewer than the {minimum} that the plan asks for: the bonus is 0; "
        f"{_OBJECTION.en}",
    )
    required = Input(Text("最少计奖天数", "minimum eligible days"), str(minimum), plan.source)
    return Step("too_few_days", label, f"{days} < {minimum}", zero(currency), (required, plan.citation), tuple(steps))


def cap_step(plan: PlanVersion, currency: str, earned: Fraction, limit: Fraction) -> Step:
    """The plan's upper limit, where it bites."""
    label = Text("超过奖金方案规定的上限，按上限计", "above the plan's limit, which counts instead")
    caps, ways = plan.policy.caps, []
    if caps.times_target is not None:
        times = plain(caps.times_target)
        ways.append(Text(f"目标奖金的 {times} 倍", f"{times} times the target bonus"))
    if currency in caps.amounts:
        amount, unit = grouped(caps.amounts[currency]), currency_name(currency)
        ways.append(Text(f"{amount} {unit.zh}", f"{amount} {unit.en}"))
    zh, en = joined(ways, "，或 ", ", or ")
    lower = Text("，取较低者", ", whichever is lower") if len(ways) > 1 else Text("", "")
    most = shown(limit, currency)
    given = Input(Text(f"本期奖金上限（{zh}{lower.zh}）", f"limit of the bonus ({en}{lower.en})"), most, plan.source)
    return Step("cap", label, f"{shown(earned, currency)} → {most}", most, (given,))


def line_step(
    plan: PlanVersion, period: str, person: CalculationInput, amount: Decimal, currency: str, steps: list[Step]
) -> Step:
    """The whole line: the sum of its segments, rounded half up to the places of its currency once."""
    capped = [step.value for step in steps if step.rule == "cap"]
    sums = capped or [step.value for step in steps if step.rule == "segment"] or [zero(currency)]
    label, rounded = _line_words(plan.rule.label, period, currency)
    inputs: tuple[Input, ...] = (plan.citation, rounded)
    if person.result is not None:
        inputs = (Input(PERSONAL_GRADE, person.result.grade, person.result.source), *inputs)
    return Step(plan.rule.kind, label, " + ".join(sums), plain(amount), inputs, tuple(steps))


@lru_cache(maxsize=256)
def _line_words(kind: Text, period: str, currency: str) -> tuple[Text, Input]:
    """What every line of a bonus says: what it is, and how it is rounded."""
    unit, time = currency_name(currency), period_in_words(period)
    what = kind.zh.removeprefix("季度").removeprefix("年度")  # the time before it says which
    label = Text(f"{time.zh}{what}（税前，{unit.zh}）", f"{kind.en} {time.en} (before tax, in {unit.en})")
    return label, Input(*ROUNDED[places(currency)])


@dataclass(frozen=True)
class Change:
    """A record that a line rests on now and did not before: ``after`` and ``before`` are source and value, or None."""

    name: Text
    before: tuple[str, str] | None
    after: tuple[str, str] | None

    @property
    def as_input(self) -> Input:
        """For the explanation: the value before and now, and the record of now."""
        old, new = ("—" if each is None else each[1] for each in (self.before, self.after))
        name = Text(f"变更：{self.name.zh}", f"changed: {self.name.en}")
        source = " → ".join("—" if each is None else each[0] for each in (self.before, self.after))
        return Input(name, f"{old} → {new}", source)


def difference_step(
    whole: Step, due: Decimal, posted: Decimal, currency: str, line_id: str, changes: Sequence[Change]
) -> Step:
    """What is now due less what was posted for it before, naming what changed since."""
    label = Text(
        f"{whole.label.zh}的差额：现应发 − 此前已过账", f"difference, now due less posted before: {whole.label.en}"
    )
    now, was, rest = (amount_in_figures(each, currency) for each in (due, posted, due - posted))
    before = Input(Text("此前已过账金额", "posted before"), was, f"line:{line_id}")
    inputs = (before, *(change.as_input for change in changes))
    return Step(DIFFERENCE, label, f"{now} − {was}", rest, inputs, (whole,))


def nothing_due_step(before: Step, currency: str) -> Step:
    """A person to whom something was posted no longer earns anything for the occasion."""
    label = Text(
        f"{before.label.zh}：按现有任职记录，本期没有可计奖的任职；{_OBJECTION.zh}",
        f"{before.label.en}: by the records of today there is no assignment that earns; {_OBJECTION.en}",
    )
    return Step("nothing_due", label, "0", zero(currency))
