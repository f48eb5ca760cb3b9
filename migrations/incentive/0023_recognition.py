"""Recognition that is not money, and what teams may spend together."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _recognition()
    _team_budget()
    _team_expense()
    for statement in freeze("incentive", "team_expense"):
        op.execute(statement)


def _recognition() -> None:
    op.create_table(
        "recognition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition")),
        sa.UniqueConstraint("code", name=op.f("uq_recognition_code")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_recognition_employee_id"), "recognition", ["employee_id"], unique=False, schema="incentive"
    )


def _team_budget() -> None:
    op.create_table(
        "team_budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("per_head", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "per_head > '-Infinity' AND per_head < 'Infinity'", name=op.f("ck_team_budget_per_head_finite")
        ),
        sa.CheckConstraint("spent > '-Infinity' AND spent < 'Infinity'", name=op.f("ck_team_budget_spent_finite")),
        sa.CheckConstraint("people >= 0", name=op.f("ck_team_budget_people")),
        sa.CheckConstraint("spent >= 0 AND spent <= per_head * people", name=op.f("ck_team_budget_never_exceeded")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_budget")),
        sa.UniqueConstraint("unit_id", "period", name=op.f("uq_team_budget_unit_id_period")),
        schema="incentive",
    )


def _team_expense() -> None:
    op.create_table(
        "team_expense",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_team_expense_amount_finite")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_team_expense_amount")),
        sa.ForeignKeyConstraint(["budget_id"], ["incentive.team_budget.id"], name=op.f("fk_team_expense_budget_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_expense")),
        schema="incentive",
    )
    op.create_index(op.f("ix_team_expense_budget_id"), "team_expense", ["budget_id"], unique=False, schema="incentive")


def downgrade() -> None:
    for name in ("team_expense", "team_budget", "recognition"):
        op.drop_table(name, schema="incentive")
