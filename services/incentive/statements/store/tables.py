"""Rows of statements and the notes on them."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base
from services.kit.database.sessions import Key, Moment, Revision, Title


class StatementRow(Base):
    """What a person reads of their line (INC-16)."""

    __tablename__ = "statement"

    id: Mapped[Key]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.run.id"))
    line_id: Mapped[UUID] = mapped_column(unique=True)
    employee_id: Mapped[UUID] = mapped_column(index=True)
    period: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(32))
    revision: Mapped[Revision]
    issued_at: Mapped[Moment]

    __table_args__ = (Index(None, "state", "id", postgresql_where=sql("state = 'disputed'")),)


class StatementNewsRow(Base):
    """A change in another service that statements may rest on: of whose result, assignment or absence, and of which
    cycle or days (INC-13). Append-only.
    """

    __tablename__ = "statement_news"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    cycle_id: Mapped[UUID | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    heard_at: Mapped[Moment]

    __table_args__ = (Index(None, "subject_id", "heard_at"),)


class StatementNoteRow(Base):
    """What the person objected and what HR answered, in order. Append-only."""

    __tablename__ = "statement_note"

    id: Mapped[Key]
    statement_id: Mapped[UUID] = mapped_column(ForeignKey(StatementRow.id), index=True)
    action: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(16))
    author_name: Mapped[Title]
    written_at: Mapped[Moment]
