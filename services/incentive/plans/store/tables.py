"""Rows of versions of bonus plans."""

from typing import Any

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base
from services.kit.database.sessions import Code, Days, Key, Title
from services.kit.work.releasing import Releasable


class PlanVersionRow(Releasable, Base):
    """One version of a bonus plan: rule and figures as they were entered, never changed (INC-02).

    What may change is its release by a second person alone.
    """

    __tablename__ = "plan_version"

    id: Mapped[Key]
    code: Mapped[Code]
    version: Mapped[int]
    name_zh: Mapped[Title]
    name_en: Mapped[Title]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    valid: Mapped[Days]
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("code", "version"),)
