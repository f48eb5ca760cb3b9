"""Numbers are numbers: neither infinite nor NaN."""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FINITE = (("measurement", "value"), ("result", "total"), ("result", "attainment"), ("adjustment", "points"))
"""Tables and columns that get the constraint."""
EARLIER = (("measurement", "ck_measurement_a_number", "value <> 'NaN'::numeric", ""),)
"""Constraints that said a part of it: table, name, what they said, and what of it they go on saying."""


def upgrade() -> None:
    for table, name, _, kept in EARLIER:
        op.drop_constraint(op.f(name), table, schema="appraisal")
        if kept:
            op.create_check_constraint(op.f(name), table, kept, schema="appraisal")
    for table, column in FINITE:
        rule = f"{column} > '-Infinity' AND {column} < 'Infinity'"
        op.create_check_constraint(op.f(f"ck_{table}_{column}_finite"), table, rule, schema="appraisal")


def downgrade() -> None:
    for table, column in FINITE:
        op.drop_constraint(op.f(f"ck_{table}_{column}_finite"), table, schema="appraisal")
    for table, name, said, kept in EARLIER:
        if kept:
            op.drop_constraint(op.f(name), table, schema="appraisal")
        op.create_check_constraint(op.f(name), table, said, schema="appraisal")
