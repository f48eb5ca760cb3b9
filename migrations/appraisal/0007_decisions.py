"""Calibrations, appeals and corrections."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("quota", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_by_name", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_calibration_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_calibration_cycle_id"), "calibration", ["cycle_id"], unique=False, schema="appraisal")
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("result_version", sa.Integer(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=False),
        sa.Column("filed_by_name", sa.String(length=200), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_appeal_cycle_id")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_appeal_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("result_id", name=op.f("uq_appeal_result_id")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_appeal_cycle_id"), "appeal", ["cycle_id"], unique=False, schema="appraisal")
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("result_version", sa.Integer(), nullable=False),
        sa.Column("change", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_by_name", sa.String(length=200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_correction_cycle_id")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_correction_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_correction_result_id"), "correction", ["result_id"], unique=False, schema="appraisal")
    op.create_table(
        "grade_adjustment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("result_version", sa.Integer(), nullable=False),
        sa.Column("grade_before", sa.String(length=1), nullable=False),
        sa.Column("grade_after", sa.String(length=1), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["appraisal.calibration.id"], name=op.f("fk_grade_adjustment_calibration_id")
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "result_version"],
            ["appraisal.result.id", "appraisal.result.version"],
            name=op.f("fk_grade_adjustment_result_id_result_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_adjustment")),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_grade_adjustment_calibration_id"),
        "grade_adjustment",
        ["calibration_id"],
        unique=False,
        schema="appraisal",
    )
    for statement in freeze("appraisal", "grade_adjustment"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("grade_adjustment", schema="appraisal")
    op.drop_table("correction", schema="appraisal")
    op.drop_table("appeal", schema="appraisal")
    op.drop_table("calibration", schema="appraisal")
