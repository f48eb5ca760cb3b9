"""Rows of claims."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base, Currency
from services.kit.database.sessions import Key, Moment, Title, finite


class ClaimRow(Base):
    """One version of what a person is owed for an occasion; the newest counts. Append-only.

    ``costs`` are amounts by cost centre, as text; the explanation is canonical JSON.
    """

    __tablename__ = "claim"

    id: Mapped[Key]
    employee_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(32))
    occasion: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    currency: Mapped[Currency]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    costs: Mapped[dict[str, str]] = mapped_column(JSONB)
    due_on: Mapped[date]
    source_type: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[UUID]
    source_version: Mapped[str] = mapped_column(String(64))
    explanation: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[Moment]
    entered_by: Mapped[UUID]
    entered_by_name: Mapped[Title]

    __table_args__ = (
        UniqueConstraint("employee_id", "kind", "occasion", "version"),
        Index(None, "source_type", "source_id"),
        Index(None, "kind", "due_on"),
        CheckConstraint("amount >= 0", name="amount"),
        *finite("amount"),
    )
