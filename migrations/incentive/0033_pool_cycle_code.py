"""A team pool names its cycle by code, once its grades have been read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    column = sa.Column("cycle_code", sa.String(length=64), nullable=True)
    op.add_column("team_pool", column, schema="incentive")


def downgrade() -> None:
    op.drop_column("team_pool", "cycle_code", schema="incentive")
