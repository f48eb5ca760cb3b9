"""That an obligation is overdue is announced, as events and the glossary say it."""

from collections.abc import Sequence

from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column("obligation", "overdue_told", new_column_name="overdue_announced", schema="appraisal")


def downgrade() -> None:
    op.alter_column("obligation", "overdue_announced", new_column_name="overdue_told", schema="appraisal")
