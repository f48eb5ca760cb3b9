"""The chain of hashes over the journal, entries of before waiting for it; months that are closed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "entry_link",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_entry_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_entry_link_entry_id")),
        schema="incentive",
    )
    op.create_table(
        "entry_unsealed",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entry_unsealed")),
        schema="incentive",
    )
    op.execute("INSERT INTO incentive.entry_unsealed (entry_id) SELECT id FROM incentive.entry")
    op.create_table(
        "month_closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("month", sa.CHAR(length=7), nullable=False),
        sa.Column("closed_through", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_person", sa.Uuid(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'released') >= (number IS NOT NULL)", name=op.f("ck_month_closing_numbered_when_released")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_closing")),
        sa.UniqueConstraint("number", name=op.f("uq_month_closing_number")),
        schema="incentive",
    )
    op.create_index(
        "uq_month_closing_waiting",
        "month_closing",
        ["state"],
        unique=True,
        schema="incentive",
        postgresql_where="state = 'proposed'",
    )
    for statement in freeze("incentive", "entry_link", "month_closing"):
        op.execute(statement)
    op.execute(
        "GRANT UPDATE (state, revision, number, decided_at, decided_by, decided_by_name, decision) "
        "ON incentive.month_closing TO merit_incentive"
    )


def downgrade() -> None:
    op.drop_table("month_closing", schema="incentive")
    op.drop_table("entry_unsealed", schema="incentive")
    op.drop_table("entry_link", schema="incentive")
