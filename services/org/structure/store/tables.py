"""Rows of units and positions: identities, dated versions, derived paths, successions."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, String, UniqueConstraint, Uuid, false
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database.sessions import Code, Days, Key, Revision, Title, never_overlapping
from services.org.schema import POSITION, UNIT, Base, never_alike


class UnitRow(Base):
    """A unit, whatever its name and parent."""

    __tablename__ = "unit"
    __table_args__ = (never_alike("unit", "code"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    revision: Mapped[Revision]


class UnitVersionRow(Base):
    """A version of a unit, with the days on which it applies."""

    __tablename__ = "unit_version"
    __table_args__ = (
        never_overlapping("unit_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
        CheckConstraint("parent_id <> unit_id", name="not_its_own_parent"),
    )

    id: Mapped[Key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT))
    valid: Mapped[Days]
    name: Mapped[Title]
    name_en: Mapped[Title]
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey(UNIT), index=True)
    head_position_id: Mapped[UUID | None] = mapped_column(ForeignKey(POSITION), index=True)
    special: Mapped[bool]


class UnitPathRow(Base):
    """Derived from unit_version: the ids from the root down to the unit, itself last."""

    __tablename__ = "unit_path"
    __table_args__ = (UniqueConstraint("unit_id", "valid"),)

    id: Mapped[Key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT))
    valid: Mapped[Days]
    path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), index=True)


class PositionRow(Base):
    """A position, whatever its title and unit."""

    __tablename__ = "position"
    __table_args__ = (never_alike("position", "code"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    revision: Mapped[Revision]


class PositionVersionRow(Base):
    """What is true of a position over some days."""

    __tablename__ = "position_version"
    __table_args__ = (
        never_overlapping("position_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
        CheckConstraint("headcount >= 0", name="headcount_not_negative"),
        CheckConstraint("reports_to_id <> position_id", name="not_its_own_superior"),
    )

    id: Mapped[Key]
    position_id: Mapped[UUID] = mapped_column(ForeignKey(POSITION))
    valid: Mapped[Days]
    title: Mapped[Title]
    title_en: Mapped[Title]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT), index=True)
    track: Mapped[str] = mapped_column(String(16))
    grade: Mapped[str] = mapped_column(String(16))
    headcount: Mapped[int]
    reports_to_id: Mapped[UUID | None] = mapped_column(ForeignKey(POSITION), index=True)
    core_talent: Mapped[bool] = mapped_column(default=False, server_default=false())


class PositionPathRow(Base):
    """Derived from position_version and unit_version: the positions of the reporting line, top first, down to this."""

    __tablename__ = "position_path"
    __table_args__ = (UniqueConstraint("position_id", "valid"),)

    id: Mapped[Key]
    position_id: Mapped[UUID] = mapped_column(ForeignKey(POSITION))
    valid: Mapped[Days]
    path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), index=True)
    superior_id: Mapped[UUID | None] = mapped_column(
        Computed("path[cardinality(path) - 1]", persisted=True), index=True
    )


class UnitSuccessionRow(Base):
    """A unit went on in another from a day: merged into it, or split off it."""

    __tablename__ = "unit_succession"
    __table_args__ = (
        UniqueConstraint("unit_id", "successor_id", "valid_from"),
        CheckConstraint("successor_id <> unit_id", name="another_unit"),
    )

    id: Mapped[Key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT))
    successor_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[date]
