"""When the weights of a scheme were last confirmed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("scheme", sa.Column("reviewed_on", sa.Date(), nullable=True), schema="appraisal")


def downgrade() -> None:
    op.drop_column("scheme", "reviewed_on", schema="appraisal")
