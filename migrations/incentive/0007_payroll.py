"""payroll."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "payroll_file",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_payroll_file_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_payroll_file")),
        schema="incentive",
    )
    for statement in freeze("incentive", "payroll_file"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("payroll_file", schema="incentive")
