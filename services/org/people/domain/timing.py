"""Future changes may be moved or rescinded; what has begun is kept, and no past day is written (ORG-07)."""

from datetime import date

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period, PeriodReversed


class AlreadyBegun(Conflict):
    """What has begun keeps its first day and is ended, not rescinded."""

    code = "already_begun"
    zh = "该记录已于 {day} 开始，不能再改开始日期或撤销；请改为登记结束日期。"
    en = "This began on {day}; its first day can no longer be changed or rescinded. Record a last day instead."


class FirstDayPast(Conflict):
    """A first day is moved to today at the earliest."""

    code = "first_day_past"
    zh = "开始日期不能早于今天（{today}）。"
    en = "The first day cannot be before today ({today})."


def require_ahead(valid: Period, today: date) -> None:
    """Accept what begins after ``today``.

    Raises:
        AlreadyBegun: it has begun.
    """
    if valid.start <= today:
        raise AlreadyBegun(day=valid.start)


def require_movable(valid: Period, start: date, today: date, pointer: str) -> None:
    """Accept moving the first day of ``valid`` to ``start``.

    Raises:
        AlreadyBegun: it has begun.
        FirstDayPast: the new day is past.
    """
    require_ahead(valid, today)
    if start < today:
        expected = Text(f"不早于 {today}", f"not before {today}")
        raise FirstDayPast(today=today, field_errors=[FieldError(pointer, str(start), expected)])


def started(valid: Period, start: date, pointer: str) -> Period:
    """``valid`` with another first day.

    Raises:
        PeriodReversed: it ends before.
    """
    if valid.last is not None and valid.last < start:
        expected = Text(f"不晚于 {valid.last}", f"not after {valid.last}")
        raise PeriodReversed(first=start, last=valid.last, field_errors=[FieldError(pointer, str(start), expected)])
    return Period(start, valid.end)


def turning_day(was: Period | None, now: Period | None) -> date | None:
    """The day whose HR decides a change of days: the first where it moves, otherwise the last that stays; None: no
    change.

    ``was`` None is something new, ``now`` None something removed.
    """
    if was is None or now is None:
        either = was or now
        return None if either is None else either.start
    if was == now:
        return None
    ends = [end for end in (was.end, now.end) if end is not None]
    return was.start if now.start != was.start or not ends else min(ends) - date.resolution
