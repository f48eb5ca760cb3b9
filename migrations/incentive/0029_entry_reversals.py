"""Entries are undone by what one person asks for and another releases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "entry_reversal"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(["entry_id"], ["incentive.entry.id"], name=op.f(f"fk_{NAME}_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        schema="incentive",
    )
    op.create_index(
        f"uq_{NAME}_waiting",
        NAME,
        ["entry_id"],
        unique=True,
        schema="incentive",
        postgresql_where=sa.text("state = 'proposed'"),
    )
    for statement in freeze("incentive", NAME):
        op.execute(statement)
    columns = "state, revision, decided_at, decided_by, decided_by_name, decision"
    op.execute(f"GRANT UPDATE ({columns}) ON incentive.{NAME} TO merit_incentive")


def downgrade() -> None:
    op.execute("DELETE FROM incentive.task WHERE kind = 'entry_reversal.release'")
    op.drop_table(NAME, schema="incentive")
