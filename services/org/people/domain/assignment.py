"""People in positions over a period (ORG-07)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.errors import FieldError, Invalid, Text
from services.kit.periods import Period, first_of_month
from services.org.structure.domain.occupancy import HOLDING, AssignmentKind

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
