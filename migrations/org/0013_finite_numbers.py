"""Numbers are numbers: neither infinite nor NaN."""

from collections.abc import Sequence

from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FINITE = (("authority_limit", "amount"), ("authority_policy", "threshold"), ("delegation", "amount"))
"""Tables and columns that get the constraint."""
EARLIER = (
    ("authority_limit", "ck_authority_limit_amount_not_negative", "amount >= 0 AND amount <> 'NaN'", "amount >= 0"),
    (
        "authority_policy",
        "ck_authority_policy_threshold_not_negative",
        "threshold >= 0 AND threshold <> 'NaN'",
        "threshold >= 0",
    ),
    ("delegation", "ck_delegation_amount_not_negative", "amount >= 0 AND amount <> 'NaN'", "amount >= 0"),
)
"""Constraints that said a part of it: table, name, what they said, and what of it they go on saying."""


def upgrade() -> None:
    for table, name, _, kept in EARLIER:
        op.drop_constraint(op.f(name), table, schema="org")
        if kept:
            op.create_check_constraint(op.f(name), table, kept, schema="org")
    for table, column in FINITE:
        rule = f"{column} > '-Infinity' AND {column} < 'Infinity'"
        op.create_check_constraint(op.f(f"ck_{table}_{column}_finite"), table, rule, schema="org")


def downgrade() -> None:
    for table, column in FINITE:
        op.drop_constraint(op.f(f"ck_{table}_{column}_finite"), table, schema="org")
    for table, name, said, kept in EARLIER:
        if kept:
            op.drop_constraint(op.f(name), table, schema="org")
        op.create_check_constraint(op.f(name), table, said, schema="org")
