"""A team pool knows who worked in its unit in its year: they do not release it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    column = sa.Column("barred_ids", postgresql.ARRAY(sa.Uuid()), nullable=True)
    op.add_column("team_pool", column, schema="incentive")
    # Of what waits already nobody asks org any more; those who work in the unit today are refused all the same.
    op.execute("UPDATE incentive.team_pool SET barred_ids = '{}'")


def downgrade() -> None:
    op.drop_column("team_pool", "barred_ids", schema="incentive")
