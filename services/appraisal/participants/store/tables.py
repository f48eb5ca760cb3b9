"""Rows of the area: who is not appraised in a cycle."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.cycles.store.tables import CYCLE
from services.appraisal.schema import Base, Path, Said
from services.kit.database.sessions import Code, Key, Moment, Title


class ExclusionRow(Base):
    """Who is not appraised in a cycle, and why; where a person decided that, who, when and in which words."""

    __tablename__ = "exclusion"
    __table_args__ = (UniqueConstraint("cycle_id", "subject_kind", "subject_id"),)

    id: Mapped[Key]
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey(CYCLE))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    code: Mapped[Code]
    name: Mapped[Title]
    unit_path: Mapped[Path]
    reason: Mapped[str] = mapped_column(String(32))
    note: Mapped[Said | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    decided_at: Mapped[Moment | None]
