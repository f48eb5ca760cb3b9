"""The calculation against an oracle that adds up days one by one in fractions (INC-03, INC-11)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.calculation.domain.calculation_input import CalculationInput
from services.incentive.calculation.domain.line import Line, share_costs
from services.kit.explanation import canonical
from tests.domain.incentive.building import GRADES, UNIT_GRADES, calculation, calculation_input

pytestmark = pytest.mark.req("INC-03")

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
UNITS: dict[str, str | None] = {"U": "S", "V": "C", "W": None}
POLICY: dict[str, Any] = {"eligibility": {"minimum_days": 0, "leavers": "prorated"}}
days = st.dates(FIRST - timedelta(20), LAST + timedelta(20))
money = st.integers(0, 10**9).map(lambda fen: str(Decimal(fen).scaleb(-2)))
terms = st.one_of(
    st.fixed_dictionaries({"base": money}),
    st.fixed_dictionaries({"fixed": money, "fixed_share": st.integers(1, 9), "variable_share": st.integers(0, 9)}),
)


def spans(cuts: list[date], values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Consecutive spans from long ago to for ever, cut on the given days, each with one of the values."""
    starts = [date(2020, 1, 1), *sorted(set(cuts))]
    ends = [*(start - timedelta(1) for start in starts[1:]), None]
    return [
        {**values[place % len(values)], "first": start, "last": end}
        for place, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


@st.composite
def people(draw: st.DrawFn) -> CalculationInput:
    """A person with a few assignments and raises, who may be on probation or may leave."""
    assignments = spans(draw(st.lists(days, max_size=3)), [{"unit": unit} for unit in draw(st.permutations("UVW"))])
    return calculation_input(
        pay=spans(draw(st.lists(days, max_size=3)), draw(st.lists(terms, min_size=1, max_size=3))),
        assignments=assignments,
        grade=draw(st.sampled_from(sorted(GRADES))),
        probation_until=draw(st.none() | days),
        left_on=draw(st.none() | days),
    )


def oracle(who: CalculationInput) -> Fraction:
    """What a person has earned, day by day, with nothing rounded."""
    earned = Fraction(0)
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(number)
        if (who.probation_until and day <= who.probation_until) or (who.left_on and day > who.left_on):
            continue
        assignment = next(assignment for assignment in who.assignments if assignment.period.contains(day))
        pay = next(profile.terms for profile in who.profiles if profile.period.contains(day))
        base = (
            Fraction(pay.fixed_pay) * Fraction(pay.variable_share) / Fraction(pay.fixed_share)
            if pay.monthly_base is None
            else Fraction(pay.monthly_base)
        )
        code = next(code for code in UNITS if calculate.units[assignment.unit_id].code == code)
        grade = UNITS[code]
        unit = Fraction(UNIT_GRADES[grade]) if grade else Fraction(1)
        assert who.result is not None
        earned += base * 3 * Fraction(1, 90) * Fraction(GRADES[who.result.grade]) * unit
    return earned


calculate = calculation("2026-Q1", POLICY, UNITS)


def line_of(who: CalculationInput) -> Line:
    """The person's one line."""
    outcome = calculate.outcome(who)
    assert isinstance(outcome, list)
    (line,) = outcome
    return line


@given(people())
def test_a_line_is_the_sum_of_its_days_rounded_half_up_once(who: CalculationInput) -> None:
    exact = oracle(who)
    amount = Fraction(line_of(who).amount)
    assert amount * 100 == int(amount * 100)
    assert exact - Fraction(1, 200) < amount <= exact + Fraction(1, 200)


@given(people())
def test_cost_centres_bear_exactly_what_the_line_pays(who: CalculationInput) -> None:
    line = line_of(who)
    assert sum(share for _, share in line.costs) == line.amount
    assert all(share >= 0 for _, share in line.costs)


@pytest.mark.req("INC-11")
@given(people())
def test_calculating_again_gives_the_same_bytes(who: CalculationInput) -> None:
    again = calculation("2026-Q1", POLICY, UNITS)
    (line,) = again.outcome(who)  # type: ignore[misc]  # a list, as line_of has checked
    assert canonical(line.explanation) == canonical(line_of(who).explanation)


@given(people())
def test_the_earning_days_are_those_neither_on_probation_nor_after_leaving(who: CalculationInput) -> None:
    first = max(FIRST, who.probation_until + timedelta(1)) if who.probation_until else FIRST
    last = min(LAST, who.left_on) if who.left_on else LAST
    assert line_of(who).days == max(0, (last - first).days + 1)


@given(
    st.integers(0, 10**8).map(lambda fen: Decimal(fen).scaleb(-2)),
    st.dictionaries(st.text(min_size=1), st.fractions(0, 10**6), min_size=1, max_size=5),
)
def test_shares_sum_to_the_amount_whatever_was_earned_where(amount: Decimal, earned: dict[str, Fraction]) -> None:
    if amount and len(earned) > 1 and not any(earned.values()):
        return  # nothing earned anywhere cannot come to an amount
    assert sum(share for _, share in share_costs(amount, earned, 2)) == amount
