"""Employments: from the hire date to the last day, and how a termination ends one (ORG-07)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.periods import Period
from services.org.people.domain.assignment import Assignment


class StillEmployed(Conflict):
    """A person cannot be hired for days on which they are already employed."""

    code = "still_employed"
    zh = "该员工在 {day} 已在职，请核对日期。"
    en = "The person is already employed on {day}; check the date."


class NotEmployed(Conflict):
    """The person is not employed on that day."""

    code = "not_employed"
    zh = "该员工在 {day} 不在职，请核对日期。"
    en = "The person is not employed on {day}; check the date."


class ProbationOutside(Invalid):
    """Probation must end within the employment."""

    code = "probation_outside"
    zh = "试用期截止日须在在职期间内。"
    en = "Probation must end within the employment."


@dataclass(frozen=True)
class Employment:
    """A period of work. ``probation_until`` is the last day of probation, None without one."""

    id: UUID
    valid: Period
    probation_until: date | None = None
    termination_reason: str | None = None

    def __post_init__(self) -> None:
        """Raises ProbationOutside."""
        until = self.probation_until
        if until is None or self.valid.contains(until):
            return
        expected = Text("在职期间内的日期", "a day within the employment")
        if until < self.valid.start:
            expected = Text(f"不早于 {self.valid.start}", f"not before {self.valid.start}")
        raise ProbationOutside(field_errors=[FieldError("/probation_until", str(until), expected)])


@dataclass(frozen=True)
class Termination:
    """The state before the employment was given this last day, so that rescinding the termination restores it.

    ``truncated`` holds the assignments that it shortened or removed, as they were.
    """

    last_day: date
    probation_until: date | None = None
    truncated: tuple[Assignment, ...] = ()
