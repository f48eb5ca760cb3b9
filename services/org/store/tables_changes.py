"""The rows of what became of units, of absences and leavings, and of how far the calendar has been worked off."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database import Code, Days, Key, Version, never_overlapping
from services.org.store.schema import EMPLOYEE, UNIT, Base


class UnitSuccessionRow(Base):
    """A unit went on in another from a day: merged into it, or split off it."""

    __tablename__ = "unit_succession"
    __table_args__ = (
        UniqueConstraint("unit_id", "successor_id", "effective_from"),
        CheckConstraint("successor_id <> unit_id", name="another_unit"),
    )

    id: Mapped[Key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT))
    successor_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    effective_from: Mapped[date]


class CalendarMarkRow(Base):
    """Up to which day a task that follows the calendar has done its work."""

    __tablename__ = "calendar_mark"

    task: Mapped[Code] = mapped_column(primary_key=True)
    done_until: Mapped[date]


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
    version: Mapped[Version]
