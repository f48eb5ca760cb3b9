"""One live run for each kind of bonus and period, whatever the plan is called: two plans must not pay a quarter twice."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIVE = "state <> 'cancelled'"


def upgrade() -> None:
    op.add_column("run", sa.Column("bonus", sa.String(length=32), nullable=True), schema="incentive")
    op.execute(
        "UPDATE incentive.run SET bonus = (SELECT plan.rule ->> 'kind' FROM incentive.plan_version AS plan "
        "WHERE plan.code = run.plan_code ORDER BY plan.version DESC LIMIT 1)"
    )
    op.alter_column("run", "bonus", nullable=False, schema="incentive")
    op.drop_index("uq_run_plan_code_period", table_name="run", schema="incentive", postgresql_where=LIVE)
    op.create_index(
        "uq_run_bonus_period", "run", ["bonus", "period"], unique=True, schema="incentive", postgresql_where=LIVE
    )


def downgrade() -> None:
    op.drop_index("uq_run_bonus_period", table_name="run", schema="incentive", postgresql_where=LIVE)
    op.create_index(
        "uq_run_plan_code_period",
        "run",
        ["plan_code", "period"],
        unique=True,
        schema="incentive",
        postgresql_where=LIVE,
    )
    op.drop_column("run", "bonus", schema="incentive")
