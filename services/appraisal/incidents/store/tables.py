"""The tables of incidents."""

from typing import Any
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.incidents.domain.incident import IncidentPolicy
from services.appraisal.schema import Base, Path, Said
from services.kit.database.codec import Codec
from services.kit.database.sessions import Key, Moment, Title

POLICIES: Codec[IncidentPolicy] = Codec(IncidentPolicy)
"""Reads and writes a policy for incidents."""


class IncidentRow(Base):
    """Something that went wrong, of a level; who answers and by when is what its obligations say. Append-only."""

    __tablename__ = "incident"

    id: Mapped[Key]
    unit_id: Mapped[UUID]
    unit_name: Mapped[Title]
    unit_name_en: Mapped[Title]
    unit_path: Mapped[Path]
    level: Mapped[str] = mapped_column(String(16))
    title: Mapped[Title]
    description: Mapped[Said]
    occurred_at: Mapped[Moment]
    reported_by: Mapped[UUID]
    reported_by_person: Mapped[UUID | None]
    reported_by_name: Mapped[Title]
    reported_at: Mapped[Moment]


class IncidentPolicyRow(Base):
    """A version of who answers incidents within what time. Append-only; the newest applies."""

    __tablename__ = "incident_policy"
    __table_args__ = (UniqueConstraint("version"),)

    id: Mapped[Key]
    version: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[Said]
    set_by: Mapped[UUID]
    set_by_name: Mapped[Title]
    set_at: Mapped[Moment]
