"""Spans of days: half-open inside, both ends included for people."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.periods import (
    LastDayUnreachable,
    Period,
    PeriodMalformed,
    PeriodReversed,
    calendar_period,
    cut,
    first_of_month,
    months_of,
)

day = st.dates(date(2020, 1, 1), date(2024, 12, 31))


@st.composite
def spans(draw: st.DrawFn, *, may_be_open: bool = True) -> Period:
    start = draw(day)
    length = draw(st.integers(1, 800))
    return Period(start, None if may_be_open and draw(st.booleans()) else start + timedelta(days=length))


def days_of(period: Period | None) -> set[date]:
    if period is None:
        return set()
    end = period.end or date(2028, 1, 1)
    return {period.start + timedelta(days=n) for n in range((end - period.start).days)}


@given(spans())
def test_what_people_write_reads_back_as_the_same_period(period: Period) -> None:
    assert Period.closed(period.start, period.last) == period


@given(spans(), spans())
def test_the_overlap_is_exactly_the_days_that_belong_to_both(one: Period, other: Period) -> None:
    assert days_of(one.overlap(other)) == days_of(one) & days_of(other)
    assert one.overlap(other) == other.overlap(one)


@given(spans(), day)
def test_a_day_belongs_if_it_is_one_of_the_days(period: Period, asked: date) -> None:
    assert period.contains(asked) == (asked in days_of(period))


@given(spans(), st.lists(day, max_size=6))
def test_cutting_loses_and_doubles_no_day_and_begins_a_part_at_each_cut(period: Period, cuts: list[date]) -> None:
    parts = cut(period, cuts)
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert {part.start for part in parts} == {period.start, *(each for each in cuts if period.contains(each))}


@given(spans(may_be_open=False))
def test_days_count_both_ends(period: Period) -> None:
    assert period.last is not None
    assert period.days == len(days_of(period)) == (period.last - period.start).days + 1


@given(spans(may_be_open=False))
def test_the_months_of_a_period_are_whole_and_cover_it(period: Period) -> None:
    months = months_of(period)
    assert {(each.year, each.month) for each in days_of(period)} == {(m.start.year, m.start.month) for m in months}
    assert all(month.start.day == 1 and month.end == first_of_month(month.start, 1) for month in months)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    for last in (date(2026, 1, 31), date(2025, 1, 1)):
        with pytest.raises(PeriodReversed) as refused:
            Period.closed(date(2026, 2, 1), last)
        assert str(last) in refused.value.text("zh")


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 31), 1), (date(1, 1, 1), -1)])
def test_months_outside_the_calendar_overflow_as_days_do(day: date, months: int) -> None:
    with pytest.raises(OverflowError):
        first_of_month(day, months)


def test_a_last_day_without_a_next_is_refused_by_name() -> None:
    with pytest.raises(LastDayUnreachable) as refused:
        Period.closed(date(2026, 1, 1), date(9999, 12, 31))
    assert [(fault.pointer, fault.found) for fault in refused.value.field_errors] == [("/valid_to", "9999-12-31")]


def test_what_never_ends_has_no_number_of_days_or_months() -> None:
    with pytest.raises(ValueError, match="open"):
        _ = Period(date(2026, 1, 1)).days
    with pytest.raises(ValueError, match="open"):
        months_of(Period(date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_the_names_of_calendar_periods(label: str, first: date, last: date) -> None:
    assert calendar_period(label) == Period.closed(first, last)


@pytest.mark.parametrize(
    "label", ["", "26", "2026-Q5", "2026-Q0", "2026-H3", "2026-H4", "2026-13", "2026-00", "2026-1", "2026Q1",
              "２０２６", "0000", "9999", "2026-q1", "2026-Q1 ", "2026-Q1\n"]
)  # fmt: skip
def test_misspelt_periods_are_refused(label: str) -> None:
    with pytest.raises(PeriodMalformed):
        calendar_period(label)
