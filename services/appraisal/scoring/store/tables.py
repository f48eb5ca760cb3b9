"""Rows of results and of what a form is scored from besides measurements and ratings."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.schema import Base, Points, Said
from services.kit.database.sessions import Key, Moment, Title, finite

CYCLE = "appraisal.cycle.id"
FORM = "appraisal.form.id"


class ResultRow(Base):
    """One version of a subject's result in a cycle; the highest version counts. Append-only.

    ``inputs`` and ``explanation`` are canonical JSON, kept as text so that their bytes never change; ``form_id`` is
    the subject's last form, which says who may see the result. ``rules`` is the version of the rules that computed
    what people then decided about.
    """

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("cycle_id", "subject_kind", "subject_id", "version"),
        *finite("total", "attainment"),
        Index(None, "form_id"),
        Index(None, "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE))
    form_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.form.id"))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    total: Mapped[Points]
    attainment: Mapped[Points | None]
    computed_grade: Mapped[str] = mapped_column(String(1))
    grade: Mapped[str] = mapped_column(String(1))
    cause: Mapped[str] = mapped_column(String(16))
    reason: Mapped[Said | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    created_at: Mapped[Moment]
    inputs: Mapped[Said]
    explanation: Mapped[Said]
    hash: Mapped[str] = mapped_column(String(64))
    rules: Mapped[int]


class MissingInputRow(Base):
    """What kept the last scoring from happening; replaced at each attempt."""

    __tablename__ = "missing_input"

    id: Mapped[Key]
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE), index=True)
    form_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.form.id"))
    item: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(64))


class AdjustmentRow(Base):
    """Points added to or taken from a form's total, with the reason. Append-only: undone by the opposite."""

    __tablename__ = "adjustment"
    __table_args__ = finite("points")

    id: Mapped[Key]
    form_id: Mapped[UUID] = mapped_column(ForeignKey(FORM), index=True)
    points: Mapped[Points]
    reason: Mapped[Said]
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[Title]
    decided_at: Mapped[Moment]


class ItemExclusionRow(Base):
    """HR's decision that an item without an actual does not count on a form. Append-only."""

    __tablename__ = "item_exclusion"
    __table_args__ = (UniqueConstraint("form_id", "item"),)

    id: Mapped[Key]
    form_id: Mapped[UUID] = mapped_column(ForeignKey(FORM))
    item: Mapped[str] = mapped_column(String(64))
    reason: Mapped[Said]
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[Title]
    decided_at: Mapped[Moment]
