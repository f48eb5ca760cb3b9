"""Budgets of units, their versions, what takes them, and explanations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _budget()
    _budget_version()
    _budget_commitment()
    _budget_explanation()


def _budget() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("original", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("warning_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("explanation_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("explained", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_budget_amount_finite")),
        sa.CheckConstraint(
            "explained > '-Infinity' AND explained < 'Infinity'", name=op.f("ck_budget_explained_finite")
        ),
        sa.CheckConstraint(
            "explanation_percent > '-Infinity' AND explanation_percent < 'Infinity'",
            name=op.f("ck_budget_explanation_percent_finite"),
        ),
        sa.CheckConstraint("original > '-Infinity' AND original < 'Infinity'", name=op.f("ck_budget_original_finite")),
        sa.CheckConstraint(
            "warning_percent > '-Infinity' AND warning_percent < 'Infinity'",
            name=op.f("ck_budget_warning_percent_finite"),
        ),
        sa.CheckConstraint("(amount IS NULL) = (original IS NULL)", name=op.f("ck_budget_original")),
        sa.CheckConstraint("(amount IS NULL) = (version = 0)", name=op.f("ck_budget_in_force")),
        sa.CheckConstraint("year BETWEEN 1900 AND 9000", name=op.f("ck_budget_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint("unit_id", "year", "currency", name=op.f("uq_budget_unit_id_year_currency")),
        schema="incentive",
    )


def _budget_version() -> None:
    op.create_table(
        "budget_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("warning_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("explanation_percent", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_person", sa.Uuid(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'released') >= (number IS NOT NULL)", name=op.f("ck_budget_version_numbered_when_released")
        ),
        sa.CheckConstraint(
            "amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_budget_version_amount_finite")
        ),
        sa.CheckConstraint(
            "explanation_percent > '-Infinity' AND explanation_percent < 'Infinity'",
            name=op.f("ck_budget_version_explanation_percent_finite"),
        ),
        sa.CheckConstraint(
            "warning_percent > '-Infinity' AND warning_percent < 'Infinity'",
            name=op.f("ck_budget_version_warning_percent_finite"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_budget_version_amount")),
        sa.ForeignKeyConstraint(["budget_id"], ["incentive.budget.id"], name=op.f("fk_budget_version_budget_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_version")),
        sa.UniqueConstraint("budget_id", "number", name=op.f("uq_budget_version_budget_id_number")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_budget_version_budget_id"), "budget_version", ["budget_id"], unique=False, schema="incentive"
    )
    op.create_index(
        "uq_budget_version_proposed",
        "budget_version",
        ["budget_id"],
        unique=True,
        schema="incentive",
        postgresql_where="state = 'proposed'",
    )


def _budget_commitment() -> None:
    op.create_table(
        "budget_commitment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_type", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("posted", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("name_en", sa.String(length=400), nullable=False),
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_budget_commitment_amount_finite")
        ),
        sa.CheckConstraint(
            "posted > '-Infinity' AND posted < 'Infinity'", name=op.f("ck_budget_commitment_posted_finite")
        ),
        sa.ForeignKeyConstraint(["budget_id"], ["incentive.budget.id"], name=op.f("fk_budget_commitment_budget_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_commitment")),
        sa.UniqueConstraint(
            "source_type",
            "source_id",
            "unit_id",
            "currency",
            name=op.f("uq_budget_commitment_source_type_source_id_unit_id_currency"),
        ),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_budget_commitment_budget_id"), "budget_commitment", ["budget_id"], unique=False, schema="incentive"
    )


def _budget_explanation() -> None:
    op.create_table(
        "budget_explanation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("original", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taken", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("explained_by_name", sa.String(length=200), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "original > '-Infinity' AND original < 'Infinity'", name=op.f("ck_budget_explanation_original_finite")
        ),
        sa.CheckConstraint(
            "taken > '-Infinity' AND taken < 'Infinity'", name=op.f("ck_budget_explanation_taken_finite")
        ),
        sa.ForeignKeyConstraint(["budget_id"], ["incentive.budget.id"], name=op.f("fk_budget_explanation_budget_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_explanation")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_budget_explanation_budget_id"), "budget_explanation", ["budget_id"], unique=False, schema="incentive"
    )


def downgrade() -> None:
    for name in ("budget_explanation", "budget_commitment", "budget_version", "budget"):
        op.drop_table(name, schema="incentive")
