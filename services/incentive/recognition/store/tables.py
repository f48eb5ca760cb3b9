"""Rows of recognitions, team-building budgets and what was spent of them (INC-09)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base
from services.kit.database.sessions import Amount, Code, Key, Moment, Revision, Title, finite


class RecognitionRow(Base):
    """A recognition granted to a person; its content is never edited."""

    __tablename__ = "recognition"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    employee_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[Title]
    name_en: Mapped[Title]
    reason: Mapped[str] = mapped_column(Text)
    reason_en: Mapped[str] = mapped_column(Text)
    granted_on: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    entered_at: Mapped[Moment]
    entered_by: Mapped[UUID]
    entered_by_name: Mapped[Title]


class TeamBudgetRow(Base):
    """What a unit may spend in a quarter; ``spent`` moves under the row's lock and never passes the budget."""

    __tablename__ = "team_budget"

    id: Mapped[Key]
    unit_id: Mapped[UUID]
    unit_name: Mapped[Title]
    unit_name_en: Mapped[Title]
    period: Mapped[str] = mapped_column(String(16))
    per_head: Mapped[Amount]
    people: Mapped[int]
    spent: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    revision: Mapped[Revision]
    set_at: Mapped[Moment]
    set_by: Mapped[UUID]
    set_by_name: Mapped[Title]

    __table_args__ = (
        UniqueConstraint("unit_id", "period"),
        CheckConstraint("spent >= 0 AND spent <= per_head * people", name="never_exceeded"),
        CheckConstraint("people >= 0", name="people"),
        *finite("per_head", "spent"),
    )


class TeamExpenseRow(Base):
    """What a unit spent together. Append-only."""

    __tablename__ = "team_expense"

    id: Mapped[Key]
    budget_id: Mapped[UUID] = mapped_column(ForeignKey(TeamBudgetRow.id), index=True)
    amount: Mapped[Amount]
    purpose: Mapped[str] = mapped_column(Text)
    spent_on: Mapped[date]
    entered_at: Mapped[Moment]
    entered_by: Mapped[UUID]
    entered_by_name: Mapped[Title]

    __table_args__ = (CheckConstraint("amount > 0", name="amount"), *finite("amount"))
