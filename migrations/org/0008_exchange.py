"""How far dated changes have been announced."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "calendar_mark",
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("done_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_calendar_mark")),
        schema="org",
    )


def downgrade() -> None:
    op.drop_table("calendar_mark", schema="org")
