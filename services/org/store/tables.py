"""The rows of the org schema.

A unit, position or employee is one identity row with a `version` that grows with every change (ETag), and dated rows
beside it that never overlap. `unit_place` and `position_place` are derived: the way from the top down to each unit and
position, kept for every day so that subtree, ancestors, managers, reports and permission checks are index lookups.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database import Code, Days, Key, Moment, Title, Version, never_overlapping
from services.kit.tables import adopt
from services.org.store import tables_authority, tables_changes, tables_documents
from services.org.store.schema import EMPLOYEE, POSITION, UNIT, Base, kept_apart

adopt(Base.metadata)

BESIDES = (tables_authority, tables_changes, tables_documents)
"""Modules with further rows, named here so that migrations see them."""


class UnitRow(Base):
    """A unit, whatever it is called and wherever it hangs."""

    __tablename__ = "unit"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    version: Mapped[Version]


class UnitVersionRow(Base):
    """What is true of a unit over some days."""

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


class UnitPlaceRow(Base):
    """Derived from unit_version: the ids from the root down to the unit, itself last."""

    __tablename__ = "unit_place"
    __table_args__ = (UniqueConstraint("unit_id", "valid"),)

    id: Mapped[Key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT))
    valid: Mapped[Days]
    path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), index=True)


class PositionRow(Base):
    """A position, whatever its title and unit."""

    __tablename__ = "position"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    version: Mapped[Version]


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


class PositionPlaceRow(Base):
    """Derived from position_version and unit_version: the seats from the top of the reporting line down to this one."""

    __tablename__ = "position_place"
    __table_args__ = (UniqueConstraint("position_id", "valid"),)

    id: Mapped[Key]
    position_id: Mapped[UUID] = mapped_column(ForeignKey(POSITION))
    valid: Mapped[Days]
    path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), index=True)
    superior_id: Mapped[UUID | None] = mapped_column(
        Computed("path[cardinality(path) - 1]", persisted=True), index=True
    )


class EmployeeRow(Base):
    """A person who works or worked here."""

    __tablename__ = "employee"

    id: Mapped[Key]
    number: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    email: Mapped[Title | None]
    version: Mapped[Version]


class EmploymentRow(Base):
    """From the day somebody was hired to the last day; somebody rehired has two."""

    __tablename__ = "employment"
    __table_args__ = (
        kept_apart("employee_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    valid: Mapped[Days]
    probation_until: Mapped[date | None]
    leaving_reason: Mapped[str | None] = mapped_column(Text)


class AssignmentRow(Base):
    """A person in a position. One main seat at any instant is kept by the first constraint."""

    __tablename__ = "assignment"
    __table_args__ = (
        kept_apart("employee_id", where="kind IN ('primary', 'rotation')"),
        kept_apart("employee_id", "position_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    position_id: Mapped[UUID] = mapped_column(ForeignKey(POSITION), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    valid: Mapped[Days]
    note: Mapped[str | None] = mapped_column(Text)
    overfill_reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[Version]


class DottedLineRow(Base):
    """An explicit second reporting line between two people."""

    __tablename__ = "dotted_line"
    __table_args__ = (
        never_overlapping("employee_id", "superior_id"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
        CheckConstraint("superior_id <> employee_id", name="not_oneself"),
    )

    id: Mapped[Key]
    employee_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE))
    superior_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    valid: Mapped[Days]
    note: Mapped[str | None] = mapped_column(Text)
    version: Mapped[Version]


class AccountRow(Base):
    """Somebody who may sign in, mostly but not always an employee."""

    __tablename__ = "account"

    id: Mapped[Key]
    login: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    employee_id: Mapped[UUID | None] = mapped_column(ForeignKey(EMPLOYEE), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    disabled_at: Mapped[Moment | None]
    version: Mapped[Version]


class GrantRow(Base):
    """A role of an account, over the subtree of a unit or, without one, over everything."""

    __tablename__ = "account_grant"
    __table_args__ = (
        Index(
            "uq_account_grant_role_unit",
            "account_id",
            "role",
            "unit_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("org.account.id"))
    role: Mapped[str] = mapped_column(String(16))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey(UNIT))


class ServiceClientRow(Base):
    """Another system that calls us under its own name."""

    __tablename__ = "service_client"

    id: Mapped[Key]
    client_id: Mapped[Code] = mapped_column(unique=True)
    secret_hash: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    audiences: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    disabled_at: Mapped[Moment | None]
    version: Mapped[Version]


class SignInRow(Base):
    """One sign-in: the family of refresh tokens that descend from it."""

    __tablename__ = "sign_in"

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("org.account.id"), index=True)
    started_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    revoked_because: Mapped[str | None] = mapped_column(String(32))


class RefreshTokenRow(Base):
    """One refresh token of a family, good for one use; only its SHA-256 is kept."""

    __tablename__ = "refresh_token"

    id: Mapped[Key]
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("org.sign_in.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    issued_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class SignInThrottleRow(Base):
    """Failed attempts at one login since the last success, whether such an account exists or not."""

    __tablename__ = "sign_in_throttle"

    login: Mapped[Code] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failure_at: Mapped[Moment]
    blocked_until: Mapped[Moment | None]
