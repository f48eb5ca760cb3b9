"""Shares of an award: they sum to it exactly, whatever they are, and nobody is worth less than cut to the fen."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.awards.domain.award import Award, check_shares, split
from services.incentive.awards.domain.fund import Fund, FundOverdrawn
from services.incentive.awards.domain.proposal import improvement
from services.kit.errors import Text
from services.kit.money import FEN

pytestmark = pytest.mark.req("INC-04")

amounts = st.decimals(min_value="0.01", max_value="9999999", places=2)
weights = st.lists(st.decimals(min_value="0.0001", max_value="100", places=4), min_size=1, max_size=20)


@given(amounts, weights)
def test_the_parts_of_an_award_sum_to_it_and_are_within_a_fen_of_their_shares(
    amount: Decimal, shares: list[Decimal]
) -> None:
    people = [(UUID(int=place), f"E{place:03}", "某人", share) for place, share in enumerate(reversed(shares))]
    members = split(amount, people[::-1])
    assert sum((each.amount for each in members), Decimal(0)) == amount
    assert [each.number for each in members] == sorted(each.number for each in members)
    whole = sum(Fraction(share) for share in shares)
    for each in members:
        assert abs(Fraction(each.amount) - Fraction(amount) * Fraction(each.share) / whole) < Fraction(FEN)
    award = Award(UUID(int=1), "SA", "新市场", 1, amount, "CNY", "CC", members, None, None)
    claims = award.claims(date(2026, 4, 1))
    assert sum((each.amount for each in claims), Decimal(0)) == amount
    assert all(each.explanation.value == str(each.amount) for each in claims)


@given(st.lists(st.tuples(st.booleans(), amounts), max_size=30))
def test_a_fund_never_holds_less_than_nothing(moves: list[tuple[bool, Decimal]]) -> None:
    fund = Fund(UUID(int=1), "AF", 2026, Text("基金", "fund"), "CNY", "CC", Decimal("0.00"))
    balance = Decimal(0)
    for comes_in, amount in moves:
        asked = -amount if comes_in else amount
        held = Fund(fund.id, fund.code, fund.year, fund.name, fund.currency, fund.cost_centre, balance)
        if asked > balance:
            with pytest.raises(FundOverdrawn):
                held.spend(asked)
        else:
            balance = held.spend(asked)
        assert balance >= 0


def test_shares_sum_to_a_hundred_everybody_once_and_more_than_nothing() -> None:
    faults = check_shares([("E1", Decimal(50)), ("E1", Decimal(0)), ("E2", Decimal("49.99"))])
    assert [(each.pointer, each.found) for each in faults] == [
        ("/members/1/employee_number", "E1"),
        ("/members/1/share", "0"),
        ("/members", "99.99"),
    ]


def test_an_improvement_is_a_share_of_what_was_spent_before_and_exact() -> None:
    assert improvement(Decimal(400), Decimal(320)) == 20
    assert improvement(Decimal(3), Decimal(2)) == Fraction(100, 3)
    assert improvement(Decimal(100), Decimal(110)) == -10
