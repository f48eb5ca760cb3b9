"""Rows of special awards: funds and what they are endowed with, innovation proposals, nominations (INC-04)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.clients.approval import Colleague
from services.incentive.schema import Base, Currency, Share
from services.kit.database.sessions import Amount, Code, Key, Moment, Revision, Title, finite
from services.kit.work.releasing import Releasable


class AwardFundRow(Base):
    """A fund of one year. ``balance`` moves under the row's lock, with the journal, and is never below zero."""

    __tablename__ = "award_fund"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    year: Mapped[int]
    name: Mapped[Title]
    name_en: Mapped[Title]
    currency: Mapped[Currency]
    cost_centre: Mapped[Code]
    balance: Mapped[Amount]
    created_at: Mapped[Moment]
    created_by: Mapped[UUID]
    created_by_name: Mapped[Title]

    __table_args__ = (
        CheckConstraint("balance >= 0 AND balance < 'Infinity'", name="never_overdrawn"),
        CheckConstraint("year BETWEEN 1900 AND 9000", name="year"),
    )


class FundEndowmentRow(Releasable, Base):
    """Money for a fund, or with a negative amount out of it, that counts once a second person has released it."""

    __tablename__ = "fund_endowment"

    id: Mapped[Key]
    fund_id: Mapped[UUID] = mapped_column(ForeignKey(AwardFundRow.id), index=True)
    amount: Mapped[Amount]
    purpose: Mapped[str] = mapped_column(Text)

    __table_args__ = (CheckConstraint("amount <> 0", name="amount"), *finite("amount"))


class InnovationProposalRow(Base):
    """An idea, what it was measured to save, and whether it was adopted."""

    __tablename__ = "innovation_proposal"

    id: Mapped[Key]
    title: Mapped[Title]
    description: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    cost_before: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    cost_after: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    assessment: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[Moment]
    submitted_by: Mapped[UUID]
    submitted_by_person: Mapped[UUID]
    submitted_by_name: Mapped[Title]

    __table_args__ = (
        CheckConstraint("cost_before > 0 AND cost_before < 'Infinity'", name="cost_before"),
        CheckConstraint("cost_after >= 0 AND cost_after < 'Infinity'", name="cost_after"),
    )


class AwardRow(Base):
    """A nomination, and what became of it. What was nominated is never edited."""

    __tablename__ = "award"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Title]
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey(AwardFundRow.id), index=True)
    plan_version_id: Mapped[UUID | None]
    rule: Mapped[str | None] = mapped_column(String(64))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey(InnovationProposalRow.id))
    unit_id: Mapped[UUID]
    achieved_on: Mapped[date]
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    approvers_needed: Mapped[int]
    next_approver_id: Mapped[UUID | None]
    decision: Mapped[str | None] = mapped_column(Text)
    nominated_at: Mapped[Moment]
    nominated_by: Mapped[UUID]
    nominated_by_person: Mapped[UUID]
    nominated_by_name: Mapped[Title]

    __table_args__ = (
        # An innovation is rewarded once, unless the award came to nothing.
        Index(
            "uq_award_proposal",
            "proposal_id",
            unique=True,
            postgresql_where="state IN ('nominated', 'approved')",
        ),
        CheckConstraint("amount > 0", name="amount"),
        *finite("amount"),
    )


class AwardMemberRow(Base):
    """A nominee with share and part. Append-only."""

    __tablename__ = "award_member"

    award_id: Mapped[UUID] = mapped_column(ForeignKey(AwardRow.id), primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[Code]
    name: Mapped[Title]
    share: Mapped[Share]
    amount: Mapped[Amount]

    __table_args__ = (Index(None, "employee_id"), *finite("share", "amount"))


class AwardApprovalRow(Base):
    """Who approved which revision of an award, and for whom, where on a delegated authority. Append-only."""

    __tablename__ = "award_approval"

    award_id: Mapped[UUID] = mapped_column(ForeignKey(AwardRow.id), primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    account_id: Mapped[UUID]
    name: Mapped[Title]
    acting_for_id: Mapped[UUID | None]
    acting_for_number: Mapped[Code | None]
    acting_for_name: Mapped[Title | None]
    approved_at: Mapped[Moment]

    @property
    def acting_for(self) -> Colleague | None:
        """The delegator."""
        if self.acting_for_id is None or self.acting_for_number is None or self.acting_for_name is None:
            return None
        return Colleague(self.acting_for_id, self.acting_for_number, self.acting_for_name)
