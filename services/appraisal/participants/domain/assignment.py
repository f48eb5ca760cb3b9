"""Which assignments a person is appraised in over a period: one form for each main assignment (APR-04)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.kit.periods import Period, cut

MAIN, ROTATION = "primary", "rotation"
WITHIN_DEPARTMENT = frozenset({"team", "project_team"})


@dataclass(frozen=True)
class Assignment:
    """A person in a position over some days, as in org's snapshot; ``days`` is already limited to the period."""

    assignment_id: UUID
    position_id: UUID
    unit_id: UUID
    unit_path: tuple[UUID, ...]
    kind: str
    days: Period
    manager_id: UUID | None
    manager_chain: tuple[UUID, ...]


def main_assignments(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The main assignments in order of time, with a rotation in place of the main assignment while it runs."""
    rotations = [assignment for assignment in assignments if assignment.kind == ROTATION]
    edges = {day for assignment in rotations for day in (assignment.days.start, assignment.days.end) if day is not None}
    kept = list(rotations)
    for assignment in assignments:
        if assignment.kind != MAIN:
            continue
        parts = [p for p in cut(assignment.days, edges) if not any(r.days.contains(p.start) for r in rotations)]
        kept.extend(replace(assignment, days=part) for part in parts)
    return sorted(kept, key=lambda assignment: assignment.days.start)


def last_assignment_only(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The last assignment, for the policy of one form whatever transfers there were; it stands for all the days."""
    if not assignments:
        return []
    last = assignments[-1]
    return [replace(last, days=Period(assignments[0].days.start, last.days.end))]


def left_within(period: Period, left_on: date | None) -> bool:
    """Whether a person's last day is before the last day of the period."""
    return left_on is not None and period.last is not None and left_on < period.last


def department_of(path: Sequence[UUID], kinds: dict[UUID, str]) -> UUID:
    """The unit in which results are shown: the nearest at or above the person's own that is more than a team."""
    return next((unit for unit in reversed(path) if kinds.get(unit) not in WITHIN_DEPARTMENT), path[-1])
