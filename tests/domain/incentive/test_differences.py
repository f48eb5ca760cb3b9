"""Differences bring what is posted to what is due, and recoveries never take more or less than is owed (INC-13)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.calculation.domain.entitlement import Posted, differences
from services.incentive.calculation.domain.line import Earned, Line
from services.incentive.calculation.domain.narration import base_step
from services.incentive.journal.domain.journal import receivable
from services.incentive.pay.domain.pay_profile import PayProfile, Terms
from services.incentive.payroll.domain.recovery import recoveries
from services.kit.errors import Text
from services.kit.explanation import Input, Step
from services.kit.periods import Period

pytestmark = pytest.mark.req("INC-13")

FEN = st.integers(min_value=0, max_value=10**9).map(lambda fen: Decimal(fen) / 100)
COSTS = st.dictionaries(st.sampled_from(["CC-1", "CC-2", "CC-3"]), FEN.filter(bool), min_size=1)


def whole(costs: dict[str, Decimal], *, version: int = 1) -> Line:
    """A line that is due with these costs."""
    due = sum(costs.values(), Decimal("0.00"))
    cited = Input(Text("固定月薪", "fixed monthly pay"), str(due), f"pay_profile:{version}@{version}")
    return Line(
        employee_id="e",
        number="E001",
        name="林一",
        unit_id="u",
        unit_path=("u",),
        grade="A",
        days=90,
        currency="CNY",
        amount=due,
        costs=tuple(costs.items()),
        explanation=Step("quarterly_bonus", Text("奖金", "bonus"), "1", str(due), (cited,)),
        kind="quarterly_bonus",
        occasion="2026-Q1",
        due=due,
    )


def book(known: Sequence[Posted], lines: Sequence[Line]) -> list[Posted]:
    """What is posted after ``lines`` were."""
    found = {each.currency: each for each in known}
    for line in lines:
        before = found.get(line.currency)
        costs = dict(before.costs) if before else {}
        for centre, amount in line.costs:
            costs[centre] = costs.get(centre, Decimal(0)) + amount
        kept = tuple((centre, amount) for centre, amount in costs.items() if amount)
        net = (before.amount if before else 0) + line.amount
        found[line.currency] = Posted(str(uuid4()), line.occasion, line.currency, net, kept, partial(replace, line))
    return list(found.values())


@given(st.lists(COSTS | st.none(), min_size=1, max_size=6))
def test_after_each_posting_exactly_what_is_due_is_posted_under_the_centres_that_bear_it(
    history: list[dict[str, Decimal] | None],
) -> None:
    known: list[Posted] = []
    for version, costs in enumerate(history):
        due = [] if costs is None else [whole(costs, version=version)]
        lines = differences(due, known)
        for line in lines:
            assert line.amount == line.due - line.posted
            assert sum((amount for _, amount in line.costs), Decimal(0)) == line.amount
        known = book(known, lines)
        assert sum((each.amount for each in known), Decimal(0)) == sum((line.due for line in due), Decimal(0))
        assert {centre: amount for each in known for centre, amount in each.costs} == (costs or {})
        assert differences(due, known) == []  # nothing is booked twice


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ({}, {"fixed_pay": "22500.00"}, [("固定月薪", "18000.00 → 22500.00")]),
        ({}, {"variable_share": "5"}, [("固定与浮动薪酬比例", "6:4 → 6:5")]),
        ({}, {"monthly_base": "15000.00"}, [("月度奖金基数", "12000.00 → 15000.00")]),
        ({"monthly_base": "15000.00"}, {}, [("月度奖金基数", "15000.00 → 12000.00")]),
        (
            {"fixed_pay": "15000.00"},
            {"variable_share": "5"},
            [("固定月薪", "15000.00 → 18000.00"), ("固定与浮动薪酬比例", "6:4 → 6:5")],
        ),
    ],
    ids=["fixed pay", "ratio", "a base is set", "a base is set no more", "both"],
)
def test_a_difference_of_pay_names_what_is_other_than_it_was(
    before: dict[str, str], after: dict[str, str], named: list[tuple[str, str]]
) -> None:
    old, new = of_pay("1", before), of_pay("2", after)
    (line,) = differences([new], book([], [old]))
    found = [(each.name.zh.removeprefix("变更："), each.value) for each in line.explanation.inputs[1:]]
    assert found == named
    assert {each.source for each in line.explanation.inputs[1:]} == {"pay_profile:1@1 → pay_profile:2@1"}


def of_pay(profile: str, changed: dict[str, str]) -> Line:
    """A line that rests on 18,000.00 at 6:4, or on terms changed from that."""
    given = {"fixed_pay": "18000.00", "fixed_share": "6", "variable_share": "4"} | changed
    base = given.pop("monthly_base", None)
    shares = (Decimal(given[name]) for name in ("fixed_pay", "fixed_share", "variable_share"))
    terms = Terms(*shares, None if base is None else Decimal(base), "CNY", "CC-1")
    step = base_step(PayProfile(profile, 1, terms, Period(date(2026, 1, 1))))
    said = Step("quarterly_bonus", Text("奖金", "bonus"), "1", "1", (), (step,))
    return replace(whole({"CC-1": Decimal(step.value)}), explanation=said)


def test_a_difference_names_the_record_that_changed_and_what_it_replaced() -> None:
    known = book([], [whole({"CC-1": Decimal("54000.00")})])
    (line,) = differences([whole({"CC-1": Decimal("67500.00")}, version=2)], known)
    assert line.amount == Decimal("13500.00")
    assert [(each.value, each.source) for each in line.explanation.inputs[1:]] == [
        ("54000.00 → 67500.00", "pay_profile:1@1 → pay_profile:2@2")
    ]
    assert line.explanation.steps[0].value == "67500.00"


def test_another_currency_takes_the_old_amount_back() -> None:
    known = book([], [whole({"CC-1": Decimal("100.00")})])
    dollars = replace(whole({"CC-1": Decimal("20.00")}), currency="USD")
    assert [(line.currency, line.amount) for line in differences([dollars], known)] == [
        ("CNY", Decimal("-100.00")),
        ("USD", Decimal("20.00")),
    ]


PERSON = UUID(int=1)


@given(st.lists(FEN.filter(bool), max_size=6), FEN, st.integers(min_value=0, max_value=100))
def test_recoveries_stay_under_the_cap_and_end_with_what_is_owed(
    amounts: list[Decimal], owed: Decimal, percent: int
) -> None:
    share = Decimal(percent) / 100
    lines = [Earned(uuid4(), PERSON, "CNY", amount) for amount in amounts]
    found = list(recoveries(lines, {receivable(PERSON, "CNY"): owed}, share))
    assert all(0 < each.amount <= each.line.amount * share for each in found)
    taken = sum((each.amount for each in found), Decimal(0))
    most = sum((int(amount * share * 100) for amount in amounts), 0)
    assert taken == min(owed, Decimal(most) / 100)


def test_nothing_is_kept_back_from_somebody_else_or_in_another_currency() -> None:
    lines = [Earned(uuid4(), UUID(int=2), "CNY", Decimal(100)), Earned(uuid4(), PERSON, "USD", Decimal(100))]
    assert list(recoveries(lines, {receivable(PERSON, "CNY"): Decimal(50)}, Decimal("0.2"))) == []


def test_a_difference_in_yen_is_written_without_places() -> None:
    yen = replace(whole({"CC-1": Decimal(54000)}), currency="JPY")
    before = Posted("l", "2026-Q1", "JPY", Decimal("50000.00"), (("CC-1", Decimal("50000.00")),), lambda: yen)
    [line] = differences([yen], [before])
    step = line.explanation
    assert (step.formula, step.value, step.inputs[0].value) == ("54000 − 50000", "4000", "50000")
    [gone] = differences([], [before])
    step = gone.explanation
    assert (step.formula, step.value, step.steps[0].value) == ("0 − 50000", "-50000", "0")
