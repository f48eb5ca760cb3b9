"""Cycles that are cancelled free their code; somebody can be taken out of a cycle, with a reason."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DECISION = (
    ("note", sa.Text()),
    ("decided_by", sa.Uuid()),
    ("decided_by_name", sa.String(length=200)),
    ("decided_at", sa.DateTime(timezone=True)),
)
"""What an exclusion that somebody decided says besides."""


def upgrade() -> None:
    op.drop_constraint(op.f("uq_cycle_code"), "cycle", schema="appraisal")
    op.create_index(
        op.f("ix_cycle_code"),
        "cycle",
        ["code"],
        unique=True,
        schema="appraisal",
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    for name, kind in DECISION:
        op.add_column("exclusion", sa.Column(name, kind, nullable=True), schema="appraisal")
    op.add_column("form", sa.Column("excluded_at", sa.DateTime(timezone=True), nullable=True), schema="appraisal")


def downgrade() -> None:
    op.drop_column("form", "excluded_at", schema="appraisal")
    for name, _ in DECISION:
        op.drop_column("exclusion", name, schema="appraisal")
    op.drop_index(op.f("ix_cycle_code"), table_name="cycle", schema="appraisal")
    op.create_unique_constraint(op.f("uq_cycle_code"), "cycle", ["code"], schema="appraisal")
