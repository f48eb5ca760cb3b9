"""Terms: hours run by the clock, days and months end with their last day (ORG-16)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.deadlines import Term, TimeUnit
from services.kit.working_days import WorkingDays

pytestmark = pytest.mark.req("ORG-16")

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = [date(2025, 12, 1) + timedelta(days=offset) for offset in range(500)]
CALENDAR = WorkingDays({day: day.isoweekday() < 6 and day != date(2026, 1, 1) for day in DAYS})
FRIDAY_AFTERNOON = datetime(2026, 1, 9, 15, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("term", "first_late_instant"),
    [
        (Term(3, TimeUnit.WORKING_DAYS), datetime(2026, 1, 15, tzinfo=SHANGHAI)),
        (Term(3, TimeUnit.CALENDAR_DAYS), datetime(2026, 1, 13, tzinfo=SHANGHAI)),
        (Term(24, TimeUnit.HOURS), datetime(2026, 1, 10, 15, 30, tzinfo=SHANGHAI)),
        (Term(72, TimeUnit.HOURS), datetime(2026, 1, 12, 15, 30, tzinfo=SHANGHAI)),
        (Term(-15, TimeUnit.CALENDAR_DAYS), datetime(2025, 12, 26, tzinfo=SHANGHAI)),
        (Term(-7, TimeUnit.WORKING_DAYS), datetime(2025, 12, 31, tzinfo=SHANGHAI)),
        (Term(-1, TimeUnit.MONTHS), datetime(2025, 12, 10, tzinfo=SHANGHAI)),
        (Term(1, TimeUnit.MONTHS), datetime(2026, 2, 10, tzinfo=SHANGHAI)),
    ],
)
def test_a_term_ends_with_its_last_day_or_hour(term: Term, first_late_instant: datetime) -> None:
    assert term.due_at(FRIDAY_AFTERNOON, CALENDAR) == first_late_instant


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    event = datetime(2026, 1, 31, 9, tzinfo=SHANGHAI)
    assert Term(1, TimeUnit.MONTHS).due_at(event, CALENDAR) == datetime(2026, 3, 1, tzinfo=SHANGHAI)


@given(
    st.integers(1, 60),
    st.sampled_from(TimeUnit),
    st.datetimes(datetime(2026, 4, 1), datetime(2026, 6, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
)
def test_more_time_never_means_an_earlier_end(amount: int, unit: TimeUnit, moment: datetime) -> None:
    happened = moment.replace(tzinfo=SHANGHAI)
    ample = amount % 6 + 1 if unit is TimeUnit.MONTHS else amount
    shorter = Term(ample, unit).due_at(happened, CALENDAR)
    longer = Term(ample + 1, unit).due_at(happened, CALENDAR)
    assert happened < shorter <= longer
