"""Work standards: how well and by when a duty has to be done (ORG-03)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

from services.kit.deadlines import TimeUnit
from services.kit.errors import FieldError, Text

LONGEST = 3660
"""The largest number of hours, days or months a deadline may count."""
DAYS_OF_A_YEAR = 366


class Comparator(StrEnum):
    """The comparison of a measured value with the standard's value."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    EXACTLY = "exactly"
    WITHIN = "within"

    def holds(self, measured: Decimal, value: Decimal) -> bool:
        """Whether ``measured`` meets ``value``; WITHIN bounds a deviation on both sides."""
        return {
            Comparator.AT_LEAST: measured >= value,
            Comparator.AT_MOST: measured <= value,
            Comparator.ABOVE: measured > value,
            Comparator.BELOW: measured < value,
            Comparator.EXACTLY: measured == value,
            Comparator.WITHIN: abs(measured) <= value,
        }[self]


COMPARATOR_NAMES: Final = {
    Comparator.AT_LEAST: Text("不低于", "at least"),
    Comparator.AT_MOST: Text("不高于", "at most"),
    Comparator.ABOVE: Text("高于", "above"),
    Comparator.BELOW: Text("低于", "below"),
    Comparator.EXACTLY: Text("等于", "exactly"),
    Comparator.WITHIN: Text("偏差不超过", "within plus or minus"),
}


class Every(StrEnum):
    """The length of a recurring period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class Weekday(StrEnum):
    """The days of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


SIDE_NAMES: Final = {"after": Text("事件之后", "after the event"), "before": Text("事件之前", "before the event")}


@dataclass(frozen=True)
class AroundEvent:
    """A deadline within ``amount`` units of ``measure`` after an event, or no later than that span before it."""

    event: Text
    """Event that starts the deadline."""
    amount: int
    """Number of units of time."""
    measure: TimeUnit
    """Unit of time."""
    side: Literal["after", "before"] = "after"
    """Whether the span is after the event, or the least span before it."""
    kind: Literal["around_event"] = "around_event"
    """Kind of deadline."""

    def field_errors(self, pointer: str) -> Iterator[FieldError]:
        """What makes it impossible."""
        if not 1 <= self.amount <= LONGEST:
            yield FieldError(f"{pointer}/amount", str(self.amount), Text(f"1 至 {LONGEST}", f"1 to {LONGEST}"))


@dataclass(frozen=True)
class DayOfPeriod:
    """A deadline on the ``nth`` calendar or working day of each period; -1 is its last such day."""

    every: Every
    """Length of the period."""
    nth: int
    """Number of the day in the period; -1 is the last."""
    counting: Literal["calendar", "working"] = "calendar"
    """Kind of days counted: calendar or working days."""
    kind: Literal["day_of_period"] = "day_of_period"
    """Kind of deadline."""

    def field_errors(self, pointer: str) -> Iterator[FieldError]:
        """What makes it impossible."""
        if self.every in {Every.DAY, Every.WEEK}:
            expected = Text("月、季、半年或年", "month, quarter, half or year")
            yield FieldError(f"{pointer}/every", self.every.value, expected)
        if self.nth != -1 and not 1 <= self.nth <= DAYS_OF_A_YEAR:
            expected = Text(
                f"1 至 {DAYS_OF_A_YEAR}，或 -1 表示最后一天", f"1 to {DAYS_OF_A_YEAR}, or -1 for the last day"
            )
            yield FieldError(f"{pointer}/nth", str(self.nth), expected)


@dataclass(frozen=True)
class OnWeekdays:
    """A frequency on the named days of every week."""

    days: tuple[Weekday, ...]
    """Days of the week."""
    kind: Literal["on_weekdays"] = "on_weekdays"
    """Kind of deadline."""

    def field_errors(self, pointer: str) -> Iterator[FieldError]:
        """What makes it impossible."""
        if not self.days or len(set(self.days)) != len(self.days):
            expected = Text("至少一个星期几，不重复", "at least one day of the week, none twice")
            yield FieldError(f"{pointer}/days", ", ".join(self.days) or None, expected)


@dataclass(frozen=True)
class EachPeriod:
    """A frequency of once in every ``step`` periods, at any time in them."""

    every: Every
    """Length of the period."""
    step: int = 1
    """Number of periods."""
    kind: Literal["each_period"] = "each_period"
    """Kind of deadline."""

    def field_errors(self, pointer: str) -> Iterator[FieldError]:
        """What makes it impossible."""
        if not 1 <= self.step <= LONGEST:
            yield FieldError(f"{pointer}/step", str(self.step), Text(f"1 至 {LONGEST}", f"1 to {LONGEST}"))


Deadline = AroundEvent | DayOfPeriod | OnWeekdays | EachPeriod


@dataclass(frozen=True)
class WorkStandard:
    """A standard: a measure with its required value, a deadline, or both. ``unit`` is that of ``value`` ("%",
    "天/days").
    """

    metric: Text
    """Measure to which it refers."""
    comparator: Comparator | None = None
    """Comparison of the measured value with the required one."""
    value: Decimal | None = None
    """Required value."""
    unit: Text | None = None
    """Unit of the value."""
    deadline: Deadline | None = None
    """Due date."""

    def field_errors(self, pointer: str) -> Iterator[FieldError]:
        """What does not fit together; ``pointer`` leads to this standard."""
        if (self.comparator is None) != (self.value is None):
            expected = Text("比较方式与数值须同时填写", "a comparator together with a value")
            yield FieldError(f"{pointer}/value", None if self.value is None else str(self.value), expected)
        if self.unit is not None and self.value is None:
            yield FieldError(f"{pointer}/unit", self.unit.en, Text("有数值时才填单位", "a unit only beside a value"))
        if self.value is None and self.deadline is None:
            yield FieldError(pointer, None, Text("数值要求或时限，至少填一项", "a value, a deadline, or both"))
        if self.comparator is Comparator.WITHIN and self.value is not None and self.value < 0:
            yield FieldError(f"{pointer}/value", str(self.value), Text("不小于 0", "not below 0"))
        if self.deadline is not None:
            yield from self.deadline.field_errors(f"{pointer}/deadline")
