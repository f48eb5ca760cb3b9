"""People in positions over a period (ORG-07)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.errors import FieldError, Invalid, Text
from services.kit.periods import Period, first_of_month
from services.org.structure.domain.occupancy import MAIN, AssignmentKind

ROTATION_MONTHS = (6, 12)
"""A rotation runs for at least and at most so many months (default; ORG-07)."""


class RotationLength(Invalid):
    """A rotation has no end, or is too short or too long."""

    code = "rotation_length"
    zh = "轮岗期限为 {shortest} 至 {longest} 个月。"
    en = "A rotation must last {shortest} to {longest} months."


def check_rotation(valid: Period, left: Collection[date | None] = ()) -> None:
    """Accept the days of a rotation that runs for 6 to 12 months, or less if it ends on one of the days of ``left``.

    These are the days from which on the person is no longer employed: a termination shortens every assignment.

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
            shortest=shortest, longest=longest, field_errors=[FieldError("/valid_to", found, expected)]
        )


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    first, following = first_of_month(day, months), first_of_month(day, months + 1)
    return min(first + (day - first_of_month(day)), following - date.resolution)


@dataclass(frozen=True)
class Assignment:
    """A person in a position. ``overfill_reason``: why HR insisted although the headcount was used up."""

    id: UUID
    position_id: UUID
    kind: AssignmentKind
    valid: Period
    note: str | None = None
    overfill_reason: str | None = None
    revision: int = 1

    @property
    def is_main(self) -> bool:
        """Whether it is of a kind of which a person has one at a time."""
        return self.kind in MAIN
