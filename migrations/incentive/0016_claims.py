"""Claims: what people are owed for single occasions, and how runs gather them; what org calls its units."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        schema="incentive",
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("occasion", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("costs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("source_type", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_version", sa.String(length=64), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_claim_amount")),
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_claim_amount_finite")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint(
            "employee_id", "kind", "occasion", "version", name=op.f("uq_claim_employee_id_kind_occasion_version")
        ),
        schema="incentive",
    )
    op.create_index(op.f("ix_claim_source_type_source_id"), "claim", ["source_type", "source_id"], schema="incentive")
    op.create_index(op.f("ix_claim_kind_due_on"), "claim", ["kind", "due_on"], schema="incentive")
    op.create_table(
        "snapshot_claim",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["incentive.claim.id"], name=op.f("fk_snapshot_claim_claim_id")),
        sa.PrimaryKeyConstraint("snapshot_id", "claim_id", name=op.f("pk_snapshot_claim")),
        schema="incentive",
    )
    op.alter_column("input_snapshot", "snapshot_hash", nullable=True, schema="incentive")
    for statement in freeze("incentive", "claim", "snapshot_claim"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("UPDATE incentive.input_snapshot SET snapshot_hash = repeat('0', 64) WHERE snapshot_hash IS NULL")
    op.alter_column("input_snapshot", "snapshot_hash", nullable=False, schema="incentive")
    for name in ("snapshot_claim", "claim", "unit"):
        op.drop_table(name, schema="incentive")
