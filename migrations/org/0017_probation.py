"""Positions of core talent, and reviews of probation."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "probation_review"


def upgrade() -> None:
    op.add_column(
        "position_version",
        sa.Column("core_talent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="org",
    )
    op.create_table(
        NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("employment_id", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("superior_id", sa.Uuid(), nullable=True),
        sa.Column("asks_hr", sa.Boolean(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("probation_until", sa.Date(), nullable=True),
        sa.Column("contract_months", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_probation_review_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_probation_review")),
        schema="org",
    )
    op.create_index(op.f("ix_probation_review_employee_id"), NAME, ["employee_id"], schema="org")
    op.create_index(
        "uq_probation_review_open",
        NAME,
        ["employment_id"],
        unique=True,
        schema="org",
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table(NAME, schema="org")
    op.drop_column("position_version", "core_talent", schema="org")
