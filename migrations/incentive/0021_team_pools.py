"""Team pools and what their members get."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _team_pool()
    _pool_member()
    for statement in freeze("incentive", "pool_member"):
        op.execute(statement)


def _team_pool() -> None:
    op.create_table(
        "team_pool",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("unit_name_en", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("attainment", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("profit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
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
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_team_pool_amount_finite")),
        sa.CheckConstraint(
            "attainment > '-Infinity' AND attainment < 'Infinity'", name=op.f("ck_team_pool_attainment_finite")
        ),
        sa.CheckConstraint("profit > '-Infinity' AND profit < 'Infinity'", name=op.f("ck_team_pool_profit_finite")),
        sa.CheckConstraint("profit > 0", name=op.f("ck_team_pool_profit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_pool")),
        schema="incentive",
    )
    op.create_index(
        "uq_team_pool_proposed",
        "team_pool",
        ["unit_id", "year"],
        unique=True,
        schema="incentive",
        postgresql_where="state = 'proposed'",
    )


def _pool_member() -> None:
    op.create_table(
        "pool_member",
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("weight", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_pool_member_amount_finite")),
        sa.ForeignKeyConstraint(["pool_id"], ["incentive.team_pool.id"], name=op.f("fk_pool_member_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "attempt", "number", name=op.f("pk_pool_member")),
        schema="incentive",
    )


def downgrade() -> None:
    for name in ("pool_member", "team_pool"):
        op.drop_table(name, schema="incentive")
