"""Drafts and submitted anonymous ratings lie sealed (APR-10).

Drafts that lie in clear are dropped, because their key is no business of a migration: authors enter them again.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("DELETE FROM appraisal.rating_draft")
    op.drop_column("rating_draft", "ratings", schema="appraisal")
    op.drop_column("rating_draft", "comment", schema="appraisal")
    op.add_column("rating_draft", sa.Column("sealed", sa.Text(), nullable=False), schema="appraisal")


def downgrade() -> None:
    op.execute("DELETE FROM appraisal.rating_draft")
    op.drop_column("rating_draft", "sealed", schema="appraisal")
    ratings = sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text()), nullable=False)
    op.add_column("rating_draft", ratings, schema="appraisal")
    op.add_column("rating_draft", sa.Column("comment", sa.Text(), nullable=True), schema="appraisal")
