"""Special awards: funds, innovation proposals, nominations and their approval."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _award_fund()
    _fund_endowment()
    _innovation_proposal()
    _award()
    _award_member()
    _award_approval()
    for statement in freeze("incentive", "award_member", "award_approval"):
        op.execute(statement)


def _award_fund() -> None:
    op.create_table(
        "award_fund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cost_centre", sa.String(length=64), nullable=False),
        sa.Column("balance", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("balance >= 0 AND balance < 'Infinity'", name=op.f("ck_award_fund_never_overdrawn")),
        sa.CheckConstraint("year BETWEEN 1900 AND 9000", name=op.f("ck_award_fund_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_award_fund_code")),
        schema="incentive",
    )


def _fund_endowment() -> None:
    op.create_table(
        "fund_endowment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
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
        sa.CheckConstraint(
            "amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_fund_endowment_amount_finite")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_fund_endowment_amount")),
        sa.ForeignKeyConstraint(["fund_id"], ["incentive.award_fund.id"], name=op.f("fk_fund_endowment_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_endowment")),
        schema="incentive",
    )
    op.create_index(op.f("ix_fund_endowment_fund_id"), "fund_endowment", ["fund_id"], unique=False, schema="incentive")


def _innovation_proposal() -> None:
    op.create_table(
        "innovation_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cost_before", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("cost_after", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("assessment", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_by_person", sa.Uuid(), nullable=False),
        sa.Column("submitted_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "cost_after >= 0 AND cost_after < 'Infinity'", name=op.f("ck_innovation_proposal_cost_after")
        ),
        sa.CheckConstraint(
            "cost_before > 0 AND cost_before < 'Infinity'", name=op.f("ck_innovation_proposal_cost_before")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_innovation_proposal")),
        schema="incentive",
    )


def _award() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=64), nullable=True),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("achieved_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approvers_needed", sa.Integer(), nullable=False),
        sa.Column("next_approver_id", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nominated_by", sa.Uuid(), nullable=False),
        sa.Column("nominated_by_person", sa.Uuid(), nullable=False),
        sa.Column("nominated_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_award_amount_finite")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_award_amount")),
        sa.ForeignKeyConstraint(["fund_id"], ["incentive.award_fund.id"], name=op.f("fk_award_fund_id")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["incentive.innovation_proposal.id"], name=op.f("fk_award_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("code", name=op.f("uq_award_code")),
        schema="incentive",
    )
    op.create_index(op.f("ix_award_fund_id"), "award", ["fund_id"], unique=False, schema="incentive")
    op.create_index(
        "uq_award_proposal",
        "award",
        ["proposal_id"],
        unique=True,
        schema="incentive",
        postgresql_where="state IN ('nominated', 'approved')",
    )


def _award_member() -> None:
    op.create_table(
        "award_member",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_award_member_amount_finite")),
        sa.CheckConstraint("share > '-Infinity' AND share < 'Infinity'", name=op.f("ck_award_member_share_finite")),
        sa.ForeignKeyConstraint(["award_id"], ["incentive.award.id"], name=op.f("fk_award_member_award_id")),
        sa.PrimaryKeyConstraint("award_id", "employee_id", name=op.f("pk_award_member")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_award_member_employee_id"), "award_member", ["employee_id"], unique=False, schema="incentive"
    )


def _award_approval() -> None:
    op.create_table(
        "award_approval",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["incentive.award.id"], name=op.f("fk_award_approval_award_id")),
        sa.PrimaryKeyConstraint("award_id", "employee_id", name=op.f("pk_award_approval")),
        schema="incentive",
    )


def downgrade() -> None:
    for name in ("award_approval", "award_member", "award", "innovation_proposal", "fund_endowment", "award_fund"):
        op.drop_table(name, schema="incentive")
