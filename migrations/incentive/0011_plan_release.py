"""Versions of plans are released by a second person; those that stood before count as released."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RENAMED = {"created_at": "entered_at", "created_by": "entered_by", "created_by_name": "entered_by_name"}


def upgrade() -> None:
    for old, new in RENAMED.items():
        op.alter_column("plan_version", old, new_column_name=new, schema="incentive")
    columns = (
        sa.Column("state", sa.String(length=16), nullable=False, server_default="released"),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("entered_by_person", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
    )
    for column in columns:
        op.add_column("plan_version", column, schema="incentive")
    for name in ("state", "revision"):
        op.alter_column("plan_version", name, server_default=None, schema="incentive")
    op.execute(
        "GRANT UPDATE (state, revision, decided_at, decided_by, decided_by_name, decision) "
        "ON incentive.plan_version TO merit_incentive"
    )


def downgrade() -> None:
    op.execute(
        "REVOKE UPDATE (state, revision, decided_at, decided_by, decided_by_name, decision) "
        "ON incentive.plan_version FROM merit_incentive"
    )
    for name in ("decision", "decided_by_name", "decided_by", "decided_at", "entered_by_person", "revision", "state"):
        op.drop_column("plan_version", name, schema="incentive")
    for old, new in RENAMED.items():
        op.alter_column("plan_version", new, new_column_name=old, schema="incentive")
