"""Results and what a form is scored from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "adjustment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_adjustment_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_adjustment_form_id"), "adjustment", ["form_id"], unique=False, schema="appraisal")
    op.create_table(
        "item_exclusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_item_exclusion_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_exclusion")),
        sa.UniqueConstraint("form_id", "item", name=op.f("uq_item_exclusion_form_id_item")),
        schema="appraisal",
    )
    op.create_table(
        "missing_input",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_missing_input_cycle_id")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_missing_input_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_input")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_missing_input_cycle_id"), "missing_input", ["cycle_id"], unique=False, schema="appraisal")
    op.create_table(
        "result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("total", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("attainment", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("computed_grade", sa.String(length=1), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_result_cycle_id")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_result_form_id")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_result")),
        sa.UniqueConstraint(
            "cycle_id",
            "subject_kind",
            "subject_id",
            "version",
            name=op.f("uq_result_cycle_id_subject_kind_subject_id_version"),
        ),
        schema="appraisal",
    )
    op.create_index(op.f("ix_result_form_id"), "result", ["form_id"], unique=False, schema="appraisal")
    op.create_index(op.f("ix_result_subject_id"), "result", ["subject_id"], unique=False, schema="appraisal")
    for statement in freeze("appraisal", "adjustment", "item_exclusion", "result"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("result", schema="appraisal")
    op.drop_table("missing_input", schema="appraisal")
    op.drop_table("item_exclusion", schema="appraisal")
    op.drop_table("adjustment", schema="appraisal")
