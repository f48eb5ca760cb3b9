"""Virtual shares: grants, exits, dividends and what holders get."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _share_grant()
    _departure()
    _share_dividend()
    _dividend_part()
    for statement in freeze("incentive", "dividend_part"):
        op.execute(statement)


def _share_grant() -> None:
    op.create_table(
        "share_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
        sa.CheckConstraint("units > 0", name=op.f("ck_share_grant_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_grant")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_share_grant_employee_id"), "share_grant", ["employee_id"], unique=False, schema="incentive"
    )
    op.create_index(
        "uq_share_grant_day",
        "share_grant",
        ["employee_id", "plan_code", "granted_on"],
        unique=True,
        schema="incentive",
        postgresql_where="state IN ('proposed', 'released')",
    )


def _departure() -> None:
    op.create_table(
        "departure",
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("employee_id", "last_day", name=op.f("pk_departure")),
        schema="incentive",
    )


def _share_dividend() -> None:
    op.create_table(
        "share_dividend",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("profit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("target", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
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
            "amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_share_dividend_amount_finite")
        ),
        sa.CheckConstraint(
            "profit > '-Infinity' AND profit < 'Infinity'", name=op.f("ck_share_dividend_profit_finite")
        ),
        sa.CheckConstraint(
            "target > '-Infinity' AND target < 'Infinity'", name=op.f("ck_share_dividend_target_finite")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_share_dividend_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_dividend")),
        schema="incentive",
    )
    op.create_index(
        "uq_share_dividend_proposed",
        "share_dividend",
        ["plan_code", "year"],
        unique=True,
        schema="incentive",
        postgresql_where="state = 'proposed'",
    )


def _dividend_part() -> None:
    op.create_table(
        "dividend_part",
        sa.Column("dividend_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_dividend_part_amount_finite")),
        sa.ForeignKeyConstraint(
            ["dividend_id"], ["incentive.share_dividend.id"], name=op.f("fk_dividend_part_dividend_id")
        ),
        sa.PrimaryKeyConstraint("dividend_id", "attempt", "number", name=op.f("pk_dividend_part")),
        schema="incentive",
    )


def downgrade() -> None:
    for name in ("dividend_part", "share_dividend", "departure", "share_grant"):
        op.drop_table(name, schema="incentive")
