"""Grants of virtual shares that were revoked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITS_OR_COUNTS = "state IN ('proposed', 'released')"


def upgrade() -> None:
    op.create_table(
        "share_revocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
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
        sa.ForeignKeyConstraint(["grant_id"], ["incentive.share_grant.id"], name=op.f("fk_share_revocation_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_revocation")),
        schema="incentive",
    )
    op.create_index(op.f("ix_share_revocation_grant_id"), "share_revocation", ["grant_id"], schema="incentive")
    op.create_index(
        "uq_share_revocation_grant",
        "share_revocation",
        ["grant_id"],
        unique=True,
        schema="incentive",
        postgresql_where="state <> 'refused'",
    )
    op.add_column("share_grant", sa.Column("revoked_on", sa.Date(), nullable=True), schema="incentive")
    op.add_column("share_grant", sa.Column("revocation", sa.Text(), nullable=True), schema="incentive")
    op.create_check_constraint(
        op.f("ck_share_grant_revoked_with_a_reason"),
        "share_grant",
        "(revoked_on IS NULL) = (revocation IS NULL)",
        schema="incentive",
    )
    op.create_check_constraint(
        op.f("ck_share_grant_revoked_after_grant"), "share_grant", "revoked_on >= granted_on", schema="incentive"
    )
    _one_a_day(f"{WAITS_OR_COUNTS} AND revoked_on IS NULL")


def downgrade() -> None:
    _one_a_day(WAITS_OR_COUNTS)
    op.drop_column("share_grant", "revocation", schema="incentive")
    op.drop_column("share_grant", "revoked_on", schema="incentive")
    op.drop_table("share_revocation", schema="incentive")


def _one_a_day(where: str) -> None:
    op.drop_index("uq_share_grant_day", table_name="share_grant", schema="incentive")
    op.create_index(
        "uq_share_grant_day",
        "share_grant",
        ["employee_id", "plan_code", "granted_on"],
        unique=True,
        schema="incentive",
        postgresql_where=where,
    )
