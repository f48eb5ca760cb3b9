"""Referrals, and how the probations of people hired ended."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _referral()
    _probation_outcome()


def _referral() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referrer_id", sa.Uuid(), nullable=False),
        sa.Column("hired_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        schema="incentive",
    )
    op.create_index(
        "uq_referral_hired_id",
        "referral",
        ["hired_id"],
        unique=True,
        schema="incentive",
        postgresql_where="state = 'entered'",
    )


def _probation_outcome() -> None:
    op.create_table(
        "probation_outcome",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("core_talent", sa.Boolean(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_probation_outcome")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_probation_outcome_employee_id"), "probation_outcome", ["employee_id"], unique=False, schema="incentive"
    )


def downgrade() -> None:
    for name in ("probation_outcome", "referral"):
        op.drop_table(name, schema="incentive")
