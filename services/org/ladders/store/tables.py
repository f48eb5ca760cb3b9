"""Rows of career ladders and their versions."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database.sessions import Code, Key, Moment, Revision, Title
from services.org.schema import Base, never_alike


class CareerLadderRow(Base):
    """A career ladder, whatever its steps."""

    __tablename__ = "career_ladder"
    __table_args__ = (never_alike("career_ladder", "code"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    revision: Mapped[Revision]


class CareerLadderVersionRow(Base):
    """What a ladder says from ``valid_from`` on, until the next version. Never changed."""

    __tablename__ = "career_ladder_version"
    __table_args__ = (
        UniqueConstraint("ladder_id", "number"),
        Index(None, "ladder_id", "valid_from"),
    )

    id: Mapped[Key]
    ladder_id: Mapped[UUID] = mapped_column(ForeignKey("org.career_ladder.id"))
    number: Mapped[int]
    valid_from: Mapped[date]
    name: Mapped[Title]
    name_en: Mapped[Title]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Moment]
    created_by: Mapped[UUID]
    created_by_name: Mapped[str] = mapped_column(String(200))
