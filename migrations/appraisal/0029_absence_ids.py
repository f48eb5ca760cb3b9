"""Absences have the id under which org tells of them; they are learned anew from it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_table("absence", schema="appraisal")
    op.create_table(
        "absence",
        sa.Column("absence_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("absence_id", name=op.f("pk_absence")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_absence_employee_id"), "absence", ["employee_id"], schema="appraisal")


def downgrade() -> None:
    op.drop_table("absence", schema="appraisal")
    op.create_table(
        "absence",
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("employee_id", "valid_from", name=op.f("pk_absence")),
        schema="appraisal",
    )
