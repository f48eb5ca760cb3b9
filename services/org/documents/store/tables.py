"""Rows of role documents, amendments, document reviews and supplements."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database.sessions import Days, Key, Moment, Revision, never_overlapping
from services.org.schema import POSITION, UNIT, Base

DOCUMENT = "org.role_document.id"
AMENDMENT = "org.amendment.id"


class RoleDocumentRow(Base):
    """The document of one position or unit; a local variant names the document that it derives from."""

    __tablename__ = "role_document"
    __table_args__ = (CheckConstraint("num_nonnulls(position_id, unit_id) = 1", name="one_subject"),)

    id: Mapped[Key]
    position_id: Mapped[UUID | None] = mapped_column(ForeignKey(POSITION), unique=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey(UNIT), unique=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey(DOCUMENT), index=True)
    registered_at: Mapped[Moment | None]
    revision: Mapped[Revision]


class RoleDocumentVersionRow(Base):
    """One version. ``valid`` is null until it is signed; no two versions of a document are in force on one day."""

    __tablename__ = "role_document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"), never_overlapping("document_id"))

    id: Mapped[Key]
    document_id: Mapped[UUID] = mapped_column(ForeignKey(DOCUMENT))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    valid: Mapped[Days | None]
    amendment_id: Mapped[UUID | None] = mapped_column(ForeignKey(AMENDMENT))
    revision: Mapped[Revision]


class AmendmentRow(Base):
    """A request to amend a document, with its grounds."""

    __tablename__ = "amendment"

    id: Mapped[Key]
    document_id: Mapped[UUID] = mapped_column(ForeignKey(DOCUMENT), index=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    benchmark: Mapped[str] = mapped_column(Text)
    business_need: Mapped[str] = mapped_column(Text)
    requested_on: Mapped[date]
    requested_by: Mapped[UUID]
    requested_by_person: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(String(200))
    revision: Mapped[Revision]


class DocumentReviewRow(Base):
    """The role documents of a unit are to be reviewed by ``due_on``."""

    __tablename__ = "document_review"

    id: Mapped[Key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT), index=True)
    trigger: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    recorded_on: Mapped[date]
    due_on: Mapped[date]
    closed_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[Revision]


class SupplementRow(Base):
    """Duties that a role has for a time in addition to those of its document."""

    __tablename__ = "supplement"
    __table_args__ = (CheckConstraint("NOT upper_inf(valid)", name="ends"),)

    id: Mapped[Key]
    document_id: Mapped[UUID] = mapped_column(ForeignKey(DOCUMENT), index=True)
    reason: Mapped[dict[str, Any]] = mapped_column(JSONB)
    duties: Mapped[list[Any]] = mapped_column(JSONB)
    valid: Mapped[Days]
