"""Work standards: what they demand, and which do not fit together (ORG-03)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from services.kit.errors import Text
from services.kit.working_days import WorkingDays
from services.org.documents.domain.work_standard import (
    AroundEvent,
    Comparator,
    DayOfPeriod,
    EachPeriod,
    Every,
    OnWeekdays,
    TimeUnit,
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
