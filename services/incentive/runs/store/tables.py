"""Rows of runs: the run, its input snapshot, its calculations with their lines, and who signed off (INC-10)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.incentive.schema import Base, Currency
from services.kit.database.sessions import Code, Key, Moment, Revision, Title, finite

UNDER_WAY = "state NOT IN ('posted', 'paid', 'cancelled')"


class RunRow(Base):
    """One calculation of a plan for a period. ``attempt`` counts how often calculating began;
    ``bonus`` is the rule's kind.

    ``problem`` is what keeps the job from finishing, null when all is well.
    """

    __tablename__ = "run"

    id: Mapped[Key]
    plan_code: Mapped[Code]
    plan_name: Mapped[Title]
    plan_name_en: Mapped[Title]
    bonus: Mapped[str] = mapped_column(String(32))
    period: Mapped[str] = mapped_column(String(16))
    cycle_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(32))
    revision: Mapped[Revision]
    attempt: Mapped[int] = mapped_column(default=0)
    snapshot_id: Mapped[UUID | None]
    calculation_id: Mapped[UUID | None]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[Moment]
    created_by: Mapped[UUID]
    created_by_name: Mapped[Title]

    __table_args__ = (
        # Two runs of one kind of bonus for one period would each book the same difference, whatever their plans are
        # called; a run that is posted is over, and the next books what is due beyond it.
        Index("uq_run_bonus_period", "bonus", "period", unique=True, postgresql_where=UNDER_WAY),
    )


class InputSnapshotRow(Base):
    """The inputs of a run for one occasion, with the hashes that org and appraisal gave and our own. Append-only.

    A run has a snapshot of its own period (``main_id`` null) and one of each earlier occasion that it calculates again.
    """

    __tablename__ = "input_snapshot"

    id: Mapped[Key]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.run.id"))
    main_id: Mapped[UUID | None] = mapped_column(ForeignKey("incentive.input_snapshot.id"), index=True)
    occasion: Mapped[str] = mapped_column(String(64))
    plan_version_id: Mapped[UUID]
    snapshot_hash: Mapped[str | None] = mapped_column(CHAR(64))
    cycle_code: Mapped[str | None] = mapped_column(String(64))
    results_hash: Mapped[str | None] = mapped_column(CHAR(64))
    units_hash: Mapped[str | None] = mapped_column(CHAR(64))
    content_hash: Mapped[str] = mapped_column(CHAR(64))
    people: Mapped[int]
    taken_at: Mapped[Moment]


class SnapshotUnitRow(Base):
    """A unit in the snapshot: names, path, own result. Append-only."""

    __tablename__ = "snapshot_unit"

    snapshot_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class CalculationInputRow(Base):
    """A person in the snapshot: assignments, pay profiles, result; kept to the byte as written. Append-only.

    Units, inputs and lines come in by the hundred thousand, in the transaction that writes what they belong to; a
    foreign key would look that row up again for each.
    """

    __tablename__ = "calculation_input"

    snapshot_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[Code] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class CalculationRow(Base):
    """One pass over a snapshot. ``content_hash`` covers every line, so two passes can be compared. Append-only.

    ``rules`` is the version of the rules by which its lines were calculated and explained.
    """

    __tablename__ = "calculation"

    id: Mapped[Key]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.run.id"))
    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey(InputSnapshotRow.id))
    content_hash: Mapped[str] = mapped_column(CHAR(64))
    lines: Mapped[int]
    excluded: Mapped[int]
    totals: Mapped[dict[str, str]] = mapped_column(JSONB)
    rules: Mapped[int]
    calculated_at: Mapped[Moment]


class RunProgressRow(Base):
    """How far the calculation of an attempt is: ``calculated`` of ``people``.

    Written beside the calculation's own transaction, which holds the row of the run until it is done; so it refers to
    that row by its id alone.
    """

    __tablename__ = "run_progress"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    calculated: Mapped[int]
    people: Mapped[int]
    noted_at: Mapped[Moment]


class LineRow(Base):
    """What a calculation books for one person, kind, occasion and currency, with its explanation. Append-only.

    ``amount`` is ``due`` less ``posted``; the explanation is canonical JSON.
    """

    __tablename__ = "line"

    id: Mapped[Key]
    calculation_id: Mapped[UUID]
    snapshot_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(32))
    occasion: Mapped[str] = mapped_column(String(64))
    employee_id: Mapped[UUID]
    number: Mapped[Code]
    name: Mapped[Title]
    unit_id: Mapped[UUID]
    unit_path: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    grade: Mapped[str | None] = mapped_column(String(16))
    days: Mapped[int]
    currency: Mapped[Currency]
    due: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    posted: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    costs: Mapped[list[list[str]]] = mapped_column(JSON)
    explanation: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(CHAR(64))

    __table_args__ = (
        UniqueConstraint("calculation_id", "number", "occasion", "currency"),
        CheckConstraint("amount = due - posted", name="difference"),
        *finite("due", "posted", "amount"),
    )


class EntitlementRow(Base):
    """What is posted for one person, kind of bonus, occasion and currency; the line that posted it last (INC-13)."""

    __tablename__ = "entitlement"

    id: Mapped[Key]
    employee_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(32))
    occasion: Mapped[str] = mapped_column(String(64))
    currency: Mapped[Currency]
    posted: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    costs: Mapped[dict[str, str]] = mapped_column(JSONB)
    line_id: Mapped[UUID]

    __table_args__ = (UniqueConstraint("employee_id", "kind", "occasion", "currency"), *finite("posted"))


class SnapshotEntitlementRow(Base):
    """What was posted for an entitlement when the snapshot was taken: differences go by that. Append-only."""

    __tablename__ = "snapshot_entitlement"

    snapshot_id: Mapped[UUID] = mapped_column(primary_key=True)
    entitlement_id: Mapped[UUID] = mapped_column(primary_key=True)
    posted: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    costs: Mapped[dict[str, str]] = mapped_column(JSONB)
    line_id: Mapped[UUID]

    __table_args__ = finite("posted")


class SnapshotClaimRow(Base):
    """A version of a claim that a snapshot gathered. Append-only."""

    __tablename__ = "snapshot_claim"

    snapshot_id: Mapped[UUID] = mapped_column(primary_key=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.claim.id"), primary_key=True)


class ExclusionRow(Base):
    """A person who gets no line, and why. Append-only."""

    __tablename__ = "exclusion"

    calculation_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[Code] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(String(64), primary_key=True)
    employee_id: Mapped[UUID]
    name: Mapped[Title]
    reason: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)


class SignOffRow(Base):
    """Who calculated, reviewed or approved in an attempt of a run: it takes different people (INC-10). Append-only."""

    __tablename__ = "sign_off"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("incentive.run.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID | None]
    signed_at: Mapped[Moment]
