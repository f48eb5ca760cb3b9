"""People as payroll knows them, and their pay profiles."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "pay_profile",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_number", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fixed_pay", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fixed_share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("variable_share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("monthly_base", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cost_centre", sa.String(length=64), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("employee_number"), "="),
            (sa.column("valid"), "&&"),
            where=sa.text("replaced_at IS NULL"),
            using="gist",
            name=op.f("ex_pay_profile_no_overlap_employee_number"),
        ),
        sa.CheckConstraint("fixed_pay >= 0 AND fixed_pay < 'Infinity'", name=op.f("ck_pay_profile_fixed_pay")),
        sa.CheckConstraint("monthly_base >= 0 AND monthly_base < 'Infinity'", name=op.f("ck_pay_profile_monthly_base")),
        sa.CheckConstraint("fixed_share > 0 AND variable_share >= 0", name=op.f("ck_pay_profile_shares")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_profile")),
        sa.UniqueConstraint("employee_number", "version", name=op.f("uq_pay_profile_employee_number_version")),
        schema="incentive",
    )
    op.create_table(
        "person",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_person")),
        sa.UniqueConstraint("employee_id", name=op.f("uq_person_employee_id")),
        schema="incentive",
    )


def downgrade() -> None:
    op.drop_table("person", schema="incentive")
    op.drop_table("pay_profile", schema="incentive")
