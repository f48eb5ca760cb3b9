"""Team-building budgets have the English name of their unit.

Where the unit has been renamed since the budget was set, or is not known, both languages read the Chinese name.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("team_budget", sa.Column("unit_name_en", sa.String(length=200), nullable=True), schema="incentive")
    op.execute(
        """
        UPDATE incentive.team_budget AS budget
        SET unit_name_en = coalesce(
            (SELECT name_en FROM incentive.unit WHERE id = budget.unit_id AND name = budget.unit_name), budget.unit_name
        )
        """
    )
    op.alter_column("team_budget", "unit_name_en", nullable=False, schema="incentive")


def downgrade() -> None:
    op.drop_column("team_budget", "unit_name_en", schema="incentive")
