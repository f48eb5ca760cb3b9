"""A person as lists and short reads show them on a day, and by what they are found (ORG-07)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from services.kit.errors import Text
from services.org.people.domain.employment import Employment
from services.org.structure.domain.occupancy import AssignmentKind


class UnitSummary(NamedTuple):
    """A unit in brief."""

    id: UUID
    code: str
    name: str
    name_en: str


class MainAssignment(NamedTuple):
    """The assignment that a person mainly works in. ``unit`` and titles can be missing on that day."""

    assignment_id: UUID
    kind: AssignmentKind
    position_id: UUID
    position_code: str
    title: str | None
    title_en: str | None
    unit: UnitSummary | None
    unit_path: list[UUID]


class EmployeeSummary(NamedTuple):
    """A person with the main assignment on the day asked about, None without one."""

    id: UUID
    number: str
    name: str
    email: str | None
    revision: int
    main_assignment: MainAssignment | None


class EmployeeRecord(NamedTuple):
    """A person as of a day, with all employments, the first first."""

    summary: EmployeeSummary
    employments: list[Employment]


class EmploymentState(StrEnum):
    """The state of employment on a day. Probation is a part of employment."""

    EMPLOYED = "employed"
    ON_PROBATION = "on_probation"
    LEFT = "left"


EMPLOYMENT_STATE_NAMES: Final = {
    EmploymentState.EMPLOYED: Text("在职", "employed"),
    EmploymentState.ON_PROBATION: Text("试用期", "on probation"),
    EmploymentState.LEFT: Text("已离职", "left"),
}


@dataclass(frozen=True)
class EmployeeFilter:
    """The filter for people. ``text`` is part of a name or a number; ``unit_id`` stands for its whole subtree."""

    state: EmploymentState = EmploymentState.EMPLOYED
    text: str | None = None
    number: str | None = None
    unit_id: UUID | None = None
    position_id: UUID | None = None
    manager_id: UUID | None = None


EVERYBODY = EmployeeFilter()
"""Everyone who is employed on the day."""
