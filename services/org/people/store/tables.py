"""Rows of people: employments, assignments, absences, dotted lines, terminations."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database.sessions import Code, Days, Key, Revision, Title, never_overlapping
from services.org.schema import EMPLOYEE, POSITION, Base, kept_apart, never_alike


class EmployeeRow(Base):
    """A person who works or worked here."""

    __tablename__ = "employee"
    __table_args__ = (never_alike("employee", "number"),)

    id: Mapped[Key]
    number: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    email: Mapped[Title | None]
    revision: Mapped[Revision]


class EmploymentRow(Base):
    """From the hire date to the last day; a rehired person has two."""

    __tablename__ = "employment"
    __table_args__ = (
        kept_apart("employee_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    valid: Mapped[Days]
    probation_until: Mapped[date | None]
    termination_reason: Mapped[str | None] = mapped_column(Text)


class AssignmentRow(Base):
    """A person in a position. The first constraint allows one main assignment on any day."""

    __tablename__ = "assignment"
    __table_args__ = (
        kept_apart("employee_id", where="kind IN ('primary', 'rotation')"),
        kept_apart("employee_id", "position_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    position_id: Mapped[UUID] = mapped_column(ForeignKey(POSITION), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    valid: Mapped[Days]
    note: Mapped[str | None] = mapped_column(Text)
    overfill_reason: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[Revision]


class DottedLineRow(Base):
    """An explicit second reporting line between two people."""

    __tablename__ = "dotted_line"
    __table_args__ = (
        never_overlapping("employee_id", "superior_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
        CheckConstraint("superior_id <> employee_id", name="not_oneself"),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE))
    superior_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    valid: Mapped[Days]
    note: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[Revision]


class TerminationRow(Base):
    """The end of probation before the termination that gave an employment its last day.

    Of use as long as an employment of the person ends on that day.
    """

    __tablename__ = "termination"

    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    probation_until: Mapped[date | None]


class TruncatedAssignmentRow(Base):
    """An assignment that a termination shortened or removed, as it was before."""

    __tablename__ = "truncated_assignment"
    __table_args__ = (CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),)

    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    position_id: Mapped[UUID] = mapped_column(ForeignKey(POSITION))
    kind: Mapped[str] = mapped_column(String(16))
    valid: Mapped[Days]
    note: Mapped[str | None] = mapped_column(Text)
    overfill_reason: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[Revision]


class ProbationReviewRow(Base):
    """Whether a person passes the probation that ends with ``due_on``; one review per employment is open at a time.

    ``superior_id`` and ``asks_hr`` are whose task it is at present. An employment that is changed is written anew, so
    that nothing refers to its row.
    """

    __tablename__ = "probation_review"
    __table_args__ = (
        Index("uq_probation_review_open", "employment_id", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    employment_id: Mapped[UUID]
    opened_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16))
    superior_id: Mapped[UUID | None]
    asks_hr: Mapped[bool]
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    reason: Mapped[str | None] = mapped_column(Text)
    effective_on: Mapped[date | None]
    probation_until: Mapped[date | None]
    contract_months: Mapped[int | None]
    revision: Mapped[Revision]


class AbsenceRow(Base):
    """A person is absent and keeps the assignment; absences of a person do not overlap."""

    __tablename__ = "absence"
    __table_args__ = (
        never_overlapping("employee_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE))
    kind: Mapped[str] = mapped_column(String(16))
    valid: Mapped[Days]
    revision: Mapped[Revision]
