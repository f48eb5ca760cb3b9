"""Actuals that count for whoever enters them wait for a second person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "measurement_proposal"


def upgrade() -> None:
    op.add_column("measurement", sa.Column("recorded_by_person", sa.Uuid(), nullable=True), schema="appraisal")
    op.create_table(
        NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_code", sa.String(length=64), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        schema="appraisal",
    )
    index = op.f(f"ix_{NAME}_subject_kind_subject_code")
    op.create_index(index, NAME, ["subject_kind", "subject_code"], unique=False, schema="appraisal")
    for statement in freeze("appraisal", NAME):
        op.execute(statement)
    op.execute(
        "GRANT UPDATE (state, revision, decided_at, decided_by, decided_by_name, decision) "
        f"ON appraisal.{NAME} TO merit_appraisal"
    )


def downgrade() -> None:
    op.drop_table(NAME, schema="appraisal")
    op.drop_column("measurement", "recorded_by_person", schema="appraisal")
