"""Rows of people as payroll knows them and their pay profiles."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Numeric, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base, Currency, Share
from services.kit.database import Amount, Code, Days, Key, Moment, Title, never_overlapping


class PersonRow(Base):
    """Which employee number is whose, and where the person sits, as org last stated it.

    Pay is kept by number, as payroll does; tokens name ids, and grants name units.
    """

    __tablename__ = "person"

    number: Mapped[Code] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[Title]
    unit_path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class PayProfileRow(Base):
    """Terms of pay over a period. A corrected row is put aside (``replaced_at``), never changed (INC-01).

    The only edit is that a later profile ends the period of the one before. Money in the main unit of ``currency``.
    """

    __tablename__ = "pay_profile"

    id: Mapped[Key]
    employee_number: Mapped[Code]
    version: Mapped[int]
    fixed_pay: Mapped[Amount]
    fixed_share: Mapped[Share]
    variable_share: Mapped[Share]
    monthly_base: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    currency: Mapped[Currency]
    cost_centre: Mapped[Code]
    valid: Mapped[Days]
    replaced_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment]
    created_by: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("employee_number", "version"),
        never_overlapping("employee_number", where="replaced_at IS NULL"),
        CheckConstraint("fixed_pay >= 0 AND fixed_pay < 'Infinity'", name="fixed_pay"),
        CheckConstraint("monthly_base >= 0 AND monthly_base < 'Infinity'", name="monthly_base"),
        CheckConstraint("fixed_share > 0 AND variable_share >= 0", name="shares"),
    )
