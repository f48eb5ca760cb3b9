"""A version of a scheme that no cycle uses can be replaced for its day; the old one stays, superseded."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OVERLAPS = {
    "scheme": ("ex_scheme_no_overlap_code", "code WITH ="),
    "scheme_subject": (
        "ex_scheme_subject_no_overlap_subject_kind_code_frequency",
        "subject_kind WITH =, code WITH =, frequency WITH =",
    ),
}


def _forbid_overlaps(condition: str) -> None:
    for table, (name, equal) in OVERLAPS.items():
        op.execute(f"ALTER TABLE appraisal.{table} DROP CONSTRAINT {name}")
        op.execute(
            f"ALTER TABLE appraisal.{table} ADD CONSTRAINT {name} "
            f"EXCLUDE USING gist ({equal}, valid WITH &&){condition}"
        )


def upgrade() -> None:
    for table in OVERLAPS:
        op.add_column(table, sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True), schema="appraisal")
    _forbid_overlaps(" WHERE (superseded_at IS NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM appraisal.scheme_subject WHERE superseded_at IS NOT NULL")
    # forms of cancelled cycles may name them, so that they stay under a code of their own
    op.execute("UPDATE appraisal.scheme SET code = left(code, 50) || '~' || version WHERE superseded_at IS NOT NULL")
    _forbid_overlaps("")
    for table in OVERLAPS:
        op.drop_column(table, "superseded_at", schema="appraisal")
