"""How a dispute ended: the statement stands, or what it rests on was corrected."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("statement_note", sa.Column("outcome", sa.String(length=16), nullable=True), schema="incentive")
    op.execute("UPDATE incentive.statement_note SET outcome = 'stands' WHERE action = 'answer'")


def downgrade() -> None:
    op.drop_column("statement_note", "outcome", schema="incentive")
