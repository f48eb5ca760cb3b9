"""When org reported an outcome or a departure is called so, as everywhere else."""

from collections.abc import Sequence

from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = ("probation_outcome", "departure")


def upgrade() -> None:
    for table in _TABLES:
        op.alter_column(table, "told_at", new_column_name="reported_at", schema="incentive")


def downgrade() -> None:
    for table in _TABLES:
        op.alter_column(table, "reported_at", new_column_name="told_at", schema="incentive")
