"""The person behind the account that did something: four-eyes rules compare persons."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Of what was done before, the account alone is known."""
    op.add_column("transition", sa.Column("actor_employee_id", sa.Uuid(), nullable=True), schema="org")
    op.add_column("amendment", sa.Column("requested_by_person", sa.Uuid(), nullable=True), schema="org")


def downgrade() -> None:
    op.drop_column("amendment", "requested_by_person", schema="org")
    op.drop_column("transition", "actor_employee_id", schema="org")
