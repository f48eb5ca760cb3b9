"""Rows of referrals, and how probations ended."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base
from services.kit.database.sessions import Key, Moment, Revision, Title


class ReferralRow(Base):
    """Who referred whom; of each person hired one referral counts (INC-06)."""

    __tablename__ = "referral"

    id: Mapped[Key]
    referrer_id: Mapped[UUID]
    hired_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    note: Mapped[str | None] = mapped_column(Text)
    entered_at: Mapped[Moment]
    entered_by: Mapped[UUID]
    entered_by_name: Mapped[Title]

    __table_args__ = (Index("uq_referral_hired_id", "hired_id", unique=True, postgresql_where="state = 'entered'"),)


class ProbationOutcomeRow(Base):
    """The outcome of a probation review, as last reported by org."""

    __tablename__ = "probation_outcome"

    review_id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(index=True)
    result: Mapped[str] = mapped_column(String(16))
    core_talent: Mapped[bool]
    effective_on: Mapped[date]
    reported_at: Mapped[Moment]
