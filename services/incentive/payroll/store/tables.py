"""Rows of payroll files, and of what the payroll answered."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CHAR, ForeignKey, LargeBinary, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base, Currency
from services.kit.database.sessions import Code, Key, Moment, Title, finite
from services.kit.errors import Language


class PayrollFileRow(Base):
    """A payroll file of a posted run, stored so that it never changes (INC-17). Append-only.

    The first is made at posting; each reversal makes the next version, without what is not owed any more (INC-12).
    ``language`` is that of its headings; None: stored before it had one.
    """

    __tablename__ = "payroll_file"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.run.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[Language | None] = mapped_column(CHAR(2))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(CHAR(64))
    created_at: Mapped[Moment]


class PayrollAnswerRow(Base):
    """A file in which payroll reported whom it paid (INC-10). Append-only; the same file is imported only once."""

    __tablename__ = "payroll_answer"

    id: Mapped[Key]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.run.id"))
    digest: Mapped[str] = mapped_column(CHAR(64))
    paid: Mapped[int]
    failed: Mapped[int]
    booked_on: Mapped[date]
    entered_at: Mapped[Moment]
    entered_by: Mapped[UUID]
    entered_by_name: Mapped[Title]

    __table_args__ = (UniqueConstraint("run_id", "digest"),)


class PayrollPaymentRow(Base):
    """What such a file said of one person and currency: paid, or failed and why. Append-only."""

    __tablename__ = "payroll_payment"

    answer_id: Mapped[UUID] = mapped_column(ForeignKey(PayrollAnswerRow.id), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID]
    number: Mapped[Code]
    name: Mapped[Title]
    currency: Mapped[Currency]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = finite("amount")
