"""Work standards: what they demand, by when, and how they read (ORG-03)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Text
from services.kit.periods import calendar_period
from services.kit.working_days import WorkingDays
from services.org.documents.domain.standard_words import deadline_in_words, in_words
from services.org.documents.domain.work_standard import (
    AroundEvent,
    Comparator,
    DayOfPeriod,
    Deadline,
    EachPeriod,
    Every,
    OnWeekdays,
    TimeUnit,
    Weekday,
    WorkStandard,
)
from tests.domain.org_role_documents.building import ATTENDANCE, REPORT

pytestmark = pytest.mark.req("ORG-03")

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENT = Text("活动", "the event")
DAYS = [date(2025, 12, 1) + timedelta(days=offset) for offset in range(500)]
CALENDAR = WorkingDays({day: day.isoweekday() < 6 and day != date(2026, 1, 1) for day in DAYS})
FRIDAY_AFTERNOON = datetime(2026, 1, 9, 15, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("deadline", "first_late_instant"),
    [
        (AroundEvent(EVENT, 3, TimeUnit.WORKING_DAYS), datetime(2026, 1, 15, tzinfo=SHANGHAI)),
        (AroundEvent(EVENT, 3, TimeUnit.CALENDAR_DAYS), datetime(2026, 1, 13, tzinfo=SHANGHAI)),
        (AroundEvent(EVENT, 24, TimeUnit.HOURS), datetime(2026, 1, 10, 15, 30, tzinfo=SHANGHAI)),
        (AroundEvent(EVENT, 72, TimeUnit.HOURS), datetime(2026, 1, 12, 15, 30, tzinfo=SHANGHAI)),
        (AroundEvent(EVENT, 15, TimeUnit.CALENDAR_DAYS, "before"), datetime(2025, 12, 26, tzinfo=SHANGHAI)),
        (AroundEvent(EVENT, 7, TimeUnit.WORKING_DAYS, "before"), datetime(2025, 12, 31, tzinfo=SHANGHAI)),
        (AroundEvent(EVENT, 1, TimeUnit.MONTHS, "before"), datetime(2025, 12, 10, tzinfo=SHANGHAI)),
        (AroundEvent(EVENT, 1, TimeUnit.MONTHS), datetime(2026, 2, 10, tzinfo=SHANGHAI)),
    ],
)
def test_a_deadline_around_an_event_ends_with_its_last_day_or_hour(
    deadline: AroundEvent, first_late_instant: datetime
) -> None:
    assert deadline.too_late(FRIDAY_AFTERNOON, CALENDAR) == first_late_instant


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    event = datetime(2026, 1, 31, 9, tzinfo=SHANGHAI)
    assert AroundEvent(EVENT, 1, TimeUnit.MONTHS).too_late(event, CALENDAR) == datetime(2026, 3, 1, tzinfo=SHANGHAI)


@given(
    st.integers(1, 60),
    st.sampled_from(TimeUnit),
    st.datetimes(datetime(2026, 4, 1), datetime(2026, 6, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
)
def test_more_time_never_means_an_earlier_end(amount: int, measure: TimeUnit, moment: datetime) -> None:
    happened = moment.replace(tzinfo=SHANGHAI)
    ample = amount % 6 + 1 if measure is TimeUnit.MONTHS else amount
    shorter = AroundEvent(EVENT, ample, measure).too_late(happened, CALENDAR)
    longer = AroundEvent(EVENT, ample + 1, measure).too_late(happened, CALENDAR)
    assert happened < shorter <= longer


@pytest.mark.parametrize(
    ("deadline", "period", "last_day"),
    [
        (DayOfPeriod(Every.MONTH, 5), "2026-01", date(2026, 1, 5)),
        (DayOfPeriod(Every.MONTH, 5, "working"), "2026-01", date(2026, 1, 8)),
        (DayOfPeriod(Every.MONTH, -1), "2026-02", date(2026, 2, 28)),
        (DayOfPeriod(Every.MONTH, -1, "working"), "2026-02", date(2026, 2, 27)),
        (DayOfPeriod(Every.MONTH, 31), "2026-02", date(2026, 2, 28)),
        (DayOfPeriod(Every.QUARTER, 10, "working"), "2026-Q1", date(2026, 1, 15)),
    ],
)
def test_a_day_of_each_period_is_counted_from_its_start(deadline: DayOfPeriod, period: str, last_day: date) -> None:
    assert deadline.last_day(calendar_period(period), CALENDAR) == last_day


def test_weekdays_fall_on_their_days_only() -> None:
    publishing = OnWeekdays((Weekday.TUESDAY, Weekday.THURSDAY, Weekday.SATURDAY))
    week = [date(2026, 1, 5) + timedelta(days=offset) for offset in range(7)]
    assert [publishing.falls_on(day) for day in week] == [False, True, False, True, False, True, False]


@pytest.mark.parametrize(
    ("comparator", "measured", "value", "met"),
    [
        (Comparator.AT_LEAST, "80", "80", True),
        (Comparator.AT_LEAST, "79.99", "80", False),
        (Comparator.AT_MOST, "95", "95", True),
        (Comparator.ABOVE, "85", "85", False),
        (Comparator.BELOW, "84.9", "85", True),
        (Comparator.EXACTLY, "100.0", "100", True),
        (Comparator.WITHIN, "-10", "10", True),
        (Comparator.WITHIN, "10.1", "10", False),
    ],
)
def test_a_measured_value_meets_a_standard_or_not(
    comparator: Comparator,
    measured: str,
    value: str,
    met: bool,  # noqa: FBT001 - a parametrised expectation
) -> None:
    assert comparator.holds(Decimal(measured), Decimal(value)) is met


@pytest.mark.parametrize(
    ("standard", "pointer"),
    [
        (WorkStandard(EVENT), "/s"),
        (WorkStandard(EVENT, Comparator.AT_LEAST), "/s/value"),
        (replace(REPORT, unit=Text("%", "%")), "/s/unit"),
        (replace(ATTENDANCE, comparator=Comparator.WITHIN, value=Decimal("-1")), "/s/value"),
        (replace(REPORT, deadline=AroundEvent(EVENT, 0, TimeUnit.HOURS)), "/s/deadline/amount"),
        (replace(REPORT, deadline=DayOfPeriod(Every.WEEK, 1)), "/s/deadline/every"),
        (replace(REPORT, deadline=DayOfPeriod(Every.MONTH, 0)), "/s/deadline/nth"),
        (replace(REPORT, deadline=OnWeekdays(())), "/s/deadline/days"),
        (replace(REPORT, deadline=EachPeriod(Every.WEEK, 0)), "/s/deadline/step"),
    ],
)
def test_what_does_not_fit_together_is_named(standard: WorkStandard, pointer: str) -> None:
    assert pointer in [fault.pointer for fault in standard.field_errors("/s")]


@pytest.mark.parametrize(
    ("deadline", "zh", "en"),
    [
        (AroundEvent(EVENT, 3, TimeUnit.WORKING_DAYS), "活动后 3 个工作日内", "within 3 working days after the event"),
        (
            AroundEvent(EVENT, 15, TimeUnit.CALENDAR_DAYS, "before"),
            "活动前至少 15 天",
            "at least 15 days before the event",
        ),
        (DayOfPeriod(Every.MONTH, 5), "每月 5 日（含）前", "by day 5 of each month"),
        (DayOfPeriod(Every.YEAR, -1, "working"), "不晚于每年最后一个工作日", "by the last working day of each year"),
        (OnWeekdays((Weekday.MONDAY,)), "每周一", "every Monday"),
        (EachPeriod(Every.QUARTER), "每季度", "every quarter"),
        (EachPeriod(Every.WEEK, 2), "每 2 周", "every 2 weeks"),
    ],
)
def test_a_deadline_reads_as_a_sentence_in_both_languages(deadline: Deadline, zh: str, en: str) -> None:
    standard = WorkStandard(Text("报告", "report"), deadline=deadline)
    assert in_words(standard) == Text(f"报告：{zh}", f"report: {en}")


def test_a_value_reads_with_its_sign_and_unit() -> None:
    assert in_words(ATTENDANCE) == Text("活动到场率 ≥ 80%", "event attendance ≥ 80 %")


def test_a_value_for_each_period_and_a_value_around_a_target_read_as_people_say_them() -> None:
    campaigns = Text("营销策划活动", "campaigns")
    every_quarter = WorkStandard(
        campaigns, Comparator.AT_LEAST, Decimal(6), Text("场", "events"), EachPeriod(Every.QUARTER)
    )
    assert in_words(every_quarter) == Text("营销策划活动：每季度不少于 6 场", "campaigns ≥ 6 events: every quarter")
    costs = WorkStandard(Text("费用偏差", "deviation of costs"), Comparator.WITHIN, Decimal(10), Text("%", "%"))
    assert in_words(costs) == Text("费用偏差在 ±10% 以内", "deviation of costs ± 10 %")
    assert deadline_in_words(EachPeriod(Every.MONTH, 2)).zh == "每 2 个月"
    assert deadline_in_words(DayOfPeriod(Every.QUARTER, 10, "working")).zh == "每季度第 10 个工作日（含）前"
