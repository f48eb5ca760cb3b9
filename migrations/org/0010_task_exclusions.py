"""Who may not take a task that waits for a role: whoever took an earlier step, and the person concerned."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Tasks that wait already exclude nobody."""
    column = sa.Column("excluded_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}")
    op.add_column("task", column, schema="org")
    op.alter_column("task", "excluded_ids", server_default=None, schema="org")


def downgrade() -> None:
    op.drop_column("task", "excluded_ids", schema="org")
