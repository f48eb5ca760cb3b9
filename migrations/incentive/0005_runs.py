"""Runs with their frozen inputs, calculations and sign-offs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "calculation_input",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", "number", name=op.f("pk_calculation_input")),
        schema="incentive",
    )
    op.create_table(
        "exclusion",
        sa.Column("calculation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("calculation_id", "number", name=op.f("pk_exclusion")),
        schema="incentive",
    )
    op.create_table(
        "line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calculation_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("costs", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint(
            "calculation_id", "number", "currency", name=op.f("uq_line_calculation_id_number_currency")
        ),
        schema="incentive",
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("plan_name", sa.String(length=200), nullable=False),
        sa.Column("plan_name_en", sa.String(length=200), nullable=False),
        sa.Column("bonus", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=True),
        sa.Column("calculation_id", sa.Uuid(), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        schema="incentive",
    )
    op.create_index(
        "uq_run_bonus_period",
        "run",
        ["bonus", "period"],
        unique=True,
        schema="incentive",
        postgresql_where="state <> 'cancelled'",
    )
    op.create_table(
        "snapshot_unit",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", "unit_id", name=op.f("pk_snapshot_unit")),
        schema="incentive",
    )
    op.create_table(
        "input_snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("cycle_code", sa.String(length=64), nullable=True),
        sa.Column("results_hash", sa.CHAR(length=64), nullable=True),
        sa.Column("content_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_input_snapshot_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_input_snapshot")),
        schema="incentive",
    )
    op.create_table(
        "sign_off",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_sign_off_run_id")),
        sa.PrimaryKeyConstraint("run_id", "attempt", "action", "account_id", name=op.f("pk_sign_off")),
        schema="incentive",
    )
    op.create_table(
        "calculation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.Integer(), nullable=False),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("calculated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_calculation_run_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["incentive.input_snapshot.id"], name=op.f("fk_calculation_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calculation")),
        schema="incentive",
    )
    for statement in freeze(
        "incentive",
        "calculation",
        "calculation_input",
        "exclusion",
        "input_snapshot",
        "line",
        "sign_off",
        "snapshot_unit",
    ):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("calculation", schema="incentive")
    op.drop_table("sign_off", schema="incentive")
    op.drop_table("input_snapshot", schema="incentive")
    op.drop_table("snapshot_unit", schema="incentive")
    op.drop_table("run", schema="incentive")
    op.drop_table("line", schema="incentive")
    op.drop_table("exclusion", schema="incentive")
    op.drop_table("calculation_input", schema="incentive")
