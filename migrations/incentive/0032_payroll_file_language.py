"""A payroll file has one language, in which its headings are written."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    column = sa.Column("language", sa.CHAR(length=2), nullable=True)
    op.add_column("payroll_file", column, schema="incentive")


def downgrade() -> None:
    op.drop_column("payroll_file", "language", schema="incentive")
