"""Entries of the lists that people read: assignments, absences and dotted lines with the names of those concerned."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.kit.periods import Period
from services.org.people.domain.absence import AbsenceKind
from services.org.structure.domain.occupancy import AssignmentKind


class PersonName(NamedTuple):
    """A person by number and name."""

    id: UUID
    number: str
    name: str


class PositionTitle(NamedTuple):
    """A position by code and title."""

    id: UUID
    code: str
    title: str | None
    title_en: str | None


class AssignmentEntry(NamedTuple):
    """Who is in which position, how and when. The title is the last one within these days."""

    id: UUID
    employee: PersonName
    position: PositionTitle
    kind: AssignmentKind
    valid: Period
    note: str | None
    overfill_reason: str | None
    revision: int


class AbsenceEntry(NamedTuple):
    """Who is away, why and when."""

    id: UUID
    employee: PersonName
    kind: AbsenceKind
    valid: Period
    revision: int


class DottedLineEntry(NamedTuple):
    """A dotted reporting line to be created, in addition to the solid one."""

    id: UUID
    employee: PersonName
    superior: PersonName
    valid: Period
    revision: int


@dataclass(frozen=True)
class AssignmentFilter:
    """Which assignments are asked for; None leaves a part open. ``unit_id``: of positions in the unit or below it."""

    day: date | None = None
    span: Period | None = None
    employee_id: UUID | None = None
    position_id: UUID | None = None
    kind: AssignmentKind | None = None
    unit_id: UUID | None = None
