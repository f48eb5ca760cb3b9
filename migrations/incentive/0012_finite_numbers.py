"""Numbers are numbers: neither infinite nor NaN."""

from collections.abc import Sequence

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FINITE = (("posting", "amount"), ("line", "amount"))
"""Tables and columns that get the constraint."""
EARLIER = (("posting", "ck_posting_amount", "amount <> 0 AND amount <> 'NaN'", "amount <> 0"),)
"""Constraints that said a part of it: table, name, what they said, and what of it they go on saying."""


def upgrade() -> None:
    for table, name, _, kept in EARLIER:
        op.drop_constraint(op.f(name), table, schema="incentive")
        if kept:
            op.create_check_constraint(op.f(name), table, kept, schema="incentive")
    for table, column in FINITE:
        rule = f"{column} > '-Infinity' AND {column} < 'Infinity'"
        op.create_check_constraint(op.f(f"ck_{table}_{column}_finite"), table, rule, schema="incentive")


def downgrade() -> None:
    for table, column in FINITE:
        op.drop_constraint(op.f(f"ck_{table}_{column}_finite"), table, schema="incentive")
    for table, name, said, kept in EARLIER:
        if kept:
            op.drop_constraint(op.f(name), table, schema="incentive")
        op.create_check_constraint(op.f(name), table, said, schema="incentive")
