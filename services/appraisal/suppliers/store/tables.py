"""Rows of suppliers, their agreements, classes and eliminations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.appraisal.schema import Base, Exact, Points, Said
from services.appraisal.suppliers.domain.agreement import AgreementTerms
from services.appraisal.suppliers.domain.classification import Finding
from services.appraisal.suppliers.domain.elimination import QuarterScore
from services.appraisal.suppliers.domain.policy import SupplierPolicy
from services.kit.database.codec import Codec
from services.kit.database.sessions import Code, Days, Key, Moment, Revision, Title, finite, never_overlapping

SUPPLIER = "appraisal.supplier.id"

TERMS: Codec[AgreementTerms] = Codec(AgreementTerms)
"""Reads and writes the terms of an agreement."""
POLICIES: Codec[SupplierPolicy] = Codec(SupplierPolicy)
"""Reads and writes a policy about suppliers."""
FINDINGS: Codec[dict[str, Finding]] = Codec(dict[str, Finding])
"""Reads and writes what a supplier was classified by."""
GROUNDS: Codec[tuple[QuarterScore, ...]] = Codec(tuple[QuarterScore, ...])
"""Reads and writes the scores that opened an elimination."""


class SupplierRow(Base):
    """A supplier; ``unit_code`` is the unit that works with it. Codes differ without regard to case."""

    __tablename__ = "supplier"
    __table_args__ = (Index("uq_supplier_lower_code", func.lower(text("code")), unique=True),)

    id: Mapped[Key]
    code: Mapped[Code]
    name: Mapped[Title]
    unit_code: Mapped[Code]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    created_at: Mapped[Moment]


class SupplierPolicyRow(Base):
    """A version of the policy, in force from a day until the next begins. Append-only."""

    __tablename__ = "supplier_policy"
    __table_args__ = (UniqueConstraint("version"), UniqueConstraint("valid_from"))

    id: Mapped[Key]
    version: Mapped[int]
    valid_from: Mapped[date]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_by: Mapped[UUID]
    created_by_name: Mapped[Title]
    created_at: Mapped[Moment]


class SupplierClassificationRow(Base):
    """A class as decided, in force from a day until the next; of one day the last counts. Append-only."""

    __tablename__ = "supplier_classification"
    __table_args__ = (Index(None, "supplier_id", "valid_from"), *finite("score"))

    id: Mapped[Key]
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey(SUPPLIER))
    supplier_class: Mapped[str] = mapped_column(String(1))
    score: Mapped[Points]
    findings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    policy_version: Mapped[int]
    explanation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    valid_from: Mapped[date]
    classified_by: Mapped[UUID]
    classified_by_name: Mapped[Title]
    classified_at: Mapped[Moment]


class SupplierAgreementRow(Base):
    """A version of a framework agreement; only ``valid`` is ever cut short, by the next version or a termination."""

    __tablename__ = "supplier_agreement"
    __table_args__ = (
        UniqueConstraint("supplier_id", "number", "version"),
        never_overlapping("supplier_id", "number"),
    )

    id: Mapped[Key]
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey(SUPPLIER))
    number: Mapped[Code]
    version: Mapped[int]
    valid: Mapped[Days]
    signed_on: Mapped[date]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    revision: Mapped[Revision]
    termination_reason: Mapped[Said | None]
    terminated_by_name: Mapped[Title | None]
    terminated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_by_name: Mapped[Title]
    created_at: Mapped[Moment]


class SupplierEliminationRow(Base):
    """Whether a supplier is eliminated. ``cycle_id`` is the cycle of the last of its ``grounds``: its occasion."""

    __tablename__ = "supplier_elimination"
    __table_args__ = (
        Index(None, "supplier_id", "cycle_id", unique=True, postgresql_where=text("state <> 'withdrawn'")),
        Index(
            "uq_supplier_elimination_pending",
            "supplier_id",
            unique=True,
            postgresql_where=text("state IN ('open', 'reopened')"),
        ),
        *finite("below"),
    )

    id: Mapped[Key]
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey(SUPPLIER))
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("appraisal.cycle.id"))
    grounds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    below: Mapped[Exact]
    policy_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    opened_at: Mapped[Moment]
    decision: Mapped[Said | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
