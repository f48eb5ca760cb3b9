"""Rows of calibrations, appeals and corrections."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.schema import Base, Path, Said
from services.kit.database.sessions import Key, Moment, Revision, Title

CYCLE = "appraisal.cycle.id"


class CalibrationRow(Base):
    """A session about the results of one unit's subtree. ``quota`` is cumulative percent by grade.

    ``revision`` rises with every grade adjusted in it, so that closing it names what was seen.
    """

    __tablename__ = "calibration"

    id: Mapped[Key]
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE), index=True)
    unit_id: Mapped[UUID]
    unit_name: Mapped[Title]
    unit_name_en: Mapped[Title]
    unit_path: Mapped[Path]
    quota: Mapped[dict[str, str]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    opened_by: Mapped[UUID]
    opened_by_name: Mapped[Title]
    opened_at: Mapped[Moment]


class GradeAdjustmentRow(Base):
    """A grade adjusted in a calibration, and the result version that this made. Append-only."""

    __tablename__ = "grade_adjustment"
    __table_args__ = (
        ForeignKeyConstraint(["result_id", "result_version"], ["appraisal.result.id", "appraisal.result.version"]),
    )

    id: Mapped[Key]
    calibration_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.calibration.id"), index=True)
    result_id: Mapped[UUID]
    result_version: Mapped[int]
    grade_before: Mapped[str] = mapped_column(String(1))
    grade_after: Mapped[str] = mapped_column(String(1))
    reason: Mapped[Said]
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[Title]
    decided_at: Mapped[Moment]


class AppealRow(Base):
    """An objection to a published result, one a subject and cycle."""

    __tablename__ = "appeal"
    __table_args__ = (UniqueConstraint("result_id"),)

    id: Mapped[Key]
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE), index=True)
    form_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.form.id"))
    result_id: Mapped[UUID]
    result_version: Mapped[int]
    grounds: Mapped[Said]
    filed_by: Mapped[UUID]
    filed_by_name: Mapped[Title]
    filed_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    decision: Mapped[Said | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    decided_at: Mapped[Moment | None]
    new_version: Mapped[int | None]


class CorrectionRow(Base):
    """A change of a closed result that a second person must approve. ``change`` is the decision asked for."""

    __tablename__ = "correction"

    id: Mapped[Key]
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE))
    form_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.form.id"))
    result_id: Mapped[UUID] = mapped_column(index=True)
    result_version: Mapped[int]
    change: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[Said]
    requested_by: Mapped[UUID]
    requested_by_person: Mapped[UUID | None]
    requested_by_name: Mapped[Title]
    requested_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    decision: Mapped[Said | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    decided_at: Mapped[Moment | None]
    new_version: Mapped[int | None]
