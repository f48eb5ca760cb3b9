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
from services.kit.periods import Period, first_of_month
from services.kit.working_days import WorkingDays


class Every(StrEnum):
    """How often something returns. What returns by the day or week is no obligation of its own."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


_MONTHS: Final = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF: 6, Every.YEAR: 12}


@dataclass(frozen=True)
class OnSchedule:
    """Once in each period, by its ``nth`` calendar or working day; -1 is the last."""

    every: Every = field(metadata={"description": "The period.", "examples": ["month"]})
    nth: int = field(default=-1, metadata={"description": "Which day of it; -1 is the last.", "examples": [5]})
    counting: Literal["calendar", "working"] = field(
        default="calendar", metadata={"description": "Calendar or working days.", "examples": ["calendar"]}
    )
    kind: Literal["on_schedule"] = "on_schedule"

    def period(self, day: date) -> Period:
        """The period in which ``day`` lies."""
        months = _MONTHS[self.every]
        start = date(day.year, (day.month - 1) // months * months + 1, 1)
        return Period(start, first_of_month(start, months))

    def last_day(self, period: Period, calendar: WorkingDays) -> date:
        """The last day of ``period`` that is in time; the period's own last, where it is too short.

        Raises:
            CalendarUnknown: working days are counted over days that the calendar does not know.
        """
        days = [period.start + timedelta(days=offset) for offset in range(period.days)]
        if self.counting == "working":
            days = [day for day in days if calendar.is_working(day)] or days[-1:]
        return days[-1] if self.nth < 0 else days[min(self.nth, len(days)) - 1]


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


Deadline = OnSchedule | AfterEvent


@dataclass(frozen=True)
class Standard:
    """What holders of a position, or the head of a unit, owe by when. ``unit_path``: where that lies."""

    id: UUID
    subject_kind: SubjectKind
    subject_code: str
    subject_name: str
    unit_path: Sequence[UUID]
    duty: Text
    metric: Text
    deadline: Deadline


class NotAfterAnEvent(Conflict):
    """Something is owed on a schedule, whatever happens."""

    code = "not_after_an_event"
    zh = "该工作标准按固定周期执行，不由事件触发。"
    en = "This standard runs on a schedule; no event opens anything."


def term_after(standard: Standard) -> tuple[Text, Term]:
    """The event of a standard and the time after it.

    Raises:
        NotAfterAnEvent: it runs on a schedule.
    """
    if not isinstance(standard.deadline, AfterEvent):
        raise NotAfterAnEvent
    return standard.deadline.event, standard.deadline.term


def occasion_of(standard: Standard, when: date | datetime, holder: UUID | None) -> str:
    """What is never asked for twice: a standard, a period's first day or an event's moment, a holder."""
    return f"standard:{standard.id}:{when.isoformat()}:{holder or 'hr'}"
