"""Deadlines as data: "within 3 working days", "24 hours", "by the 5th of the month", on the company's calendar.

Pure functions of a start and a calendar (``kit.working_days``). Hours run by the clock; days and months end with their
last day in the zone of the start.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from services.kit.errors import Text
from services.kit.periods import first_of_month
from services.kit.working_days import WorkingDays


class TimeUnit(StrEnum):
    """The unit of time for a span before or after an event."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


TIME_UNIT_NAMES: Final = {
    TimeUnit.HOURS: Text("小时", "hours"),
    TimeUnit.WORKING_DAYS: Text("工作日", "working days"),
    TimeUnit.CALENDAR_DAYS: Text("自然日", "calendar days"),
    TimeUnit.MONTHS: Text("月", "months"),
}
COUNTING_NAMES: Final = {
    each.split("_")[0]: TIME_UNIT_NAMES[each] for each in (TimeUnit.CALENDAR_DAYS, TimeUnit.WORKING_DAYS)
}
"""What people call the days that a deadline counts: ``calendar`` or ``working``."""


@dataclass(frozen=True)
class Term:
    """So many hours, days or months; negative for a term before the event."""

    amount: int
    unit: TimeUnit

    def due_at(self, start: datetime, calendar: WorkingDays) -> datetime:
        """The first instant that is too late, counted from ``start``.

        Raises:
            CalendarUnknown: working days are counted over days that the calendar does not know.
        """
        if self.unit is TimeUnit.HOURS:
            return start + timedelta(hours=self.amount)
        return end_of(self.last_day(start.date(), calendar), start)

    def last_day(self, start: date, calendar: WorkingDays) -> date:
        """The last day that is in time, counted from ``start``, which itself does not count.

        Raises:
            CalendarUnknown: working days are counted over days that the calendar does not know.
            ValueError: a term in hours has no last day.
        """
        match self.unit:
            case TimeUnit.CALENDAR_DAYS:
                return start + timedelta(days=self.amount)
            case TimeUnit.MONTHS:
                return months_later(start, self.amount)
            case TimeUnit.WORKING_DAYS:
                return calendar.add(start, self.amount)
        raise ValueError("a term in hours has no last day")


def end_of(day: date, zone: datetime) -> datetime:
    """The first instant after ``day``, in the zone of the given moment."""
    return datetime.combine(day + timedelta(days=1), time.min, zone.tzinfo)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later (earlier, if negative), or that month's last day."""
    after = first_of_month(day, months + 1)
    return min(first_of_month(day, months) + timedelta(days=day.day - 1), after - timedelta(days=1))
