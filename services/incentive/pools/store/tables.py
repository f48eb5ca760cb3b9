"""Rows of team pools and their members."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base
from services.kit.database.sessions import Amount, Code, Key, Title, finite
from services.kit.work.releasing import Releasable


class TeamPoolRow(Releasable, Base):
    """A unit's attainment and profit of a year, released by a second person. Of several the newest released counts.

    ``attempt`` counts how often it was shared out; ``problem`` is what kept it from being so the last time.
    """

    __tablename__ = "team_pool"

    id: Mapped[Key]
    unit_id: Mapped[UUID]
    unit_code: Mapped[Code]
    unit_name: Mapped[Title]
    unit_name_en: Mapped[Title]
    year: Mapped[int]
    plan_version_id: Mapped[UUID]
    cycle_id: Mapped[UUID]
    cycle_code: Mapped[Code | None]
    attainment: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    profit: Mapped[Amount]
    amount: Mapped[Amount]
    attempt: Mapped[int] = mapped_column(default=0)
    shared_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        Index("uq_team_pool_proposed", "unit_id", "year", unique=True, postgresql_where="state = 'proposed'"),
        CheckConstraint("profit > 0", name="profit"),
        *finite("profit", "amount", "attainment"),
    )


class PoolMemberRow(Base):
    """What a member got in one sharing out, and by what weight. Append-only."""

    __tablename__ = "pool_member"

    pool_id: Mapped[UUID] = mapped_column(ForeignKey(TeamPoolRow.id), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[Code] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID]
    name: Mapped[Title]
    grade: Mapped[str] = mapped_column(String(16))
    weight: Mapped[str] = mapped_column(String(64))
    amount: Mapped[Amount]

    __table_args__ = finite("amount")
