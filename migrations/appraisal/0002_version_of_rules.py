"""Each version of a result says by which version of the rules it was computed; those before were all by the first."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("result", sa.Column("rules", sa.Integer(), nullable=False, server_default="1"), schema="appraisal")
    op.alter_column("result", "rules", server_default=None, schema="appraisal")


def downgrade() -> None:
    op.drop_column("result", "rules", schema="appraisal")
