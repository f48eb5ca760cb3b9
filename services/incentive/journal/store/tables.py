"""Rows of the double-entry journal (INC-12). Append-only all; a trigger refuses postings that do not balance."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base, Currency
from services.kit.audit.hash_chain import link_table, waiting_table
from services.kit.database.sessions import Key, Moment, Title, finite
from services.kit.work.releasing import Releasable


class AccountRow(Base):
    """An account in one currency: expense of a cost centre, payable to a person, paid out."""

    __tablename__ = "account"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(64))
    currency: Mapped[Currency]

    __table_args__ = (UniqueConstraint("kind", "reference", "currency"),)


class EntryRow(Base):
    """What happened on which business day. A source is accrued once, and paid again only where the
    payment before was reversed: ``sequence`` counts those. An entry is reversed once.

    ``batch_id`` is what was booked together, such as a run.
    """

    __tablename__ = "entry"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(16))
    effective_on: Mapped[date]
    source_type: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[UUID]
    batch_id: Mapped[UUID] = mapped_column(index=True)
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("incentive.entry.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[UUID]
    recorded_by_name: Mapped[Title]
    recorded_at: Mapped[Moment]
    sequence: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (
        Index(
            "uq_entry_source_kind",
            "source_type",
            "source_id",
            "kind",
            "sequence",
            unique=True,
            postgresql_where="kind <> 'reversal'",
        ),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_names_its_entry"),
    )


class PostingRow(Base):
    """One side of an entry: debits positive, credits negative."""

    __tablename__ = "posting"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey(EntryRow.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(AccountRow.id), index=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))

    __table_args__ = (CheckConstraint("amount <> 0", name="amount"), *finite("amount"))


entry_link = link_table("entry", Base.metadata)
entry_unsealed = waiting_table("entry", Base.metadata)


class EntryReversalRow(Releasable, Base):
    """A request to undo an entry; kept for ever. Once released, its counter-entry names the entry."""

    __tablename__ = "entry_reversal"

    id: Mapped[Key]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey(EntryRow.id))
    booked_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_entry_reversal_waiting", "entry_id", unique=True, postgresql_where="state = 'proposed'"),
    )


class MonthClosingRow(Releasable, Base):
    """A request to close a month of the books, or to open it again; kept for ever.

    ``number`` is the place among those released: the newest says by its ``closed_through`` up to which day, included,
    no entry can be booked any more.
    """

    __tablename__ = "month_closing"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(16))
    month: Mapped[str] = mapped_column(CHAR(7))
    closed_through: Mapped[date]
    number: Mapped[int | None] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_month_closing_waiting", "state", unique=True, postgresql_where="state = 'proposed'"),
        CheckConstraint("(state = 'released') >= (number IS NOT NULL)", name="numbered_when_released"),
    )
