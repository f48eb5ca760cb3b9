"""Rows of the area: which goal serves which."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.schema import Base
from services.kit.database.sessions import Code, Key

FORM = "appraisal.form.id"


class GoalLinkRow(Base):
    """A goal of a form that serves a goal of another: over a longer time, or of a unit above."""

    __tablename__ = "goal_link"
    __table_args__ = (UniqueConstraint("form_id", "item"), Index(None, "parent_form_id", "parent_item"))

    id: Mapped[Key]
    form_id: Mapped[UUID] = mapped_column(ForeignKey(FORM))
    item: Mapped[Code]
    parent_form_id: Mapped[UUID] = mapped_column(ForeignKey(FORM))
    parent_item: Mapped[Code]
