"""Putting people into positions: assign, transfer, rotate, change the days, rescind (ORG-07).

A transfer or a rotation truncates the main assignment before it. When its first day moves, or it is rescinded, that
neighbour follows, so that the person is never in two main positions and never between them.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period
from services.org.people.domain.assignment import Assignment, check_rotation
from services.org.people.domain.career import Career, overlap
from services.org.people.domain.timing import require_ahead, require_movable
from services.org.structure.domain.occupancy import AssignmentKind


class NoPrimaryAssignment(Conflict):
    """A transfer needs a primary assignment to leave."""

    code = "no_primary_assignment"
    zh = "该员工在 {day} 没有可调动的主岗，请核对日期。"
    en = "The person has no primary assignment to transfer from on {day}; check the date."


def assign(career: Career, assignment: Assignment, return_id: UUID) -> Career:
    """The career with an assignment added.

    A rotation interrupts the primary assignment, which resumes afterwards under the id ``return_id``.

    Raises:
        RotationLength, NotEmployed, AssignmentsOverlap.
    """
    added = [assignment]
    pointers = {assignment.id: "/valid_from"}
    if assignment.kind is AssignmentKind.ROTATION:
        check_rotation(assignment.valid)
        added += _interrupted(career, assignment.valid, return_id)
    return career.with_assignments(*added).checked(career, pointers, otherwise="/valid_from")


def transfer(career: Career, to: Assignment) -> Career:
    """The career with the primary assignment ``to`` from its first day on.

    The present one ends the day before; the new one ends when that would have.

    Raises:
        NoPrimaryAssignment, AssignmentsOverlap.
    """
    day = to.valid.start
    present = career.main_on(day)
    if present is None or present.kind is not AssignmentKind.PRIMARY or present.valid.start >= day:
        expected = Text("主岗任职期间内、晚于其开始日期的日期", "a day within a primary assignment, after its first")
        raise NoPrimaryAssignment(day=day, field_errors=[FieldError("/valid_from", str(day), expected)])
    ended = replace(present, valid=Period(present.valid.start, day))
    begun = replace(to, valid=Period(day, present.valid.end))
    return career.with_assignments(ended, begun).checked(career, otherwise="/valid_from")


def change_assignment(career: Career, changed: Assignment, *, today: date) -> Career:
    """The career with other days, note or reason of an assignment; the first day moves only while it is in the future.

    The main assignment before and the return from a rotation follow.

    Raises:
        AssignmentUnknown, AlreadyBegun, FirstDayPast, RotationLength, NotEmployed, AssignmentsOverlap.
    """
    present = career.assignment(changed.id)
    if changed.valid.start != present.valid.start:
        require_movable(present.valid, changed.valid.start, today, "/valid_from")
    neighbours = [
        *_before_followed(career, present, changed.valid),
        *_return_followed(career, present, changed.valid, today),
    ]
    pointers = {changed.id: "/valid_from" if changed.valid.start < present.valid.start else "/valid_to"}
    pointers |= {
        each.id: "/valid_from" if each.valid.end == changed.valid.start else "/valid_to" for each in neighbours
    }
    return career.with_assignments(changed, *neighbours).checked(career, pointers)


def rescind_assignment(
    career: Career, assignment_id: UUID, *, today: date, overfill_reason: str | None = None
) -> Career:
    """The career without a future assignment; the main assignment that it would have ended continues instead.

    A rotation's return goes with it where it leads back to the assignment that the rotation interrupts.

    Raises:
        AssignmentUnknown, AlreadyBegun, and what ``Career.checked`` refuses for the assignment that goes on.
    """
    assignment = career.assignment(assignment_id)
    require_ahead(assignment.valid, today)
    before, after = career.before(assignment), career.returned_to(assignment)
    removed = [assignment]
    if before is not None and after is not None and after.position_id == before.position_id:
        removed.append(after)
    changed = career.without(*removed)
    if before is not None:
        valid = Period(before.valid.start, removed[-1].valid.end)
        reason = overfill_reason or before.overfill_reason
        changed = changed.with_assignments(replace(before, valid=valid, overfill_reason=reason))
    return changed.checked(career)


def _interrupted(career: Career, rotation: Period, return_id: UUID) -> list[Assignment]:
    """The primary assignment before the rotation and after it, if the rotation lies within."""
    primary = career.main_on(rotation.start)
    if primary is None or primary.kind is not AssignmentKind.PRIMARY or rotation.end is None:
        return []
    was = primary.valid
    if was.start >= rotation.start or (was.end is not None and was.end <= rotation.end):
        return []
    before = replace(primary, valid=Period(was.start, rotation.start))
    return [before, replace(primary, id=return_id, valid=Period(rotation.end, was.end), revision=1)]


def _before_followed(career: Career, present: Assignment, valid: Period) -> list[Assignment]:
    """How the main assignment before follows a first day that is moved."""
    before = career.before(present) if valid.start != present.valid.start else None
    if before is None:
        return []
    if valid.start <= before.valid.start:
        raise overlap(before.valid, "/valid_from", valid.start)
    return [replace(before, valid=Period(before.valid.start, valid.start))]


def _return_followed(career: Career, present: Assignment, valid: Period, today: date) -> list[Assignment]:
    """How the return from a rotation follows a last day that is moved; a return that has begun only follows back."""
    end = present.valid.end
    if end is None or valid.end is None or end == valid.end or (end <= today and end < valid.end):
        return []
    after = career.returned_to(present)
    if after is None:
        return []
    if after.valid.end is not None and valid.end >= after.valid.end:
        raise overlap(after.valid, "/valid_to", valid.end)
    return [replace(after, valid=Period(valid.end, after.valid.end))]
