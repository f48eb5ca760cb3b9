"""Rows of monthly briefs, as they are drafted and as they were signed."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.briefs.domain.brief import BriefFacts
from services.appraisal.schema import Base, Path, Said
from services.kit.database.codec import Codec
from services.kit.database.sessions import Code, Key, Moment, Revision, Title

FACTS: Codec[BriefFacts] = Codec(BriefFacts)
"""Reads and writes what the system drafts of a brief."""


class BriefRow(Base):
    """The brief of a unit about a month, as it is drafted and completed; what was signed is a row of its own."""

    __tablename__ = "brief"
    __table_args__ = (UniqueConstraint("unit_id", "month"),)

    id: Mapped[Key]
    unit_id: Mapped[UUID]
    unit_code: Mapped[Code]
    unit_name: Mapped[Title]
    unit_name_en: Mapped[Title]
    unit_path: Mapped[Path]
    month: Mapped[date]
    head_id: Mapped[UUID | None] = mapped_column(index=True)
    head_name: Mapped[Title | None]
    chain: Mapped[Path]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    analysis: Mapped[Said]
    measures: Mapped[Said]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    drafted_at: Mapped[Moment]


class SignedBriefRow(Base):
    """A brief exactly as it was signed: canonical JSON with its hash. Append-only."""

    __tablename__ = "signed_brief"

    brief_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.brief.id"), primary_key=True)
    content: Mapped[Said]
    hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[Said | None]
    signed_by: Mapped[UUID]
    signed_by_person: Mapped[UUID | None]
    signed_by_name: Mapped[Title]
    on_behalf_of: Mapped[Title | None]
    signed_at: Mapped[Moment]


class DeputyRow(Base):
    """Somebody who acts for another in a unit and below, as org reported it last; both days are included."""

    __tablename__ = "deputy"
    __table_args__ = (Index(None, "delegator_id"), Index(None, "delegate_id"))

    delegation_id: Mapped[UUID] = mapped_column(primary_key=True)
    delegator_id: Mapped[UUID]
    delegate_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
