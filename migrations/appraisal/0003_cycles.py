"""Cycles with their snapshot, forms and goals."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "cycle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("unit_name", sa.String(length=200), nullable=True),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=True),
        sa.Column("ratings_closed", sa.Boolean(), nullable=False),
        sa.Column("public_notice", postgresql.DATERANGE(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("code", name=op.f("uq_cycle_code")),
        schema="appraisal",
    )
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_exclusion_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
        sa.UniqueConstraint(
            "cycle_id", "subject_kind", "subject_id", name=op.f("uq_exclusion_cycle_id_subject_kind_subject_id")
        ),
        schema="appraisal",
    )
    op.create_table(
        "form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_code", sa.String(length=64), nullable=False),
        sa.Column("subject_name", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("position_code", sa.String(length=64), nullable=True),
        sa.Column("position_title", sa.String(length=200), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("days", postgresql.DATERANGE(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("manager_chain", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("goal_revision", sa.Integer(), nullable=False),
        sa.Column("agreed_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_form_cycle_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["appraisal.scheme.id"], name=op.f("fk_form_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
        sa.UniqueConstraint(
            "cycle_id", "subject_kind", "subject_id", "days", name=op.f("uq_form_cycle_id_subject_kind_subject_id_days")
        ),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_form_cycle_id_department_id"), "form", ["cycle_id", "department_id"], unique=False, schema="appraisal"
    )
    op.create_index(
        op.f("ix_form_manager_chain"),
        "form",
        ["manager_chain"],
        unique=False,
        schema="appraisal",
        postgresql_using="gin",
    )
    op.create_index(op.f("ix_form_manager_id"), "form", ["manager_id"], unique=False, schema="appraisal")
    op.create_index(op.f("ix_form_owner_id"), "form", ["owner_id"], unique=False, schema="appraisal")
    op.create_index(op.f("ix_form_scheme_id"), "form", ["scheme_id"], unique=False, schema="appraisal")
    op.create_index(
        op.f("ix_form_unit_path"), "form", ["unit_path"], unique=False, schema="appraisal", postgresql_using="gin"
    )
    op.create_table(
        "snapshot_assignment",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("days", postgresql.DATERANGE(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("manager_chain", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_snapshot_assignment_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "assignment_id", name=op.f("pk_snapshot_assignment")),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_snapshot_assignment_cycle_id_employee_id"),
        "snapshot_assignment",
        ["cycle_id", "employee_id"],
        unique=False,
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_snapshot_assignment_cycle_id_manager_id"),
        "snapshot_assignment",
        ["cycle_id", "manager_id"],
        unique=False,
        schema="appraisal",
    )
    op.create_table(
        "snapshot_employee",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_snapshot_employee_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "employee_id", name=op.f("pk_snapshot_employee")),
        schema="appraisal",
    )
    op.create_table(
        "snapshot_position",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_snapshot_position_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "position_id", name=op.f("pk_snapshot_position")),
        schema="appraisal",
    )
    op.create_table(
        "snapshot_unit",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("head_employee_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_snapshot_unit_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "unit_id", name=op.f("pk_snapshot_unit")),
        schema="appraisal",
    )
    op.create_table(
        "goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_goal_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("form_id", "revision", name=op.f("uq_goal_form_id_revision")),
        schema="appraisal",
    )
    for statement in freeze("appraisal", "goal"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("goal", schema="appraisal")
    op.drop_table("snapshot_unit", schema="appraisal")
    op.drop_table("snapshot_position", schema="appraisal")
    op.drop_table("snapshot_employee", schema="appraisal")
    op.drop_table("snapshot_assignment", schema="appraisal")
    op.drop_table("form", schema="appraisal")
    op.drop_table("exclusion", schema="appraisal")
    op.drop_table("cycle", schema="appraisal")
