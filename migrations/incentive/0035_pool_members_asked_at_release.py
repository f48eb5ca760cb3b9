"""Who worked in a team pool's unit is asked of org when the pool is released, and not kept."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_column("team_pool", "barred_ids", schema="incentive")


def downgrade() -> None:
    column = sa.Column("barred_ids", postgresql.ARRAY(sa.Uuid()), nullable=True)
    op.add_column("team_pool", column, schema="incentive")
