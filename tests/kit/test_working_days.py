"""Working days, on the real Chinese calendar with its make-up workdays."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.kit.calendar.seed import seeded_days
from services.kit.work.calendar_events import CalendarChanged
from services.kit.working_days import CalendarUnknown, WorkingDays

YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
CALENDAR = WorkingDays({day: chinese_calendar.is_workday(day) for day in YEAR})


@pytest.mark.req("APR-13")
def test_five_working_days_of_publicity_from_14_april_2026() -> None:
    assert CALENDAR.count(date(2026, 4, 14), date(2026, 4, 20)) == 5
    assert CALENDAR.add(date(2026, 4, 13), 5) == date(2026, 4, 20)


def test_make_up_workdays_count_and_holidays_do_not() -> None:
    assert CALENDAR.is_working(date(2026, 2, 14))  # a Saturday worked before the Spring Festival
    assert not CALENDAR.is_working(date(2026, 2, 17))
    assert CALENDAR.count(date(2026, 2, 15), date(2026, 2, 23)) == 0


@given(st.sampled_from(YEAR[:200]), st.integers(0, 60))
def test_adding_lands_on_the_working_day_that_counting_finds(day: date, number: int) -> None:
    landed = CALENDAR.add(day, number)
    assert CALENDAR.count(day + timedelta(days=1), landed) == number
    assert number == 0 or CALENDAR.is_working(landed)


@given(st.sampled_from(YEAR), st.sampled_from(YEAR), st.sampled_from(YEAR))
def test_counts_of_adjoining_spans_add_up(one: date, two: date, three: date) -> None:
    first, middle, last = sorted((one, two, three))
    after = middle + timedelta(days=1)
    assert CALENDAR.count(first, last) == CALENDAR.count(first, middle) + CALENDAR.count(after, last)


def test_a_year_that_was_not_entered_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(CalendarUnknown) as unknown:
        CALENDAR.add(date(2026, 12, 30), 5)
    assert "2027-01-01" in unknown.value.text("zh")
    with pytest.raises(CalendarUnknown):
        CALENDAR.count(date(2025, 12, 31), date(2026, 1, 5))


def test_a_span_that_ends_before_it_begins_has_no_working_days() -> None:
    assert CALENDAR.count(date(2026, 4, 2), date(2026, 4, 1)) == 0


@pytest.mark.req("ORG-16")
def test_an_installation_begins_with_the_published_calendar() -> None:
    seeded = {each.day: each.is_working for each in seeded_days()}
    assert seeded == {day: chinese_calendar.is_workday(day) for day in seeded}
    assert set(YEAR) <= set(seeded)


def test_news_of_a_day_twice_are_refused() -> None:
    day = {"day": "2026-10-10", "is_working": True}
    assert CalendarChanged.model_validate({"days": [day]})
    with pytest.raises(ValidationError, match="a day twice"):
        CalendarChanged.model_validate({"days": [day, day | {"is_working": False}]})
