"""Which deadlines of a cycle have been announced, so that each is once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_reminder_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "phase", "due_on", "passed", name=op.f("pk_reminder")),
        schema="appraisal",
    )
    for statement in freeze("appraisal", "reminder"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("reminder", schema="appraisal")
