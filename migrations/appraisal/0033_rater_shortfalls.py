"""Nominations may name fewer raters than the scheme wants, with the reason of whoever nominates."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("rater_nomination", sa.Column("shortfall_reason", sa.Text(), nullable=True), schema="appraisal")


def downgrade() -> None:
    op.drop_column("rater_nomination", "shortfall_reason", schema="appraisal")
