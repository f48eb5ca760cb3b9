"""Raters, ratings, drafts and anonymous answers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_answer_cycle_id")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_answer_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_answer_cycle_id"), "answer", ["cycle_id"], unique=False, schema="appraisal")
    op.create_index(op.f("ix_answer_form_id"), "answer", ["form_id"], unique=False, schema="appraisal")
    op.create_table(
        "rater",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_rater_cycle_id")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_rater_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rater")),
        sa.UniqueConstraint("form_id", "rater_id", name=op.f("uq_rater_form_id_rater_id")),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_rater_cycle_id_relation"), "rater", ["cycle_id", "relation"], unique=False, schema="appraisal"
    )
    op.create_index(op.f("ix_rater_rater_id"), "rater", ["rater_id"], unique=False, schema="appraisal")
    op.create_table(
        "rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rater_row_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_rating_form_id")),
        sa.ForeignKeyConstraint(["rater_row_id"], ["appraisal.rater.id"], name=op.f("fk_rating_rater_row_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("rater_row_id", name=op.f("uq_rating_rater_row_id")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_rating_form_id"), "rating", ["form_id"], unique=False, schema="appraisal")
    op.create_table(
        "rating_draft",
        sa.Column("rater_row_id", sa.Uuid(), nullable=False),
        sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["rater_row_id"], ["appraisal.rater.id"], name=op.f("fk_rating_draft_rater_row_id")),
        sa.PrimaryKeyConstraint("rater_row_id", name=op.f("pk_rating_draft")),
        schema="appraisal",
    )


def downgrade() -> None:
    op.drop_table("rating_draft", schema="appraisal")
    op.drop_table("rating", schema="appraisal")
    op.drop_table("rater", schema="appraisal")
    op.drop_table("answer", schema="appraisal")
