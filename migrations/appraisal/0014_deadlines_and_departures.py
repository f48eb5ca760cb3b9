"""Deadlines of the goal and evaluation phases, and who has left."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cycle", sa.Column("goals_due_on", sa.Date(), nullable=True), schema="appraisal")
    op.add_column("cycle", sa.Column("ratings_due_on", sa.Date(), nullable=True), schema="appraisal")
    op.create_table(
        "departure",
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_departure")),
        schema="appraisal",
    )


def downgrade() -> None:
    op.drop_table("departure", schema="appraisal")
    op.drop_column("cycle", "ratings_due_on", schema="appraisal")
    op.drop_column("cycle", "goals_due_on", schema="appraisal")
