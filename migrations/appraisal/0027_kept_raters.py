"""Raters who are away, and whom somebody decided to keep."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("rater", sa.Column("kept_despite", sa.Date(), nullable=True), schema="appraisal")


def downgrade() -> None:
    op.drop_column("rater", "kept_despite", schema="appraisal")
