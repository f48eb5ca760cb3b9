"""Rows of measurements, alert rules, incidents and obligations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Numeric, String, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.schema import Base, Exact, Path, Said
from services.appraisal.tracking.domain.alert import Condition
from services.appraisal.tracking.domain.work_standard import Deadline
from services.kit.database.codec import Codec
from services.kit.database.sessions import Code, Key, Moment, Revision, Title, finite
from services.kit.work.releasing import Releasable

CONDITIONS: Codec[Condition] = Codec(Condition)
"""Reads and writes the condition of an alert rule."""


DEADLINES: Codec[Deadline] = Codec(Deadline)
"""Reads and writes the deadline of a work standard."""


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


class AlertRuleRow(Base):
    """When measurements of an indicator raise an alert. Never changed: retired, and another one added."""

    __tablename__ = "alert_rule"

    id: Mapped[Key]
    indicator: Mapped[Code] = mapped_column(index=True)
    condition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    budget_indicator: Mapped[str | None] = mapped_column(String(64))
    demand: Mapped[str] = mapped_column(String(24))
    term_amount: Mapped[int]
    term_unit: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    created_at: Mapped[Moment]


class ObligationRow(Base):
    """What somebody owes; ``occasion`` keeps the same reason from opening a second one.

    ``owner_id`` null: HR over the unit owes it. ``chain``: those above the owner, the nearest first.
    ``withdrawn_by_system``: a correction unmade its reason, so that another one can make it again.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("occasion"),
        Index(None, "unit_path", postgresql_using="gin"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[Key]
    origin: Mapped[str] = mapped_column(String(16))
    occasion: Mapped[str] = mapped_column(String(200))
    demand: Mapped[str] = mapped_column(String(24))
    title_zh: Mapped[Said]
    title_en: Mapped[Said]
    reason_zh: Mapped[Said]
    reason_en: Mapped[Said]
    subject_kind: Mapped[str | None] = mapped_column(String(16))
    subject_code: Mapped[str | None] = mapped_column(String(64))
    owner_id: Mapped[UUID | None] = mapped_column(index=True)
    owner_name: Mapped[Title | None]
    chain: Mapped[Path]
    unit_path: Mapped[Path]
    term_amount: Mapped[int | None]
    term_unit: Mapped[str | None] = mapped_column(String(16))
    due_at: Mapped[Moment]
    overdue_announced: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    opened_at: Mapped[Moment]
    submission: Mapped[Said | None]
    submitted_by: Mapped[UUID | None]
    submitted_by_person: Mapped[UUID | None]
    submitted_by_name: Mapped[Title | None]
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decision: Mapped[Said | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_by_system: Mapped[bool] = mapped_column(default=False, server_default=false())


class WorkStandardRow(Base):
    """What a role document in force asks for by when, as org reported it last; replaced as a whole."""

    __tablename__ = "work_standard"

    id: Mapped[Key]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_code: Mapped[Code]
    duty_zh: Mapped[Said]
    duty_en: Mapped[Said]
    metric_zh: Mapped[Said]
    metric_en: Mapped[Said]
    deadline: Mapped[dict[str, Any]] = mapped_column(JSONB)
