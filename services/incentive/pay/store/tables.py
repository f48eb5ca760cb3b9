"""Rows of people as payroll knows them and their pay profiles."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Numeric, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base, Currency, Share
from services.kit.database.sessions import Amount, Code, Days, Key, Moment, Title, never_overlapping
from services.kit.work.releasing import Releasable


def pay_checks() -> tuple[CheckConstraint, ...]:
    """What the database itself demands of terms of pay; PostgreSQL takes NaN for greater than every number."""
    return (
        CheckConstraint("fixed_pay >= 0 AND fixed_pay < 'Infinity'", name="fixed_pay"),
        CheckConstraint("monthly_base >= 0 AND monthly_base < 'Infinity'", name="monthly_base"),
        CheckConstraint("fixed_share > 0 AND fixed_share < 'Infinity'", name="fixed_share"),
        CheckConstraint("variable_share >= 0 AND variable_share < 'Infinity'", name="variable_share"),
    )


class PersonRow(Base):
    """Which employee number is whose, and where the person sits, as org last stated it.

    Pay is kept by number, as payroll does; tokens name ids, and grants name units.
    """

    __tablename__ = "person"

    number: Mapped[Code] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[Title]
    unit_path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class UnitRow(Base):
    """A unit's name and place as last reported by org; ``path`` runs from the root down to the unit itself."""

    __tablename__ = "unit"

    id: Mapped[Key]
    code: Mapped[Code]
    name: Mapped[Title]
    name_en: Mapped[Title]
    path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class PayChangeRow(Releasable, Base):
    """Terms of pay as one person entered them, until another releases or refuses them (INC-01)."""

    __tablename__ = "pay_change"

    id: Mapped[Key]
    employees: Mapped[int]


class NewTermsRow(Base):
    """The new terms of one person in a change. Append-only: what is released is what was entered."""

    __tablename__ = "pay_change_terms"

    change_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.pay_change.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    employee_number: Mapped[Code]
    fixed_pay: Mapped[Amount]
    fixed_share: Mapped[Share]
    variable_share: Mapped[Share]
    monthly_base: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    currency: Mapped[Currency]
    cost_centre: Mapped[Code]
    valid_from: Mapped[date]
    corrects_id: Mapped[UUID | None]

    __table_args__ = pay_checks()


class PayProfileRow(Base):
    """Terms of pay over a period, as released. A corrected row is put aside (``replaced_at``), never changed (INC-01).

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
        *pay_checks(),
    )
