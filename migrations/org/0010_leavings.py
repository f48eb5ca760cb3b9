"""What a leaving cut short, so that it can be taken back or moved while it lies ahead."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "leaving",
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("gone_from", sa.Date(), nullable=False),
        sa.Column("probation_until", sa.Date(), nullable=True),
        sa.Column("seats", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_leaving_employee_id")),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_leaving")),
        schema="org",
    )


def downgrade() -> None:
    op.drop_table("leaving", schema="org")
