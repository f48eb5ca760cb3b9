"""First days that lie ahead may be moved or given up; what has begun stands, and no day gone by is written (ORG-07)."""

from datetime import date

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period


class AlreadyBegun(Conflict):
    """What has begun keeps its first day and is ended, not withdrawn."""

    code = "already_begun"
    zh = "该记录已于 {day} 开始，不能再改开始日期或撤销；请改为登记结束日期。"
    en = "This began on {day}; its first day can no longer be changed or rescinded. Record a last day instead."


class FirstDayPast(Conflict):
    """A first day is moved to today at the earliest."""

    code = "first_day_past"
    zh = "开始日期不能早于今天（{today}）。"
    en = "The first day cannot be before today ({today})."


def demand_ahead(valid: Period, today: date) -> None:
    """Accept what begins after ``today``.

    Raises:
        AlreadyBegun: it has begun.
    """
    if valid.start <= today:
        raise AlreadyBegun(day=valid.start)


def demand_movable(valid: Period, start: date, today: date, pointer: str) -> None:
    """Accept moving the first day of ``valid`` to ``start``.

    Raises:
        AlreadyBegun: it has begun.
        FirstDayPast: the new day is past.
    """
    demand_ahead(valid, today)
    if start < today:
        expected = Text(f"不早于 {today}", f"not before {today}")
        raise FirstDayPast(today=today, field_errors=[FieldError(pointer, str(start), expected)])


def turning(was: Period, valid: Period) -> date:
    """The day that tells whose business a change of days is: the first, where it moves, else the last that stays."""
    ends = [end for end in (was.end, valid.end) if end is not None]
    return was.start if valid.start != was.start or not ends else min(ends) - date.resolution
