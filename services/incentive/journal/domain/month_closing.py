"""Closing the books month by month (INC-12): what is closed stays as it was reported.

Months close in their order, up to one day that all of the books share. One person of finance asks, another releases; a
month that was closed opens again in the same way, the newest first. Requests are kept, so that each leaves a trace.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.periods import Period, period_in_words
from services.kit.release import ReleaseRecord, ReleaseState, release_workflow

MONTH_CLOSING: Final = release_workflow(
    "month_closing", Text("结账或反结账申请", "closing or reopening of a month"), [Role.FINANCE]
)


class ClosingKind(StrEnum):
    """What is asked for."""

    CLOSE = "close"
    REOPEN = "reopen"


KINDS: Final = {ClosingKind.CLOSE: Text("结账", "close"), ClosingKind.REOPEN: Text("反结账", "reopen")}


class MonthClosed(Conflict):
    """The booking day of an entry is in a closed month."""

    code = "month_closed"
    zh = "{month}已结账，不能再记入凭证；请记入 {open} 及以后的日期，或先办理反结账。"
    en = "{month} is closed and takes no entries; book on {open} or later, or have the month reopened first."


class BookedAhead(Invalid):
    """An entry is of a day that has come."""

    code = "booked_ahead"
    zh = "记账日期 {day} 晚于今天 {today}，不能提前记账。"
    en = "The booking day {day} is after today, {today}; entries cannot be booked in advance."


class MonthNotOver(Conflict):
    """A month can be closed from its last day on."""

    code = "month_not_over"
    zh = "{month}尚未结束，自 {last} 起方可结账。"
    en = "{month} is not over yet; it can be closed from {last} on."


class MonthAlreadyClosed(Conflict):
    """The month is closed, alone or with a later one."""

    code = "month_already_closed"
    zh = "{month}已结账，无需重复办理。"
    en = "{month} is already closed; there is nothing to do."


class NotTheNewestClosed(Conflict):
    """Months open again from the newest one backwards, so that no closed month follows an open one."""

    code = "not_the_newest_closed"
    zh = "只能对最近一个已结账的月份反结账：{newest}。"
    en = "Only the newest closed month can be reopened: {newest}."


class ClosingWaits(Conflict):
    """One request at a time: what it is about could change under the other."""

    code = "closing_waits"
    zh = "已有一项结账或反结账申请待确认，请先办理。"
    en = "Another request to close or reopen a month is waiting for release; decide on it first."


@dataclass(frozen=True)
class MonthClosing:
    """A request to close a month, or to open it again."""

    id: UUID
    kind: ClosingKind
    month: str
    reason: str
    record: ReleaseRecord


@dataclass(frozen=True)
class ClosingFilter:
    """Which requests are wanted; None: all."""

    month: str | None = None
    state: ReleaseState | None = None


def month_label(day: date) -> str:
    """The month of a day, as its label."""
    return day.isoformat()[:7]


def closed_after(kind: ClosingKind, month: Period) -> date:
    """The last day that is closed once the request is released."""
    return month.end - timedelta(days=1) if kind is ClosingKind.CLOSE and month.end else month.start - timedelta(days=1)


def check_request(kind: ClosingKind, label: str, month: Period, *, closed: date | None, today: date) -> None:
    """Refuses to close what is not over or is closed, and to open anything but the newest closed month.

    ``closed`` is the last day that is closed now, None where nothing ever was.

    Raises:
        MonthNotOver, MonthAlreadyClosed, NotTheNewestClosed.
    """
    last = closed_after(ClosingKind.CLOSE, month)
    if kind is ClosingKind.REOPEN:
        if closed != last:
            newest = Text("目前没有已结账的月份", "none is closed")
            raise NotTheNewestClosed(newest=newest if closed is None else period_in_words(month_label(closed)))
        return
    if closed is not None and last <= closed:
        raise MonthAlreadyClosed(month=period_in_words(label))
    if today < last:
        raise MonthNotOver(month=period_in_words(label), last=last)


def booking_day(asked: date | None, *, closed: date | None, today: date) -> date:
    """The booking day of entries: the one requested; otherwise today, or the first open day if today's month is
    closed.

    Raises:
        MonthClosed, BookedAhead: the day asked for is closed, or has not come.
    """
    first_open = None if closed is None else closed + timedelta(days=1)
    if asked is None:
        return today if first_open is None else max(today, first_open)
    if asked > today:
        expected = Text(f"不晚于 {today}", f"not after {today}")
        raise BookedAhead(day=asked, today=today, field_errors=[FieldError("/booked_on", str(asked), expected)])
    if first_open is not None and asked < first_open:
        expected = Text(f"不早于 {first_open}", f"not before {first_open}")
        fault = FieldError("/booked_on", str(asked), expected)
        raise MonthClosed(month=period_in_words(month_label(asked)), open=first_open, field_errors=[fault])
    return asked
