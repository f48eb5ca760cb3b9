"""Roles that a file of accounts proposed can be told from others."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("role_assignment", sa.Column("import_id", sa.Uuid(), nullable=True), schema="org")
    op.create_index(op.f("ix_role_assignment_import_id"), "role_assignment", ["import_id"], schema="org")


def downgrade() -> None:
    op.drop_column("role_assignment", "import_id", schema="org")
