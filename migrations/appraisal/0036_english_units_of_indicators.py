"""The unit of an indicator has an English name; empty, as for what exists, it reads in both languages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    column = sa.Column("unit_en", sa.String(200), server_default="", nullable=False)
    op.add_column("indicator", column, schema="appraisal")
    op.alter_column("indicator", "unit_en", server_default=None, schema="appraisal")


def downgrade() -> None:
    op.drop_column("indicator", "unit_en", schema="appraisal")
