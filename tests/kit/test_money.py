"""Exact numbers: what is read is exact, what is rounded is rounded once and half up, what is shared out sums up."""

from decimal import ROUND_HALF_UP, Decimal, getcontext, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.money import CannotAllocate, NotAnExactNumber, allocate, exact, plain, round_half_up

amounts = st.decimals(min_value=0, max_value=10**12, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=10**6, places=4), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("value", "number"),
    [("54000.00", "54000.00"), ("-0.5", "-0.5"), ("007", "7"), (12, "12"), (Decimal("1.10"), "1.10"), ("0", "0")],
)
def test_plain_decimal_numbers_are_read_with_all_their_digits(value: object, number: str) -> None:
    assert str(exact(value)) == number


@pytest.mark.parametrize(
    "value",
    [1.5, True, None, "", " 1", "1 ", "+1", "1e3", "1E3", ".5", "5.", "1,000", "NaN", "Infinity", "-Infinity", "１２",
     "٣", "0x10", "1_000", "1" * 40, Decimal("NaN"), Decimal("Infinity"), 10**30, [1], "1.2.3", "--1", "1\n"],
)  # fmt: skip
def test_everything_else_is_refused_naming_what_was_found(value: object) -> None:
    with pytest.raises(NotAnExactNumber) as refused:
        exact(value, pointer="/weight")
    [fault] = refused.value.field_errors
    assert fault.pointer == "/weight"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_number_survives_writing_and_reading(number: Decimal) -> None:
    assert exact(plain(number)) == number


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("2.5", 0, "3"), ("-2.5", 0, "-3"), ("0.1249", 2, "0.12"),
     ("98.065", 2, "98.07"), ("1", 2, "1.00")],
)  # fmt: skip
def test_halves_are_rounded_away_from_zero(value: str, places: int, rounded: str) -> None:
    assert str(round_half_up(Decimal(value), places)) == rounded


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6), st.integers(0, 6))
def test_rounding_is_nearest_and_half_up_from_the_exact_value(value: Fraction, places: int) -> None:
    rounded = Fraction(round_half_up(value, places))
    unit = Fraction(1, 10**places)
    assert (rounded / unit).denominator == 1
    assert abs(rounded - value) <= unit / 2
    if abs(rounded - value) == unit / 2:
        assert abs(rounded) > abs(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-(10**14), max_value=10**14))
def test_rounding_agrees_with_the_decimal_library(value: Decimal) -> None:
    with localcontext() as context:
        context.prec = 60
        assert round_half_up(value) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(st.fractions(min_value=0, max_value=10**9))
def test_rounding_does_not_depend_on_the_decimal_context(value: Fraction) -> None:
    usual = round_half_up(value)
    with localcontext() as context:
        context.prec = 3
        assert str(round_half_up(value)) == str(usual)
    assert getcontext().prec > 3


@given(amounts, weights)
def test_parts_sum_to_the_whole_exactly(total: Decimal, shares: list[Decimal]) -> None:
    assert sum(allocate(total, shares)) == total


@given(amounts, weights)
def test_every_part_is_within_one_fen_of_its_due(total: Decimal, shares: list[Decimal]) -> None:
    whole = sum(shares)
    for part, weight in zip(allocate(total, shares), shares, strict=True):
        assert abs(Fraction(part) - Fraction(total) * Fraction(weight) / Fraction(whole)) < Fraction(1, 100)
        assert part >= 0


@given(amounts, weights)
def test_who_weighs_more_never_gets_less(total: Decimal, shares: list[Decimal]) -> None:
    parts = allocate(total, shares)
    for i, mine in enumerate(shares):
        assert all(parts[i] >= parts[j] for j, other in enumerate(shares) if mine > other)


@given(amounts, weights, st.integers(1, 1000))
def test_only_the_proportion_of_weights_counts(total: Decimal, shares: list[Decimal], factor: int) -> None:
    assert allocate(total, shares) == allocate(total, [Fraction(weight) / factor for weight in shares])


@pytest.mark.req("INC-05")
def test_the_pool_of_the_domain_rule_is_split_to_the_fen() -> None:
    pool = round_half_up(Decimal("1234567.89") * Decimal("0.05"))
    assert pool == Decimal("61728.39")
    parts = allocate(pool, [Decimal("1.5"), Decimal("1.2"), Decimal("1.0")])
    assert [str(part) for part in parts] == ["25025.02", "20020.02", "16683.35"]


def test_fen_left_over_go_to_the_largest_remainders_and_ties_to_the_earlier() -> None:
    assert [str(part) for part in allocate(Decimal("0.02"), [Decimal(1)] * 3)] == ["0.01", "0.01", "0.00"]
    assert [str(part) for part in allocate(Decimal("1.00"), [Decimal(1), Decimal(4), Decimal(4)])] == [
        "0.11", "0.45", "0.44"]  # fmt: skip


@pytest.mark.parametrize(
    ("total", "shares"), [("1.00", []), ("1.00", ["0"]), ("1.00", ["1", "-1"]), ("1.001", ["1"]), ("-1.00", ["1"])]
)
def test_what_cannot_be_shared_out_is_refused(total: str, shares: list[str]) -> None:
    with pytest.raises(CannotAllocate):
        allocate(Decimal(total), [Decimal(weight) for weight in shares])
