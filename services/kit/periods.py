"""Spans of days. Half-open inside (the end is the first day that no longer belongs), both ends included for people."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from services.kit.errors import FieldError, Invalid, Text

_MONTHS = {"Q": 3, "H": 6}
_LABEL = re.compile(r"(?P<year>\d{4})(-(?:(?P<kind>[QH])(?P<part>[1-4])|(?P<month>\d{2})))?", re.ASCII)


class PeriodMalformed(Invalid):
    """A period's label is not of the form 2026, 2026-H1, 2026-Q1 or 2026-03."""

    code = "period_malformed"
    zh = "“{found}”不是有效的期间，请写成 2026、2026-H1、2026-Q1 或 2026-03。"
    en = "'{found}' is not a period; write it as 2026, 2026-H1, 2026-Q1 or 2026-03."


class PeriodReversed(Invalid):
    """A span of days ends before it begins."""

    code = "period_reversed"
    zh = "结束日期 {last} 早于开始日期 {first}。"
    en = "The last day {last} is before the first day {first}."


class LastDayUnreachable(Invalid):
    """A last day after which the calendar has no other, often meant as "for ever"."""

    code = "last_day_unreachable"
    zh = "结束日期 {last} 超出日历范围，请填写更早的日期；可以长期有效的，也可不填。"
    en = "The last day {last} is beyond the calendar; give an earlier one, or none where no end is needed."


@dataclass(frozen=True, order=True)
class Period:
    """The days from ``start`` up to but not including ``end``; ``end`` None means for ever. Never empty."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        """Raises PeriodReversed for an empty or negative span."""
        if self.end is not None and self.end <= self.start:
            last = self.end - timedelta(days=1)
            expected = Text(f"不早于 {self.start}", f"not before {self.start}")
            raise PeriodReversed(
                first=self.start, last=last, field_errors=[FieldError("/valid_to", str(last), expected)]
            )

    @classmethod
    def closed(cls, first: date, last: date | None = None) -> "Period":
        """The span as people write it, last day included.

        Raises:
            PeriodReversed, LastDayUnreachable.
        """
        if last == date.max:
            expected = Text("早于 9999-12-31", "before 9999-12-31")
            raise LastDayUnreachable(last=last, field_errors=[FieldError("/valid_to", str(last), expected)])
        return cls(first, None if last is None else last + timedelta(days=1))

    @property
    def last(self) -> date | None:
        """The last day that belongs, None if it never ends."""
        return None if self.end is None else self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """Number of calendar days, both ends counted. Only for a span that ends (ValueError otherwise)."""
        if self.end is None:
            raise ValueError("an open period has no number of days")
        return (self.end - self.start).days

    def contains(self, day: date) -> bool:
        """Whether ``day`` belongs."""
        return self.start <= day and (self.end is None or day < self.end)

    def overlap(self, other: "Period") -> "Period | None":
        """The days that belong to both, None if there are none."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends, default=None)
        return None if end is not None and end <= start else Period(start, end)


def cut(period: Period, days: Iterable[date]) -> list[Period]:
    """Split ``period`` so that each of ``days`` inside it begins a part; the parts cover it without gap."""
    inside = {day for day in days if period.start < day and (period.end is None or day < period.end)}
    if not inside:
        return [period]
    starts = [period.start, *sorted(inside)]
    ends: list[date | None] = [*starts[1:], period.end]
    return [Period(start, end) for start, end in zip(starts, ends, strict=True)]


def calendar_period(label: str) -> Period:
    """The year, half, quarter or month that a label names: ``2026``, ``2026-H1``, ``2026-Q1``, ``2026-03``.

    Raises:
        PeriodMalformed: anything else.
    """
    match = _LABEL.fullmatch(label)
    month, length = 1, 12
    if match and match["kind"]:
        length = _MONTHS[match["kind"]]
        month = (int(match["part"]) - 1) * length + 1
    elif match and match["month"]:
        month, length = int(match["month"]), 1
    if not match or not 1 <= month <= 12 or not 1900 <= int(match["year"]) <= 9000:  # noqa: PLR2004 - a calendar
        expected = Text("2026、2026-H1、2026-Q1 或 2026-03", "2026, 2026-H1, 2026-Q1 or 2026-03")
        raise PeriodMalformed(found=label[:40], field_errors=[FieldError("/period", label[:40], expected)])
    start = date(int(match["year"]), month, 1)
    return Period(start, first_of_month(start, length))


_PARTS = {
    "Q": (
        Text("第一季度", "first quarter"),
        Text("第二季度", "second quarter"),
        Text("第三季度", "third quarter"),
        Text("第四季度", "fourth quarter"),
    ),
    "H": (Text("上半年", "first half"), Text("下半年", "second half")),
}
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
LENGTH_NAMES: Final = {
    "day": Text("日", "day"),
    "week": Text("周", "week"),
    "month": Text("月", "month"),
    "quarter": Text("季度", "quarter"),
    "half": Text("半年", "half-year"),
    "year": Text("年", "year"),
}
"""What people call the lengths of periods that return."""
WEEKDAY_NAMES: Final = {
    "monday": Text("星期一", "Monday"),
    "tuesday": Text("星期二", "Tuesday"),
    "wednesday": Text("星期三", "Wednesday"),
    "thursday": Text("星期四", "Thursday"),
    "friday": Text("星期五", "Friday"),
    "saturday": Text("星期六", "Saturday"),
    "sunday": Text("星期日", "Sunday"),
}


def span_in_words(period: Period) -> Text:
    """Its days, for a sentence that goes on with 的 in Chinese and begins with "from" in English."""
    if period.last is None:
        return Text(f"{period.start} 起", f"{period.start} on")
    return Text(f"{period.start} 至 {period.last} 期间", f"{period.start} to {period.last}")


@lru_cache(maxsize=256)
def period_in_words(label: str) -> Text:
    """What people call the year, half, quarter or month of a label: ``2026-Q1`` is 2026 年第一季度."""
    year, _, part = label.partition("-")
    if not part:
        return Text(f"{year} 年度", year)
    if part[0] in _PARTS:
        name = _PARTS[part[0]][int(part[1:]) - 1]
        return Text(f"{year} 年{name.zh}", f"{name.en} of {year}")
    return Text(f"{year} 年 {int(part)} 月", f"{_MONTH_NAMES[int(part) - 1]} {year}")


def day_in_words(day: date) -> Text:
    """A day as people write it: 2026 年 1 月 5 日, 5 January 2026."""
    return Text(f"{day.year} 年 {day.month} 月 {day.day} 日", f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}")


def days_in_words(first: date, last: date) -> Text:
    """The days from ``first`` to ``last``, both included."""
    start, end = day_in_words(first), day_in_words(last)
    return start if first == last else Text(f"{start.zh}至 {end.zh}", f"{start.en} to {end.en}")


def first_of_month(day: date, months_later: int = 0) -> date:
    """The first day of the month ``months_later`` months after that of ``day`` (before it, if negative).

    Raises:
        OverflowError: it lies outside the calendar, as ``timedelta`` says it too.
    """
    months = day.year * 12 + day.month - 1 + months_later
    if not date.min.year <= months // 12 <= date.max.year:
        raise OverflowError("date value out of range")
    return date(months // 12, months % 12 + 1, 1)


def months_of(period: Period) -> list[Period]:
    """The calendar months that share at least one day with ``period``, whole, in order. Only for a span that ends."""
    if period.end is None:
        raise ValueError("an open period has no number of months")
    months = []
    start = first_of_month(period.start)
    while start < period.end:
        months.append(Period(start, first_of_month(start, 1)))
        start = first_of_month(start, 1)
    return months
