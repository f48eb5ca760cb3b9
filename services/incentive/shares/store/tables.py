"""Rows of virtual shares: grants, their revocations, exits, dividends and what holders get (INC-07)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base
from services.kit.database.sessions import Amount, Code, Key, Moment, Title, finite
from services.kit.work.releasing import Releasable


class ShareGrantRow(Releasable, Base):
    """Units granted to somebody, with why they are eligible; counts once a second person has released it.

    ``revoked_on`` and ``revocation``, the reason, are set once a revocation is released.
    """

    __tablename__ = "share_grant"

    id: Mapped[Key]
    plan_version_id: Mapped[UUID]
    plan_code: Mapped[Code]
    employee_id: Mapped[UUID] = mapped_column(index=True)
    units: Mapped[int]
    granted_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    goals: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    revoked_on: Mapped[date | None]
    revocation: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        # What was revoked may be granted anew, on other terms.
        Index(
            "uq_share_grant_day",
            "employee_id",
            "plan_code",
            "granted_on",
            unique=True,
            postgresql_where="state IN ('proposed', 'released') AND revoked_on IS NULL",
        ),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("(revoked_on IS NULL) = (revocation IS NULL)", name="revoked_with_a_reason"),
        CheckConstraint("revoked_on >= granted_on", name="revoked_after_grant"),
    )


class ShareRevocationRow(Releasable, Base):
    """That a grant is to end on a day, and why; counts once a second person has released it."""

    __tablename__ = "share_revocation"

    id: Mapped[Key]
    grant_id: Mapped[UUID] = mapped_column(ForeignKey(ShareGrantRow.id), index=True)
    revoked_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_share_revocation_grant", "grant_id", unique=True, postgresql_where="state <> 'refused'"),
    )


class DepartureRow(Base):
    """The last day of somebody's employment, as org announced it last."""

    __tablename__ = "departure"

    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    reported_at: Mapped[Moment]


class ShareDividendRow(Releasable, Base):
    """Profit and target of a year, released by a second person. Of several the newest released counts.

    ``attempt`` counts how often it was shared out.
    """

    __tablename__ = "share_dividend"

    id: Mapped[Key]
    plan_version_id: Mapped[UUID]
    plan_code: Mapped[Code]
    year: Mapped[int]
    profit: Mapped[Amount]
    target: Mapped[Amount]
    amount: Mapped[Amount]
    attempt: Mapped[int]
    shared_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_share_dividend_proposed", "plan_code", "year", unique=True, postgresql_where="state = 'proposed'"),
        CheckConstraint("amount > 0", name="amount"),
        *finite("profit", "target", "amount"),
    )


class DividendPartRow(Base):
    """What a holder got in one sharing out, and for how many vested units. Append-only."""

    __tablename__ = "dividend_part"

    dividend_id: Mapped[UUID] = mapped_column(ForeignKey(ShareDividendRow.id), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[Code] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID]
    name: Mapped[Title]
    units: Mapped[int]
    amount: Mapped[Amount]

    __table_args__ = finite("amount")
