"""When standards of role documents fall due: days, weeks, weekdays, every n-th period, around an event (APR-07)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.tracking.domain.work_standard import (
    BeforeEvent,
    Every,
    OnSchedule,
    OnWeekdays,
    Schedule,
    Weekday,
)
from services.kit.deadlines import TimeUnit
from services.kit.errors import Text
from services.kit.working_days import WorkingDays

pytestmark = pytest.mark.req("APR-07", "ORG-03")

HOLIDAYS = {date(2026, 10, 1) + timedelta(days=n) for n in range(8)}
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
CALENDAR = WorkingDays({day: day.weekday() < 5 and day not in HOLIDAYS for day in DAYS})
MONDAYS = OnWeekdays((Weekday.MONDAY,))

CASES = [
    ("each working day", OnSchedule(Every.DAY), "2026-03-03", "2026-03-03"),
    ("not on a Saturday", OnSchedule(Every.DAY), "2026-03-07", None),
    ("not on a holiday", OnSchedule(Every.DAY), "2026-10-02", None),
    ("by the last working day of the week", OnSchedule(Every.WEEK), "2026-03-03", "2026-03-06"),
    ("not in a week off", OnSchedule(Every.WEEK), "2026-10-06", "2026-10-09"),
    ("in every second week", OnSchedule(Every.WEEK, step=2), "2026-03-03", "2026-03-13"),
    ("in the fortnight before", OnSchedule(Every.WEEK, step=2), "2026-02-24", "2026-02-27"),
    ("every second month", OnSchedule(Every.MONTH, step=2), "2026-04-30", "2026-04-30"),
    ("every second month, begun in the first", OnSchedule(Every.MONTH, step=2), "2026-03-01", "2026-04-30"),
    ("every second year", OnSchedule(Every.YEAR, step=2), "2026-06-01", "2027-12-31"),
    ("on Mondays", MONDAYS, "2026-03-02", "2026-03-02"),
    ("not on Tuesdays", MONDAYS, "2026-03-03", None),
    ("not on a Monday off", MONDAYS, "2026-10-05", None),
]


@pytest.mark.parametrize(
    ("schedule", "today", "due"),
    [
        (OnSchedule(Every.MONTH, 5), "2026-01-02", "2026-01-05"),
        (OnSchedule(Every.MONTH, 5, "working"), "2026-01-02", "2026-01-07"),
        (OnSchedule(Every.MONTH, -1), "2026-02-10", "2026-02-28"),
        (OnSchedule(Every.MONTH, -1, "working"), "2026-02-10", "2026-02-27"),
        (OnSchedule(Every.MONTH, 31), "2026-02-10", "2026-02-28"),
        (OnSchedule(Every.QUARTER, 10, "working"), "2026-03-01", "2026-01-14"),
    ],
)
def test_a_day_of_each_period_is_counted_from_its_start(schedule: OnSchedule, today: str, due: str) -> None:
    period = schedule.period(date.fromisoformat(today))
    assert schedule.last_day(period, CALENDAR) == date.fromisoformat(due)


@pytest.mark.parametrize(("schedule", "today", "due"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_schedule_falls_due_on_working_days(schedule: Schedule, today: str, due: str | None) -> None:
    found = schedule.last_day(schedule.period(date.fromisoformat(today)), CALENDAR)
    assert (None if found is None else str(found)) == due


@given(every=st.sampled_from(list(Every)), step=st.integers(1, 30), day=st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_every_day_lies_in_the_one_period_that_its_neighbours_share(every: Every, step: int, day: date) -> None:
    schedule = OnSchedule(every, step=step)
    period = schedule.period(day)
    assert period.contains(day)
    assert schedule.period(period.start) == period
    assert period.end is not None
    assert schedule.period(period.end).start == period.end


def test_before_an_event_the_time_is_counted_backwards() -> None:
    deadline = BeforeEvent(Text("大促", "campaign"), 7, TimeUnit.WORKING_DAYS)
    event = datetime(2026, 3, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert str(deadline.term.due_at(event, CALENDAR)) == "2026-03-12 00:00:00+08:00"
