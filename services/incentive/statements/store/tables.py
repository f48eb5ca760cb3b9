"""Rows of statements and the notes on them."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base
from services.kit.database import Key, Moment, Revision, Title


class StatementRow(Base):
    """What a person is told of his line (INC-16)."""

    __tablename__ = "statement"

    id: Mapped[Key]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.run.id"))
    line_id: Mapped[UUID] = mapped_column(unique=True)
    employee_id: Mapped[UUID] = mapped_column(index=True)
    period: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(32))
    revision: Mapped[Revision]
    issued_at: Mapped[Moment]

    __table_args__ = (Index(None, "state", "id", postgresql_where=text("state = 'disputed'")),)


class StatementNoteRow(Base):
    """What the person objected and what HR answered, in order. Append-only."""

    __tablename__ = "statement_note"

    id: Mapped[Key]
    statement_id: Mapped[UUID] = mapped_column(ForeignKey(StatementRow.id), index=True)
    action: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(Text)
    author_name: Mapped[Title]
    at: Mapped[Moment]
