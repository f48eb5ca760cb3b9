"""Who acts for whom, as org tells it, and on whose behalf a brief was signed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "deputy",
        sa.Column("delegation_id", sa.Uuid(), nullable=False),
        sa.Column("delegator_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_deputy")),
        schema="appraisal",
    )
    for column in ("delegator_id", "delegate_id"):
        op.create_index(op.f(f"ix_deputy_{column}"), "deputy", [column], schema="appraisal")
    op.add_column("signed_brief", sa.Column("on_behalf_of", sa.String(length=200), nullable=True), schema="appraisal")


def downgrade() -> None:
    op.drop_column("signed_brief", "on_behalf_of", schema="appraisal")
    op.drop_table("deputy", schema="appraisal")
