"""Deliveries of very many events at once wait here until they become jobs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "delivery_backlog",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_backlog")),
        schema="appraisal",
    )
    op.create_index(
        "ix_delivery_backlog_subscription_id_subject",
        "delivery_backlog",
        ["subscription_id", "subject"],
        schema="appraisal",
    )


def downgrade() -> None:
    op.drop_table("delivery_backlog", schema="appraisal")
