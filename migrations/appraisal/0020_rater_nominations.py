"""Raters whom the subject of a form nominates, and who decides about them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "rater_nomination"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("nominees", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f(f"fk_{NAME}_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f(f"fk_{NAME}_form_id_form")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        sa.UniqueConstraint("form_id", name=op.f(f"uq_{NAME}_form_id")),
        schema="appraisal",
    )
    op.create_index(op.f(f"ix_{NAME}_cycle_id"), NAME, ["cycle_id"], unique=False, schema="appraisal")


def downgrade() -> None:
    op.drop_table(NAME, schema="appraisal")
