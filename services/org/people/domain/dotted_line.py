"""Dotted lines: a second superior for some days; nobody reports to themselves by way of others (ORG-08)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.periods import Period
from services.kit.timeline import gaps


class DottedToOneself(Invalid):
    """Nobody reports to themselves."""

    code = "dotted_to_oneself"
    zh = "不能向自己汇报，请另选一名员工。"
    en = "A person cannot report to themselves; choose someone else."


class DottedCircle(Conflict):
    """The superior reports to the person by dotted lines, directly or by way of others."""

    code = "dotted_circle"
    zh = "在 {day}，所选上级已通过虚线向该员工汇报，不能形成循环。"
    en = "On {day} the superior reports to this person by dotted lines; reporting lines cannot form a circle."


class DottedLine(NamedTuple):
    """Reporting lines in addition to the solid line, with their days."""

    employee_id: UUID
    superior_id: UUID
    valid: Period


def require_no_circle(line: DottedLine, others: Iterable[DottedLine]) -> None:
    """Accept a line that closes no circle on any of its days; ``others`` are all that share a day with it.

    Raises:
        DottedToOneself, DottedCircle.
    """
    found = str(line.superior_id)
    if line.employee_id == line.superior_id:
        expected = Text("另一名员工", "another person")
        raise DottedToOneself(field_errors=[FieldError("/superior_id", found, expected)])
    day = _first_day_of_circle(line, others)
    if day is not None:
        expected = Text("不通过虚线向该员工汇报的员工", "a person who does not report to this person by dotted lines")
        raise DottedCircle(day=day, field_errors=[FieldError("/superior_id", found, expected)])


def _first_day_of_circle(line: DottedLine, others: Iterable[DottedLine]) -> date | None:
    above: dict[UUID, list[DottedLine]] = defaultdict(list)
    for other in others:
        above[other.employee_id].append(other)
    seen: dict[UUID, list[Period]] = defaultdict(list)
    to_follow = [(line.superior_id, line.valid)]
    circles = []
    while to_follow:
        person, days = to_follow.pop()
        if person == line.employee_id:
            circles.append(days.start)
            continue
        for new in gaps(days, seen[person]):
            shared = ((other.superior_id, other.valid.overlap(new)) for other in above[person])
            to_follow += [(superior, valid) for superior, valid in shared if valid is not None]
        seen[person].append(days)
    return min(circles, default=None)
