"""Rows of measurements."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.schema import Base, Exact, Path
from services.kit.database import Code, Key, Moment, Title, finite
from services.kit.releasing import Releasable


class MeasurementRow(Base):
    """An actual value on a day. Append-only: a correction is a new row that supersedes the old one.

    ``recorded_by_person`` is the employee behind the account, where there is one.
    """

    __tablename__ = "measurement"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        *finite("value"),
        Index(None, "subject_kind", "subject_code", "indicator", "measured_on"),
    )

    id: Mapped[Key]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_code: Mapped[Code]
    indicator: Mapped[Code]
    value: Mapped[Exact] = mapped_column(Numeric)
    measured_on: Mapped[date]
    source: Mapped[Title]
    external_id: Mapped[Title]
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("appraisal.measurement.id"), unique=True)
    recorded_by: Mapped[UUID]
    recorded_by_person: Mapped[UUID | None]
    recorded_at: Mapped[Moment]


class MeasurementProposalRow(Releasable, Base):
    """Measurements of one subject that wait for a second person; released, they are rows of ``measurement``."""

    __tablename__ = "measurement_proposal"
    __table_args__ = (Index(None, "subject_kind", "subject_code"),)

    id: Mapped[Key]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_code: Mapped[Code]
    unit_path: Mapped[Path]
    lines: Mapped[list[Any]] = mapped_column(JSONB)
