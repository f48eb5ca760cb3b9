"""People in positions over a period (ORG-07)."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.kit.errors import FieldError, Invalid, Text
from services.kit.periods import Period, first_of_month


class AssignmentKind(StrEnum):
    """How a person holds a position."""

    PRIMARY = "primary"
    CONCURRENT = "concurrent"
    ACTING = "acting"
    ROTATION = "rotation"
    PROJECT = "project"


ASSIGNMENT_KIND_NAMES = {
    AssignmentKind.PRIMARY: Text("主岗", "primary"),
    AssignmentKind.CONCURRENT: Text("兼任", "concurrent"),
    AssignmentKind.ACTING: Text("代理", "acting"),
    AssignmentKind.ROTATION: Text("轮岗", "rotation"),
    AssignmentKind.PROJECT: Text("项目任职", "project"),
}

MAIN = frozenset({AssignmentKind.PRIMARY, AssignmentKind.ROTATION})
"""The kinds that are a person's one main seat: a rotation takes the place of the primary post while it runs."""

HOLDING = (AssignmentKind.PRIMARY, AssignmentKind.ROTATION, AssignmentKind.ACTING, AssignmentKind.CONCURRENT)
"""The kinds that fill a seat for reporting lines, the first that is there before the next."""

ROTATION_MONTHS = (6, 12)
"""A rotation runs for at least and at most so many months (default; ORG-07)."""


class RotationLength(Invalid):
    """A rotation has no end, or is too short or too long."""

    code = "rotation_length"
    zh = "轮岗期限为 {shortest} 至 {longest} 个月。"
    en = "A rotation lasts {shortest} to {longest} months."


def check_rotation(valid: Period, left: Collection[date | None] = ()) -> None:
    """Accept the days of a rotation that runs for 6 to 12 months, or less if it ends on one of the days of ``left``.

    These are the days from which on the person works here no more: a leaving cuts every seat short.

    Raises:
        RotationLength: otherwise.
    """
    shortest, longest = ROTATION_MONTHS
    earliest, latest = (_months_later(valid.start, months) for months in ROTATION_MONTHS)
    if valid.end is None or valid.end > latest or (valid.end < earliest and valid.end not in left):
        last = earliest - date.resolution, latest - date.resolution
        expected = Text(f"{last[0]} 至 {last[1]}", f"{last[0]} to {last[1]}")
        found = None if valid.last is None else str(valid.last)
        raise RotationLength(
            shortest=shortest, longest=longest, field_errors=[FieldError("/last_day", found, expected)]
        )


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    first, following = first_of_month(day, months), first_of_month(day, months + 1)
    return min(first + (day - first_of_month(day)), following - date.resolution)


@dataclass(frozen=True)
class Seat:
    """One assignment, as far as reporting lines and headcounts need it."""

    employee_id: UUID
    employee_number: str
    position_id: UUID
    kind: AssignmentKind
    valid: Period


def holder(seats: Iterable[Seat], day: date) -> Seat | None:
    """Who counts as the holder of a position on ``day``, among the ``seats`` of that position.

    The main holder before an acting one, an acting one before a concurrent one; among equals who came first.
    """
    held = [seat for seat in seats if seat.kind in HOLDING and seat.valid.contains(day)]
    return min(held, key=_precedence, default=None)


def _precedence(seat: Seat) -> tuple[int, date, str]:
    return (max(0, HOLDING.index(seat.kind) - 1), seat.valid.start, seat.employee_number)


def first_overfull(
    limits: Iterable[tuple[Period, int]], occupied: Iterable[Period], *, since: date = date.min
) -> tuple[date, int, int] | None:
    """The first day from ``since`` on with more people in a position than its headcount: (day, people, headcount).

    ``limits`` are the headcounts with their days, ``occupied`` the days of each main assignment.
    """
    spans = list(occupied)
    rules = list(limits)
    starts = {span.start for span in spans} | {valid.start for valid, _ in rules}
    begun = sorted(span.start for span in spans)
    ended = sorted(span.end for span in spans if span.end is not None)
    for day in sorted({max(start, since) for start in starts}):
        people = bisect_right(begun, day) - bisect_right(ended, day)
        allowed = next((headcount for valid, headcount in rules if valid.contains(day)), None)
        if allowed is not None and people > allowed:
            return day, people, allowed
    return None
