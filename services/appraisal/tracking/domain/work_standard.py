"""Work standards of role documents, as far as they say by when something is owed (APR-07, ORG-03)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from services.appraisal.library.domain.scheme import SubjectKind
from services.kit.deadlines import Term, TimeUnit
from services.kit.errors import Conflict, Text
from services.kit.periods import Period, calendar_period, days_in_words, first_of_month, period_in_words
from services.kit.working_days import WorkingDays


class Every(StrEnum):
    """How often something returns."""

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


_MONTHS: Final = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF: 6, Every.YEAR: 12}
_DAYS: Final = {Every.DAY: 1, Every.WEEK: 7}
_MONDAY: Final = date(1970, 1, 5)
"""Days and weeks are counted off from here, so that every second week is the same one for everybody."""


@dataclass(frozen=True)
class OnSchedule:
    """Once in every ``step`` periods, by the ``nth`` calendar or working day of them; -1 is the last."""

    every: Every = field(metadata={"description": "The period.", "examples": ["month"]})
    nth: int = field(default=-1, metadata={"description": "Which day of it; -1 is the last.", "examples": [5]})
    counting: Literal["calendar", "working"] = field(
        default="calendar", metadata={"description": "Calendar or working days.", "examples": ["calendar"]}
    )
    step: int = field(default=1, metadata={"description": "Once in so many periods.", "examples": [1]})
    kind: Literal["on_schedule"] = "on_schedule"

    def period(self, day: date) -> Period:
        """The periods that belong together in which ``day`` lies."""
        if self.every in _DAYS:
            days = _DAYS[self.every] * self.step
            start = day - timedelta(days=(day - _MONDAY).days % days)
            return Period(start, start + timedelta(days=days))
        months = _MONTHS[self.every] * self.step
        since = (day.year * 12 + day.month - 1) // months * months
        start = date(since // 12, since % 12 + 1, 1)
        return Period(start, first_of_month(start, months))

    def last_day(self, period: Period, calendar: WorkingDays) -> date | None:
        """The last day of ``period`` that is in time; its last one, where it is too short.

        What returns by the day or week is owed on working days alone: None, where nobody works in that time.

        Raises:
            CalendarUnknown: working days are counted over days that the calendar does not know.
        """
        days = [period.start + timedelta(days=offset) for offset in range(period.days)]
        if self.every in _DAYS or self.counting == "working":
            days = [day for day in days if calendar.is_working(day)] or ([] if self.every in _DAYS else days[-1:])
        if not days:
            return None
        return days[-1] if self.nth < 0 else days[min(self.nth, len(days)) - 1]


@dataclass(frozen=True)
class OnWeekdays:
    """On some days of every week on which people work."""

    days: tuple[Weekday, ...] = field(metadata={"description": "The days of the week.", "examples": [["monday"]]})
    kind: Literal["on_weekdays"] = "on_weekdays"

    def period(self, day: date) -> Period:
        """The day itself."""
        return Period(day, day + timedelta(days=1))

    def last_day(self, period: Period, calendar: WorkingDays) -> date | None:
        """The day, if it is one of these and nobody is off.

        Raises:
            CalendarUnknown: the calendar does not know the day.
        """
        falls = list(Weekday)[period.start.weekday()] in self.days
        return period.start if falls and calendar.is_working(period.start) else None


@dataclass(frozen=True)
class AfterEvent:
    """Within so much time after an event."""

    event: Text = field(
        metadata={"description": "The event.", "examples": [{"zh": "项目结束", "en": "end of the project"}]}
    )
    amount: int = field(metadata={"description": "How many units of time.", "examples": [7]})
    unit: TimeUnit = field(metadata={"description": "The unit of time.", "examples": ["working_days"]})
    kind: Literal["after_event"] = "after_event"

    @property
    def term(self) -> Term:
        """The time."""
        return Term(self.amount, self.unit)


@dataclass(frozen=True)
class BeforeEvent:
    """No later than so much time before an event."""

    event: Text = field(
        metadata={"description": "The event.", "examples": [{"zh": "项目结束", "en": "end of the project"}]}
    )
    amount: int = field(metadata={"description": "How many units of time.", "examples": [7]})
    unit: TimeUnit = field(metadata={"description": "The unit of time.", "examples": ["working_days"]})
    kind: Literal["before_event"] = "before_event"

    @property
    def term(self) -> Term:
        """The time, counted backwards."""
        return Term(-self.amount, self.unit)


Schedule = OnSchedule | OnWeekdays
AroundEvent = AfterEvent | BeforeEvent
Deadline = Schedule | AroundEvent


@dataclass(frozen=True)
class Standard:
    """What holders of a position, or the head of a unit, owe by when. ``unit_path``: where that lies."""

    id: UUID
    subject_kind: SubjectKind
    subject_code: str
    subject_name: Text
    unit_path: Sequence[UUID]
    duty: Text
    metric: Text
    deadline: Deadline


class NotAfterAnEvent(Conflict):
    """Something is owed on a schedule, whatever happens."""

    code = "not_after_an_event"
    zh = "该工作标准按固定周期执行，不由事件触发。"
    en = "This standard runs on a schedule; no event opens anything."


def deadline_around(standard: Standard) -> AroundEvent:
    """The deadline of a standard whose event is recorded.

    Raises:
        NotAfterAnEvent: it runs on a schedule.
    """
    if not isinstance(standard.deadline, AroundEvent):
        raise NotAfterAnEvent
    return standard.deadline


def occasion_of(standard: Standard, when: date | datetime, holder: UUID | None) -> str:
    """What is never asked for twice: a standard, a period's first day or an event's moment, a holder."""
    return f"standard:{standard.id}:{when.isoformat()}:{holder or 'hr'}"


def title_of(standard: Standard, when: Text) -> Text:
    """What is owed, by whom, for which time or because of what: it distinguishes two tasks of one standard."""
    name, metric = standard.subject_name, standard.metric
    return Text(f"{name.zh}：{metric.zh}（{when.zh}）", f"{name.en}: {metric.en} ({when.en})")


def time_in_words(period: Period) -> Text:
    """What people call a period of a schedule: a day, a month, quarter, half or year, or from when to when."""
    start, last = period.start, period.last or period.start
    labels = (f"{start:%Y-%m}", f"{start.year}-Q{start.month // 3 + 1}", f"{start.year}-H{start.month // 7 + 1}")
    for label in (*labels, str(start.year)):
        if period == calendar_period(label):
            return period_in_words(label)
    return days_in_words(start, last)
