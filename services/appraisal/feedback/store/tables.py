"""Rows of raters, ratings, drafts and anonymous answers."""

from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.schema import Base, Said
from services.kit.database.sessions import Key, Moment, Revision, Title


class RaterRow(Base):
    """A rater of a form. An anonymous rater's ``state`` is shown only to themselves and has no time.

    ``replaced``: another person is asked instead; an open form is then withdrawn, and a submitted one is kept.
    ``kept_despite``: the first day of the absence, or the last day of a leaver, in spite of which somebody decided to
    ask nobody else.
    """

    __tablename__ = "rater"
    __table_args__ = (UniqueConstraint("form_id", "rater_id"), Index(None, "cycle_id", "relation"))

    id: Mapped[Key]
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.cycle.id"))
    form_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.form.id"))
    rater_id: Mapped[UUID] = mapped_column(index=True)
    relation: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    replaced: Mapped[bool] = mapped_column(default=False, server_default=false())
    kept_despite: Mapped[date | None]


withdrawn: Final = and_(RaterRow.replaced, RaterRow.state == RatingState.OPEN.value)
"""The condition that nobody is asked any more for what a rater had not submitted."""


class NominationRow(Base):
    """The raters whom the subject of a form proposes, and whether somebody has decided about them.

    ``shortfall_reason``: why there are fewer than the scheme wants, where there are.
    """

    __tablename__ = "rater_nomination"

    id: Mapped[Key]
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.cycle.id"), index=True)
    form_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.form.id"), unique=True)
    nominees: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    shortfall_reason: Mapped[Said | None]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    nominated_at: Mapped[Moment]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    decided_at: Mapped[Moment | None]
    reason: Mapped[Said | None]


class RatingRow(Base):
    """What an attributed rater (superior, self, HR) said. A returned one is replaced when it is submitted again."""

    __tablename__ = "rating"

    id: Mapped[Key]
    rater_row_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.rater.id"), unique=True)
    form_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.form.id"), index=True)
    relation: Mapped[str] = mapped_column(String(16))
    ratings: Mapped[dict[str, str]] = mapped_column(JSONB)
    comment: Mapped[Said | None]
    submitted_at: Mapped[Moment]


class DraftRow(Base):
    """Ratings not yet submitted, for the author's eyes only; or submitted anonymously and not yet an answer.

    Encrypted with a key that is not in the database: reading this table reveals no rating (APR-10).
    """

    __tablename__ = "rating_draft"

    rater_row_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.rater.id"), primary_key=True)
    sealed: Mapped[Said]


class AnswerRow(Base):
    """What one of the anonymous raters of a relation answered."""

    __tablename__ = "answer"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.cycle.id"), index=True)
    form_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.form.id"), index=True)
    relation: Mapped[str] = mapped_column(String(16))
    ratings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    comment: Mapped[Said | None]
