"""Indicators and schemes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "indicator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("quantitative", sa.Boolean(), nullable=False),
        sa.Column("dimension", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("data_source", sa.String(length=200), nullable=False),
        sa.Column("collection", sa.String(length=16), nullable=False),
        sa.Column("aggregation", sa.String(length=16), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_indicator_code_version")),
        schema="appraisal",
    )
    op.create_table(
        "scheme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("code"), "="), (sa.column("valid"), "&&"), using="gist", name=op.f("ex_scheme_no_overlap_code")
        ),
        sa.CheckConstraint("NOT isempty(valid)", name=op.f("ck_scheme_dated")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_scheme_code_version")),
        schema="appraisal",
    )
    op.create_table(
        "scheme_subject",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("subject_kind"), "="),
            (sa.column("code"), "="),
            (sa.column("frequency"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_scheme_subject_no_overlap_subject_kind_code_frequency"),
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["appraisal.scheme.id"], name=op.f("fk_scheme_subject_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_subject")),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_scheme_subject_scheme_id"), "scheme_subject", ["scheme_id"], unique=False, schema="appraisal"
    )
    for statement in freeze("appraisal", "indicator"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("scheme_subject", schema="appraisal")
    op.drop_table("scheme", schema="appraisal")
    op.drop_table("indicator", schema="appraisal")
