"""Statements and notes on them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_statement_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("line_id", name=op.f("uq_statement_line_id")),
        schema="incentive",
    )
    op.create_index(op.f("ix_statement_employee_id"), "statement", ["employee_id"], unique=False, schema="incentive")
    op.create_index(
        op.f("ix_statement_state_id"),
        "statement",
        ["state", "id"],
        unique=False,
        schema="incentive",
        postgresql_where=sa.text("state = 'disputed'"),
    )
    op.create_table(
        "statement_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["incentive.statement.id"], name=op.f("fk_statement_note_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_note")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_statement_note_statement_id"), "statement_note", ["statement_id"], unique=False, schema="incentive"
    )
    for statement in freeze("incentive", "statement_note"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("statement_note", schema="incentive")
    op.drop_table("statement", schema="incentive")
