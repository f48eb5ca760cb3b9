"""Authority limits, policies and delegations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "authority_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("threshold", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("authority_types", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("valid"), "&&"), using="gist", name=op.f("ex_authority_policy_no_overlap")
        ),
        sa.CheckConstraint(
            "threshold >= 0 AND threshold <> 'NaN'", name=op.f("ck_authority_policy_threshold_not_negative")
        ),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_authority_policy_dated")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_policy")),
        schema="org",
    )
    op.create_table(
        "authority_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("authority_type", sa.String(length=32), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("position_id"), "="),
            (sa.column("authority_type"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_authority_limit_no_overlap_position_id_authority_type"),
        ),
        sa.CheckConstraint("amount >= 0 AND amount <> 'NaN'", name=op.f("ck_authority_limit_amount_not_negative")),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_authority_limit_dated")),
        sa.ForeignKeyConstraint(["position_id"], ["org.position.id"], name=op.f("fk_authority_limit_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_limit")),
        schema="org",
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delegator_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("authority_type", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0 AND amount <> 'NaN'", name=op.f("ck_delegation_amount_not_negative")),
        sa.CheckConstraint("(revoked_on IS NULL) = (revoked_at IS NULL)", name=op.f("ck_delegation_revoked_whole")),
        sa.CheckConstraint(
            "NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)", name=op.f("ck_delegation_ends")
        ),
        sa.CheckConstraint("delegate_id <> delegator_id", name=op.f("ck_delegation_to_another")),
        sa.ForeignKeyConstraint(["delegate_id"], ["org.employee.id"], name=op.f("fk_delegation_delegate_id")),
        sa.ForeignKeyConstraint(["delegator_id"], ["org.employee.id"], name=op.f("fk_delegation_delegator_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_delegation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        schema="org",
    )
    op.create_index(op.f("ix_delegation_delegate_id"), "delegation", ["delegate_id"], unique=False, schema="org")
    op.create_index(op.f("ix_delegation_delegator_id"), "delegation", ["delegator_id"], unique=False, schema="org")
    op.create_index(op.f("ix_delegation_unit_id"), "delegation", ["unit_id"], unique=False, schema="org")
    for statement in freeze("org", "delegation"):
        op.execute(statement)
    op.execute(
        "GRANT UPDATE (revoked_on, revoked_at, revoked_by, revocation_reason, revision) ON org.delegation TO merit_org"
    )


def downgrade() -> None:
    op.drop_table("delegation", schema="org")
    op.drop_table("authority_limit", schema="org")
    op.drop_table("authority_policy", schema="org")
