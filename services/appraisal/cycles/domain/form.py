"""Forms as lists show them, and the forms that a reader may see (APR-04, PLT-03)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.library.domain.scheme import SubjectKind
from services.kit.identity import Caller, Role
from services.kit.periods import Period


@dataclass(frozen=True)
class FormSummary:
    """One subject's form for one assignment; names are those of the cycle's snapshot."""

    id: UUID
    cycle_id: UUID
    cycle_code: str
    cycle_state: CycleState
    subject_kind: SubjectKind
    subject_id: UUID
    subject_code: str
    subject_name: str
    subject_name_en: str
    unit_id: UUID
    unit_name: str
    unit_name_en: str
    position_code: str | None
    position_title: str | None
    position_title_en: str | None
    days: Period
    owner_id: UUID | None
    owner_name: str | None
    manager_id: UUID | None
    manager_name: str | None
    goal_state: GoalState
    revision: int
    excluded_at: datetime | None


@dataclass(frozen=True)
class FormScope:
    """The forms that a reader may see: of ``units`` and below (None: everywhere), their own and those of their
    reports.
    """

    units: tuple[UUID, ...] | None
    employee_id: UUID | None

    @classmethod
    def of(cls, caller: Caller) -> "FormScope":
        """What a caller may see, by role and reporting line."""
        units = caller.units_of(Role.HR, Role.AUDITOR)
        return cls(None if units is None else tuple(units), caller.employee_id)


@dataclass(frozen=True)
class FormFilter:
    """Which forms are asked for; None leaves a field open. ``search`` looks into the subject's code and name."""

    cycle_id: UUID | None = None
    subject_kind: SubjectKind | None = None
    subject_id: UUID | None = None
    owner_id: UUID | None = None
    manager_id: UUID | None = None
    unit_id: UUID | None = None
    goal_state: GoalState | None = None
    search: str | None = None
