"""Changes of pay: entered by one person, released by another; shares of pay are numbers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHECKS = {
    "fixed_pay": "fixed_pay >= 0 AND fixed_pay < 'Infinity'",
    "monthly_base": "monthly_base >= 0 AND monthly_base < 'Infinity'",
    "fixed_share": "fixed_share > 0 AND fixed_share < 'Infinity'",
    "variable_share": "variable_share >= 0 AND variable_share < 'Infinity'",
}


def upgrade() -> None:
    op.create_table(
        "pay_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_change")),
        schema="incentive",
    )
    op.create_table(
        "pay_change_terms",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("employee_number", sa.String(length=64), nullable=False),
        sa.Column("fixed_pay", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fixed_share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("variable_share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("monthly_base", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cost_centre", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_pay_change_terms_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["change_id"], ["incentive.pay_change.id"], name=op.f("fk_pay_change_terms_change_id")),
        sa.PrimaryKeyConstraint("change_id", "place", name=op.f("pk_pay_change_terms")),
        schema="incentive",
    )
    for statement in freeze("incentive", "pay_change", "pay_change_terms"):
        op.execute(statement)
    op.execute(
        "GRANT UPDATE (state, revision, decided_at, decided_by, decided_by_name, decision) "
        "ON incentive.pay_change TO merit_incentive"
    )
    op.drop_constraint(op.f("ck_pay_profile_shares"), "pay_profile", schema="incentive")
    for name in ("fixed_share", "variable_share"):
        op.create_check_constraint(op.f(f"ck_pay_profile_{name}"), "pay_profile", CHECKS[name], schema="incentive")


def downgrade() -> None:
    for name in ("fixed_share", "variable_share"):
        op.drop_constraint(op.f(f"ck_pay_profile_{name}"), "pay_profile", schema="incentive")
    op.create_check_constraint(
        op.f("ck_pay_profile_shares"), "pay_profile", "fixed_share > 0 AND variable_share >= 0", schema="incentive"
    )
    op.drop_table("pay_change_terms", schema="incentive")
    op.drop_table("pay_change", schema="incentive")
