"""Raters in whose place somebody else is asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    column = sa.Column("replaced", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("rater", column, schema="appraisal")


def downgrade() -> None:
    op.drop_column("rater", "replaced", schema="appraisal")
