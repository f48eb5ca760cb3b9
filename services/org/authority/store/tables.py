"""Rows of authority limits, policies and delegations."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database.sessions import Days, Key, Moment, finite, never_overlapping
from services.kit.work.releasing import Releasable
from services.org.schema import EMPLOYEE, POSITION, UNIT, Base


class AuthorityLimitRow(Base):
    """Up to which amount a position's holders may approve under an authority type, in its unit and below.

    ``amount`` is in yuan, people for staffing; null is without upper bound.
    """

    __tablename__ = "authority_limit"
    __table_args__ = (
        never_overlapping("position_id", "authority_type"),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        *finite("amount"),
    )

    id: Mapped[Key]
    position_id: Mapped[UUID] = mapped_column(ForeignKey(POSITION))
    authority_type: Mapped[str] = mapped_column(String(32))
    valid: Mapped[Days]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    reason: Mapped[str] = mapped_column(Text)


class AuthorityPolicyRow(Base):
    """From which amount on, and for which authority types, two different people have to approve."""

    __tablename__ = "authority_policy"
    __table_args__ = (
        never_overlapping(),
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
        CheckConstraint("threshold >= 0", name="threshold_not_negative"),
        *finite("threshold"),
    )

    id: Mapped[Key]
    valid: Mapped[Days]
    threshold: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    authority_types: Mapped[list[str]] = mapped_column(ARRAY(String(32)))


class PolicyChangeRow(Releasable, Base):
    """The policy proposed from a day on; once released, it is a row of ``authority_policy``."""

    __tablename__ = "authority_policy_change"
    __table_args__ = (
        CheckConstraint("threshold >= 0", name="threshold_not_negative"),
        *finite("threshold"),
    )

    id: Mapped[Key]
    valid_from: Mapped[date]
    threshold: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    authority_types: Mapped[list[str]] = mapped_column(ARRAY(String(32)))


class LimitChangeRow(Releasable, Base):
    """A limit proposed for a position; once released, it is a row of ``authority_limit``."""

    __tablename__ = "authority_limit_change"
    __table_args__ = (
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name="dated"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        *finite("amount"),
    )

    id: Mapped[Key]
    position_id: Mapped[UUID] = mapped_column(ForeignKey(POSITION), index=True)
    authority_type: Mapped[str] = mapped_column(String(32))
    valid: Mapped[Days]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    reason: Mapped[str] = mapped_column(Text)


class DelegationRow(Releasable, Base):
    """One person acting for another, once released. From ``revoked_on`` on, that day included, it is not in force.

    What the delegator enters is released with it.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)", name="ends"),
        CheckConstraint("delegate_id <> delegator_id", name="to_another"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        *finite("amount"),
        CheckConstraint("(revoked_on IS NULL) = (revoked_at IS NULL)", name="revoked_whole"),
    )

    id: Mapped[Key]
    delegator_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    delegate_id: Mapped[UUID] = mapped_column(ForeignKey(EMPLOYEE), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(UNIT), index=True)
    authority_type: Mapped[str] = mapped_column(String(32))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    valid: Mapped[Days]
    reason: Mapped[str] = mapped_column(Text)
    revoked_on: Mapped[date | None]
    revoked_at: Mapped[Moment | None]
    revoked_by: Mapped[UUID | None]
    revocation_reason: Mapped[str | None] = mapped_column(Text)
