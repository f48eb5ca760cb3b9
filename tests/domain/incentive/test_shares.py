"""Virtual shares: vesting, forfeiture and exact dividends (INC-07)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.rules.virtual_shares import VirtualShares, VirtualSharesNotAcceptable
from services.incentive.shares.domain.dividend import Figures, claims_of, share_out
from services.incentive.shares.domain.grant import Goal, Grant, check_goals
from services.kit.errors import DomainError, Text
from services.kit.periods import Period
from services.kit.yaml_files import read_yaml

pytestmark = pytest.mark.req("INC-07")

CASES = read_yaml(Path(__file__).parent / "cases" / "shares.yaml")


def grant(number: str = "E001", **changed: Any) -> Grant:
    given = {"units": 1000, "granted_on": date(2026, 4, 1), "keeps_vested": True} | changed
    vesting = tuple(Decimal(each) for each in changed.get("vesting", ("25", "25", "25", "25")))
    terms = (given["units"], given["granted_on"], vesting, given["keeps_vested"], given.get("revoked_on"))
    return Grant(uuid4(), uuid4(), number, number, *terms)


def figures(profit: str, target: str) -> Figures:
    rule = VirtualShares()
    plan = PlanVersion(uuid4(), "VS", 1, Text("虚拟股票", "shares"), rule, Policy(), Period(date(2020, 1, 1)))
    return Figures(uuid4(), plan, rule, 2026, Decimal(profit), Decimal(target))


@pytest.mark.parametrize("case", CASES["holdings"], ids=lambda case: case["name"])
def test_holdings(case: dict[str, Any]) -> None:
    names = ("units", "vesting", "granted_on", "keeps_vested", "revoked_on")
    terms = {name: case[name] for name in names if name in case}
    holding = grant(**terms).holding_on(case["day"], case.get("departures", ()))
    assert holding.vested == case["vested"]
    assert holding.forfeited == case.get("forfeited", 0)


@pytest.mark.parametrize("case", CASES["dividends"], ids=lambda case: case["name"])
def test_dividends(case: dict[str, Any]) -> None:
    held = [(grant(number), units) for number, units in case["units"].items()]
    if "refused" in case:
        with pytest.raises(DomainError) as refused:
            share_out(figures(case["profit"], case["target"]), held)
        assert refused.value.code == case["refused"]
        return
    parts = share_out(figures(case["profit"], case["target"]), held)
    assert {part.number: str(part.amount) for part in parts} == case["parts"]


def test_amounts_and_units_in_words_have_their_thousands_apart() -> None:
    known = figures("12000000.00", "10000000.00")
    [claim] = claims_of(known, share_out(known, [(grant(), 250)]), date(2027, 1, 20), "1")
    assert claim.explanation.inputs[0].name == (
        "2026-04-01 授予 1,000 份，至 2026-12-31 已归属",
        "1,000 units granted on 2026-04-01, vested by 2026-12-31",
    )
    label = claim.withdrawn(Text("授予已撤销", "the grant was revoked")).explanation.label
    assert label == ("已撤销（原应发 200,000）：授予已撤销", "withdrawn (200,000 before): the grant was revoked")


@given(
    units=st.integers(1, 10**9),
    cuts=st.lists(st.integers(0, 100), min_size=0, max_size=9),
    start=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    left=st.integers(0, 4000),
    keeps=st.booleans(),
)
def test_units_vest_one_after_the_other_and_are_never_more_than_granted(
    units: int, cuts: list[int], start: date, left: int, *, keeps: bool
) -> None:
    marks = [0, *sorted(cuts), 100]
    vesting = [str(after - before) for before, after in pairwise(marks)]
    mine = grant(units=units, granted_on=start, vesting=vesting, keeps_vested=keeps)
    assert sum(each for _, each in mine.schedule()) == units
    last = start + timedelta(days=left)
    before = 0
    for day in (start + timedelta(days=183 * step) for step in range(24)):
        now = mine.holding_on(day, [last])
        assert now.vested + now.forfeited <= units
        if day > last:
            assert now.vested + now.forfeited == units
            assert now.vested in {mine.vested_on(last), 0}
        else:
            assert now.vested >= before
            before = now.vested


@given(
    profit=st.decimals(min_value="0.10", max_value=10**9, places=2),
    units=st.lists(st.integers(0, 10**6), min_size=1, max_size=40),
)
def test_the_parts_of_a_dividend_sum_to_it_exactly(profit: Decimal, units: list[int]) -> None:
    mine = figures(str(profit), "0")
    held = [(grant(f"E{place:03}"), each) for place, each in enumerate(units)]
    if not any(units):
        return
    parts = share_out(mine, held)
    assert sum(part.amount for part in parts) == mine.pool
    assert {claim.occasion for claim in claims_of(mine, parts, date(2027, 1, 20), "1")} == {f"2026/{mine.plan.code}"}


def test_a_grant_needs_the_goals_of_the_years_before_it_all_met() -> None:
    met = [Goal(year, "市场前三", Decimal(100), "https://docs.example.com") for year in (2023, 2024, 2025)]
    assert check_goals(met, 3, date(2026, 4, 1)) == []
    assert [each.pointer for each in check_goals(met[1:], 3, date(2026, 4, 1))] == ["/goals"]
    missed = [*met[:2], Goal(2025, "市场前三", Decimal("99.99"), "https://docs.example.com")]
    assert [each.pointer for each in check_goals(missed, 3, date(2026, 4, 1))] == ["/goals/2/attainment"]


@pytest.mark.parametrize(
    "wrong", [{"vesting": ()}, {"vesting": (Decimal(50),)}, {"share": Decimal(0)}, {"cost_centre": ""}]
)
def test_figures_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(VirtualSharesNotAcceptable):
        VirtualShares(**wrong)


def test_two_grants_of_one_person_are_one_part() -> None:
    first = grant()
    second = Grant(uuid4(), first.employee_id, "E001", "E001", 10, date(2025, 1, 1), first.vesting, keeps_vested=True)
    (part,) = share_out(figures("1000.00", "0.00"), [(first, 3), (second, 4)])
    assert (part.units, str(part.amount)) == (7, "100.00")
    assert isinstance(part.employee_id, UUID)
