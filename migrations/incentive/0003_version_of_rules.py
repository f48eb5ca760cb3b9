"""Each calculation says by which version of the rules its lines were written; those before were all by the first."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "calculation", sa.Column("rules", sa.Integer(), nullable=False, server_default="1"), schema="incentive"
    )
    op.alter_column("calculation", "rules", server_default=None, schema="incentive")


def downgrade() -> None:
    op.drop_column("calculation", "rules", schema="incentive")
