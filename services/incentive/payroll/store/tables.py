"""Rows of payroll files."""

from uuid import UUID

from sqlalchemy import CHAR, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base
from services.kit.database import Moment


class PayrollFileRow(Base):
    """A payroll file of a posted run, stored so that it never changes (INC-17). Append-only.

    The first is made at posting; each reversal makes the next version, without what is not owed any more (INC-12).
    """

    __tablename__ = "payroll_file"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.run.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(CHAR(64))
    created_at: Mapped[Moment]
