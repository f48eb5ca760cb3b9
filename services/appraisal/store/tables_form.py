"""Rows that a form is scored from: goals, measurements, adjustments, items left out."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.store.schema import Base, Exact, Points, Said
from services.kit.database import Code, Key, Moment, Title

FORM = "appraisal.form.id"


class GoalRow(Base):
    """One revision of a form's goals, whole. Append-only: old values stay."""

    __tablename__ = "goal"
    __table_args__ = (UniqueConstraint("form_id", "revision"),)

    id: Mapped[Key]
    form_id: Mapped[UUID] = mapped_column(ForeignKey(FORM))
    revision: Mapped[int]
    side: Mapped[str] = mapped_column(String(16))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reason: Mapped[Said | None]
    proposed_by: Mapped[UUID]
    proposed_by_name: Mapped[Title]
    at: Mapped[Moment]


class MeasurementRow(Base):
    """An actual value on a day. Append-only: a correction is a new row that supersedes the old one."""

    __tablename__ = "measurement"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("value <> 'NaN'::numeric", name="a_number"),
        Index(None, "subject_kind", "subject_code", "indicator", "day"),
    )

    id: Mapped[Key]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_code: Mapped[Code]
    indicator: Mapped[Code]
    value: Mapped[Exact] = mapped_column(Numeric)
    day: Mapped[date]
    source: Mapped[Title]
    external_id: Mapped[Title]
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("appraisal.measurement.id"), unique=True)
    recorded_by: Mapped[UUID]
    at: Mapped[Moment]


class AdjustmentRow(Base):
    """Points added to or taken from a form's total, with the reason. Append-only: undone by the opposite."""

    __tablename__ = "adjustment"

    id: Mapped[Key]
    form_id: Mapped[UUID] = mapped_column(ForeignKey(FORM), index=True)
    points: Mapped[Points]
    reason: Mapped[Said]
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[Title]
    at: Mapped[Moment]


class ItemLeftOutRow(Base):
    """HR's decision that an item without an actual does not count on a form. Append-only."""

    __tablename__ = "item_left_out"
    __table_args__ = (UniqueConstraint("form_id", "item"),)

    id: Mapped[Key]
    form_id: Mapped[UUID] = mapped_column(ForeignKey(FORM))
    item: Mapped[str] = mapped_column(String(64))
    reason: Mapped[Said]
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[Title]
    at: Mapped[Moment]
