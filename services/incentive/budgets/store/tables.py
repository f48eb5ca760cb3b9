"""Rows of budgets: the limit in force, its versions, what is committed, explanations (INC-15)."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base, Currency
from services.kit.database.sessions import Amount, Key, Moment, Revision, Title, finite
from services.kit.work.releasing import Releasable


class BudgetRow(Base):
    """The budget of a unit, year and currency as its newest released version says; null until one is released.

    ``explained`` is the most that an explanation was asked for. It moves under the row's lock.
    """

    __tablename__ = "budget"

    id: Mapped[Key]
    unit_id: Mapped[UUID]
    year: Mapped[int]
    currency: Mapped[Currency]
    version: Mapped[int]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    original: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    warning_percent: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    explanation_percent: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    explained: Mapped[Amount]
    revision: Mapped[Revision]
    created_at: Mapped[Moment]
    created_by: Mapped[UUID]
    created_by_name: Mapped[Title]

    __table_args__ = (
        UniqueConstraint("unit_id", "year", "currency"),
        CheckConstraint("(amount IS NULL) = (version = 0)", name="in_force"),
        CheckConstraint("(amount IS NULL) = (original IS NULL)", name="original"),
        CheckConstraint("year BETWEEN 1900 AND 9000", name="year"),
        *finite("amount", "original", "warning_percent", "explanation_percent", "explained"),
    )


class BudgetVersionRow(Releasable, Base):
    """What a budget is to be, which counts once a second person has released it; kept for ever."""

    __tablename__ = "budget_version"

    id: Mapped[Key]
    budget_id: Mapped[UUID] = mapped_column(ForeignKey(BudgetRow.id), index=True)
    number: Mapped[int | None]
    amount: Mapped[Amount]
    warning_percent: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    explanation_percent: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("budget_id", "number"),
        Index("uq_budget_version_proposed", "budget_id", unique=True, postgresql_where="state = 'proposed'"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("(state = 'released') >= (number IS NOT NULL)", name="numbered_when_released"),
        *finite("amount", "warning_percent", "explanation_percent"),
    )


class CommitmentRow(Base):
    """What one award or run takes of one unit's money; ``budget_id`` null: no budget is above the unit.

    ``amount`` is the whole, ``posted`` the part of it that is in the books.
    """

    __tablename__ = "budget_commitment"

    id: Mapped[Key]
    source_type: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    year: Mapped[int]
    currency: Mapped[Currency]
    budget_id: Mapped[UUID | None] = mapped_column(ForeignKey(BudgetRow.id), index=True)
    state: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Amount]
    posted: Mapped[Amount]
    name: Mapped[str] = mapped_column(String(400))
    name_en: Mapped[str] = mapped_column(String(400))
    link: Mapped[str] = mapped_column(String(400))
    changed_at: Mapped[Moment]
    changed_by_name: Mapped[Title]

    __table_args__ = (
        UniqueConstraint("source_type", "source_id", "unit_id", "currency"),
        *finite("amount", "posted"),
    )


class BudgetExplanationRow(Base):
    """That more is taken than was first budgeted, who explained it how, and who accepted that."""

    __tablename__ = "budget_explanation"

    id: Mapped[Key]
    budget_id: Mapped[UUID] = mapped_column(ForeignKey(BudgetRow.id), index=True)
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    original: Mapped[Amount]
    taken: Mapped[Amount]
    text: Mapped[str | None] = mapped_column(Text)
    explained_by_name: Mapped[Title | None]
    decision: Mapped[str | None] = mapped_column(Text)
    decided_by_name: Mapped[Title | None]
    asked_at: Mapped[Moment]

    __table_args__ = finite("original", "taken")
