"""What other services told of that statements rest on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "statement_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_news")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_statement_news_subject_id_heard_at"),
        "statement_news",
        ["subject_id", "heard_at"],
        unique=False,
        schema="incentive",
    )
    for statement in freeze("incentive", "statement_news"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("statement_news", schema="incentive")
