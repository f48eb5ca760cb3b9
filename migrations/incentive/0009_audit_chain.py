"""The chain of hashes over the audit trail; lines of before wait to be taken into it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "audit_link",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_link_audit_id")),
        schema="incentive",
    )
    op.create_table(
        "audit_unsealed",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_unsealed")),
        schema="incentive",
    )
    op.create_index(op.f("ix_audit_at_id"), "audit", ["at", "id"], unique=False, schema="incentive")
    op.execute("INSERT INTO incentive.audit_unsealed (audit_id) SELECT id FROM incentive.audit")
    for statement in freeze("incentive", "audit_link"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_at_id"), table_name="audit", schema="incentive")
    op.drop_table("audit_unsealed", schema="incentive")
    op.drop_table("audit_link", schema="incentive")
