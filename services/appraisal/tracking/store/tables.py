"""Rows of measurements."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.schema import Base, Exact
from services.kit.database import Code, Key, Moment, Title, finite


class MeasurementRow(Base):
    """An actual value on a day. Append-only: a correction is a new row that supersedes the old one."""

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
    recorded_at: Mapped[Moment]
