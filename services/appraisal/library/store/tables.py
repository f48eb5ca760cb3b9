"""Rows of the library: indicators and schemes."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.schema import Base, Path, Said
from services.kit.database.codec import Codec
from services.kit.database.sessions import Code, Days, Key, Moment, Title, never_overlapping

RULES: Codec[Rule] = Codec(Rule)
"""Reads and writes an indicator's rule."""

SCHEMES: Codec[Scheme] = Codec(Scheme)
"""Reads and writes the body of a scheme."""


_COUNTS = "superseded_at IS NULL"


class IndicatorRow(Base):
    """One version of an indicator. Append-only: a change is a new version."""

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[Key]
    code: Mapped[Code]
    version: Mapped[int]
    name: Mapped[Title]
    name_en: Mapped[Title]
    quantitative: Mapped[bool]
    dimension: Mapped[Title]
    definition: Mapped[Said]
    unit: Mapped[Title]
    unit_en: Mapped[Title]
    data_source: Mapped[Title]
    collection: Mapped[str] = mapped_column(String(16))
    aggregation: Mapped[str] = mapped_column(String(16))
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[Moment]


class SchemeRow(Base):
    """One version of a scheme. ``body`` is the whole scheme as forms use it; only ``valid`` is ever cut short.

    ``superseded_at``: since when another version holds in its place from its first day on, because no cycle used it.
    ``reviewed_on``: when somebody last confirmed its weights.
    """

    __tablename__ = "scheme"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        never_overlapping("code", where=_COUNTS),
        CheckConstraint("NOT isempty(valid)", name="dated"),
    )

    id: Mapped[Key]
    code: Mapped[Code]
    version: Mapped[int]
    name: Mapped[Title]
    name_en: Mapped[Title]
    subject_kind: Mapped[str] = mapped_column(String(16))
    frequency: Mapped[str] = mapped_column(String(16))
    valid: Mapped[Days]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[Moment]
    superseded_at: Mapped[Moment | None]
    reviewed_on: Mapped[date | None]


class SchemeSubjectRow(Base):
    """A position or unit that a scheme version covers; never two schemes of one frequency at a time."""

    __tablename__ = "scheme_subject"
    __table_args__ = (never_overlapping("subject_kind", "code", "frequency", where=_COUNTS),)

    id: Mapped[Key]
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.scheme.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[Code]
    frequency: Mapped[str] = mapped_column(String(16))
    valid: Mapped[Days]
    superseded_at: Mapped[Moment | None]


class PlaceRow(Base):
    """A position (``subject_kind`` employee) or a unit, with its place as last reported by org."""

    __tablename__ = "place"

    subject_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[Title]
    name_en: Mapped[Title]
    unit_path: Mapped[Path]
