"""Rows of people: employments, assignments, absences, dotted lines, terminations."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database import Code, Days, Key, Revision, Title, never_overlapping
from services.org.schema import EMPLOYEE, POSITION, Base, kept_apart


class EmployeeRow(Base):
    """A person who works or worked here."""

    __tablename__ = "employee"

    id: Mapped[Key]
    number: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    email: Mapped[Title | None]
    revision: Mapped[Revision]


class EmploymentRow(Base):
    """From the day somebody was hired to the last day; somebody rehired has two."""

    __tablename__ = "employment"
    __table_args__ = (
        kept_apart("employee_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    valid: Mapped[Days]
    probation_until: Mapped[date | None]
    leaving_reason: Mapped[str | None] = mapped_column(Text)


class AssignmentRow(Base):
    """A person in a position. One main seat at any instant is kept by the first constraint."""

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


class LeavingRow(Base):
    """How things were before the last leaving of a person: ``seats`` by assignment, and the end of probation.

    Of use as long as the employment ends where it says; an employment changed otherwise has its own end.
    """

    __tablename__ = "leaving"

    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), primary_key=True)
    gone_from: Mapped[date]
    probation_until: Mapped[date | None]
    seats: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AbsenceRow(Base):
    """Somebody is away for a time and keeps the seat; not twice on one day."""

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
