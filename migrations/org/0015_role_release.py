"""Roles are proposed by one administrator and released by another; invitations say who made them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOBODY = "00000000-0000-0000-0000-000000000000"
IDS = postgresql.ARRAY(sa.Uuid())
COLUMNS = (
    ("role_assignment", "state", sa.String(length=16), "'released'"),
    ("role_assignment", "revision", sa.Integer(), "1"),
    ("role_assignment", "entered_at", sa.DateTime(timezone=True), "now()"),
    ("role_assignment", "entered_by", sa.Uuid(), f"'{NOBODY}'"),
    ("role_assignment", "entered_by_name", sa.String(length=200), "'system'"),
    ("account", "invited_by", IDS, "'{}'"),
    ("account", "linked_by", IDS, "'{}'"),
    ("invitation", "invited_by", sa.Uuid(), f"'{NOBODY}'"),
    ("invitation", "invited_by_name", sa.String(length=200), "'system'"),
)
"""Columns that are never empty, with what they hold where nobody said: roles assigned before go on counting."""
EMPTY = (
    ("role_assignment", "entered_by_person", sa.Uuid()),
    ("role_assignment", "decided_at", sa.DateTime(timezone=True)),
    ("role_assignment", "decided_by", sa.Uuid()),
    ("role_assignment", "decided_by_name", sa.String(length=200)),
    ("role_assignment", "decision", sa.Text()),
    ("invitation", "invited_by_person", sa.Uuid()),
)


def upgrade() -> None:
    for table, name, kind, earlier in COLUMNS:
        op.add_column(table, sa.Column(name, kind, server_default=sa.text(earlier), nullable=False), schema="org")
        op.alter_column(table, name, server_default=None, schema="org")
    for table, name, kind in EMPTY:
        op.add_column(table, sa.Column(name, kind, nullable=True), schema="org")


def downgrade() -> None:
    # What has not been released must not count afterwards.
    op.execute("DELETE FROM org.role_assignment WHERE state <> 'released'")
    for table, name, *_ in (*EMPTY, *COLUMNS):
        op.drop_column(table, name, schema="org")
