"""A person as lists and short reads tell of them, on a day (ORG-07)."""

from typing import NamedTuple
from uuid import UUID

from services.org.structure.domain.occupancy import AssignmentKind


class UnitSummary(NamedTuple):
    """A unit, shortly."""

    id: UUID
    code: str
    name: str


class MainAssignment(NamedTuple):
    """The assignment that a person mainly works in. ``unit`` and ``title`` can be missing on that day."""

    assignment_id: UUID
    kind: AssignmentKind
    position_id: UUID
    position_code: str
    title: str | None
    unit: UnitSummary | None
    unit_path: list[UUID]


class EmployeeSummary(NamedTuple):
    """A person with the main assignment on the day asked about, None without one."""

    id: UUID
    number: str
    name: str
    email: str | None
    revision: int
    main_seat: MainAssignment | None
