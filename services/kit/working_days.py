"""Counting working days on a calendar with public holidays and make-up workdays."""

from collections.abc import Mapping
from datetime import date, timedelta

from services.kit.errors import FieldError, Invalid, Text


class CalendarUnknown(Invalid):
    """A deadline would run into a day for which no working-day calendar has been entered; it is never guessed."""

    code = "calendar_unknown"
    zh = "{day} 所在年度的工作日历尚未录入，请人力资源录入后再试。"
    en = "No working-day calendar has been entered for the year of {day}; HR has to enter it first."


class WorkingDays:
    """A calendar: for each known day, whether work is done on it."""

    def __init__(self, days: Mapping[date, bool]) -> None:
        self._days = days

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked.

        Raises:
            CalendarUnknown: the calendar does not know the day.
        """
        known = self._days.get(day)
        if known is None:
            expected = Text(
                "已录入工作日历的年度内的日期", "a date in a year whose working-day calendar has been entered"
            )
            raise CalendarUnknown(day=day, field_errors=[FieldError("/day", str(day), expected)])
        return known

    def add(self, day: date, working_days: int) -> date:
        """The day on which the ``working_days``-th working day after ``day`` falls (before it, if negative).

        0 gives ``day`` itself.

        Raises:
            CalendarUnknown: the count leaves the calendar.
        """
        step, left = timedelta(days=1 if working_days > 0 else -1), abs(working_days)
        while left > 0:
            day += step
            left -= self.is_working(day)
        return day

    def count(self, first: date, last: date) -> int:
        """Working days from ``first`` to ``last``, both included; 0 if ``last`` lies before ``first``.

        Raises:
            CalendarUnknown: a day in between is not in the calendar.
        """
        span = (last - first).days + 1
        return sum(self.is_working(first + timedelta(days=offset)) for offset in range(span))
