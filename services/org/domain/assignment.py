"""People in positions over a period (ORG-07)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.kit.errors import Text
from services.kit.periods import Period


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
    AssignmentKind.PROJECT: Text("项目", "project"),
}

MAIN = frozenset({AssignmentKind.PRIMARY, AssignmentKind.ROTATION})
"""The kinds that are a person's one main seat: a rotation takes the place of the primary post while it runs."""

HOLDING = (AssignmentKind.PRIMARY, AssignmentKind.ROTATION, AssignmentKind.ACTING, AssignmentKind.CONCURRENT)
"""The kinds that fill a seat for reporting lines, the first that is there before the next."""

ROTATION_MONTHS = (6, 12)
"""A rotation runs for at least and at most so many months (default; ORG-07)."""


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


def first_overfull(limits: Iterable[tuple[Period, int]], occupied: Iterable[Period]) -> tuple[date, int, int] | None:
    """The first day on which more people hold a position than its headcount allows: (day, people, headcount).

    ``limits`` are the headcounts with their days, ``occupied`` the days of each main assignment.
    """
    spans = list(occupied)
    rules = list(limits)
    days = sorted({span.start for span in spans} | {valid.start for valid, _ in rules})
    for day in days:
        people = sum(1 for span in spans if span.contains(day))
        allowed = next((headcount for valid, headcount in rules if valid.contains(day)), None)
        if allowed is not None and people > allowed:
            return day, people, allowed
    return None
