"""Rows of cycles: snapshot, forms, goals, working days."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.cycles.domain.cycle import Cycle, CyclePolicy, CycleState, PhaseDeadlines
from services.appraisal.cycles.domain.goal import Origin
from services.appraisal.library.domain.scheme import Frequency
from services.appraisal.schema import Base, Path, Said
from services.kit.database.codec import Codec
from services.kit.database.sessions import Code, Days, Key, Moment, Revision, Title
from services.kit.database.sessions import period as stored_period
from services.kit.errors import Text
from services.kit.periods import Period

CYCLE = "appraisal.cycle.id"
FORM = "appraisal.form.id"

POLICIES: Codec[CyclePolicy] = Codec(CyclePolicy)
"""Reads and writes the policy of a cycle."""


class CycleRow(Base):
    """One period of appraisal. ``ratings_closed`` from the first scoring on: no anonymous answer comes in after it.

    ``unit_name`` and ``unit_name_en`` are those of the snapshot, so null until the cycle has opened.
    """

    __tablename__ = "cycle"
    __table_args__ = (Index(None, "code", unique=True, postgresql_where=text("state <> 'cancelled'")),)

    id: Mapped[Key]
    code: Mapped[Code]
    name: Mapped[Title]
    frequency: Mapped[str] = mapped_column(String(16))
    period: Mapped[Days]
    unit_id: Mapped[UUID | None]
    unit_name: Mapped[Title | None]
    unit_name_en: Mapped[Title | None]
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    snapshot_hash: Mapped[str | None] = mapped_column(String(64))
    ratings_closed: Mapped[bool]
    public_notice: Mapped[Days | None]
    goals_due_on: Mapped[date | None]
    ratings_due_on: Mapped[date | None]
    failure: Mapped[Said | None]
    created_at: Mapped[Moment]

    @property
    def value(self) -> Cycle:
        """The cycle as a value of the domain."""
        notice = stored_period(self.public_notice) if self.public_notice else None
        return cycle_of(
            self.id, self.code, self.name, self.frequency, self.unit_id, self.unit_name, self.unit_name_en,
            self.state, self.revision, self.goals_due_on, self.ratings_due_on, self.failure, self.created_at,
            POLICIES.load(self.policy), stored_period(self.period), notice,
        )  # fmt: skip


def cycle_of(
    cycle_id: UUID,
    code: str,
    name: str,
    frequency: str,
    unit_id: UUID | None,
    unit_name: str | None,
    unit_name_en: str | None,
    state: str,
    revision: int,
    goals_due_on: date | None,
    ratings_due_on: date | None,
    failure: str | None,
    created_at: datetime,
    policy: CyclePolicy,
    period: Period,
    public_notice: Period | None,
) -> Cycle:
    """A cycle as a value of the domain, from its columns: to read some needs no objects that are tracked."""
    return Cycle(
        id=cycle_id,
        code=code,
        name=name,
        frequency=Frequency(frequency),
        period=period,
        unit_id=unit_id,
        unit_name=unit_name,
        unit_name_en=unit_name_en,
        policy=policy,
        state=CycleState(state),
        revision=revision,
        public_notice=public_notice,
        deadlines=PhaseDeadlines(goals_due_on, ratings_due_on),
        failure=failure,
        created_at=created_at,
    )


class DepartureRow(Base):
    """A person whose last day org has reported; until then they are still employed."""

    __tablename__ = "departure"

    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_day: Mapped[date]


class AbsenceRow(Base):
    """Days on which a person is absent, as last read from org; ``valid_to`` null: the return is open."""

    __tablename__ = "absence"

    absence_id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class ReminderRow(Base):
    """A deadline of a cycle's phase that was announced: when it was near, or when it had passed. Append-only."""

    __tablename__ = "reminder"

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE), primary_key=True)
    phase: Mapped[str] = mapped_column(String(16), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    passed: Mapped[bool] = mapped_column(primary_key=True)


class SnapshotUnitRow(Base):
    """A unit as it stood on the last day of the cycle."""

    __tablename__ = "snapshot_unit"

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code]
    name: Mapped[Title]
    name_en: Mapped[Title]
    kind: Mapped[str] = mapped_column(String(16))
    path: Mapped[Path]
    head_employee_id: Mapped[UUID | None]


class SnapshotPositionRow(Base):
    """A position as it stood on the last day of the cycle."""

    __tablename__ = "snapshot_position"

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE), primary_key=True)
    position_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code]
    title: Mapped[Title]
    title_en: Mapped[Title]


class SnapshotEmployeeRow(Base):
    """A person who was employed on at least one day of the cycle."""

    __tablename__ = "snapshot_employee"

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE), primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[Code]
    name: Mapped[Title]
    left_on: Mapped[date | None]


class SnapshotAssignmentRow(Base):
    """An assignment's days within the cycle, with its manager as of the last of them."""

    __tablename__ = "snapshot_assignment"
    __table_args__ = (
        Index(None, "cycle_id", "employee_id"),
        Index(None, "cycle_id", "manager_id"),
    )

    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE), primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID]
    position_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_path: Mapped[Path]
    kind: Mapped[str] = mapped_column(String(16))
    days: Mapped[Days]
    manager_id: Mapped[UUID | None]
    manager_chain: Mapped[Path]


class FormRow(Base):
    """One subject's sheet for one assignment. ``state`` is that of its goals; ``goal_revision`` 0 means none yet.

    ``excluded_at``: since when it does not count, because its subject was taken out of the cycle.
    """

    __tablename__ = "form"
    __table_args__ = (
        UniqueConstraint("cycle_id", "subject_kind", "subject_id", "days"),
        Index(None, "cycle_id", "department_id"),
        Index(None, "manager_chain", postgresql_using="gin"),
        Index(None, "unit_path", postgresql_using="gin"),
    )

    id: Mapped[Key]
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE))
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.scheme.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    subject_code: Mapped[Code]
    subject_name: Mapped[Title]
    subject_name_en: Mapped[Title]
    unit_id: Mapped[UUID]
    unit_name: Mapped[Title]
    unit_name_en: Mapped[Title]
    department_id: Mapped[UUID]
    unit_path: Mapped[Path]
    position_code: Mapped[Code | None]
    position_title: Mapped[Title | None]
    position_title_en: Mapped[Title | None]
    assignment_id: Mapped[UUID | None]
    days: Mapped[Days]
    owner_id: Mapped[UUID | None] = mapped_column(index=True)
    manager_id: Mapped[UUID | None] = mapped_column(index=True)
    manager_chain: Mapped[Path]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    goal_revision: Mapped[int]
    agreed_revision: Mapped[int | None]
    excluded_at: Mapped[Moment | None]

    @property
    def subject(self) -> Text:
        """The subject's name; people and suppliers have the same one in both languages."""
        return Text(self.subject_name, self.subject_name_en)


class GoalRow(Base):
    """One revision of a form's goals, whole. Append-only: old values stay."""

    __tablename__ = "goal"
    __table_args__ = (UniqueConstraint("form_id", "revision"),)

    id: Mapped[Key]
    form_id: Mapped[UUID] = mapped_column(ForeignKey(FORM))
    revision: Mapped[int]
    side: Mapped[Origin] = mapped_column(String(16))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reason: Mapped[Said | None]
    proposed_by: Mapped[UUID]
    proposed_by_name: Mapped[Title]
    proposed_at: Mapped[Moment]
