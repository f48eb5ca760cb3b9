"""Employees, careers and reporting lines."""

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
        "employee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employee")),
        sa.UniqueConstraint("number", name=op.f("uq_employee_number")),
        schema="org",
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("employee_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_absence_no_overlap_employee_id"),
        ),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_absence_dated")),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_absence_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        schema="org",
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("overfill_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("uuid_hash_extended(employee_id, 0)"), "="),
            (sa.text("(uuid_send(employee_id) || uuid_send(position_id))"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_assignment_no_overlap_employee_id_position_id"),
        ),
        postgresql.ExcludeConstraint(
            (sa.text("uuid_hash_extended(employee_id, 0)"), "="),
            (sa.text("uuid_send(employee_id)"), "="),
            (sa.column("valid"), "&&"),
            where=sa.text("kind IN ('primary', 'rotation')"),
            using="gist",
            name=op.f("ex_assignment_no_overlap_employee_id"),
        ),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_assignment_dated")),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_assignment_employee_id")),
        sa.ForeignKeyConstraint(["position_id"], ["org.position.id"], name=op.f("fk_assignment_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        schema="org",
    )
    op.create_index(op.f("ix_assignment_employee_id"), "assignment", ["employee_id"], unique=False, schema="org")
    op.create_index(op.f("ix_assignment_position_id"), "assignment", ["position_id"], unique=False, schema="org")
    op.create_table(
        "dotted_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("superior_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("employee_id"), "="),
            (sa.column("superior_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_dotted_line_no_overlap_employee_id_superior_id"),
        ),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_dotted_line_dated")),
        sa.CheckConstraint("superior_id <> employee_id", name=op.f("ck_dotted_line_not_oneself")),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_dotted_line_employee_id")),
        sa.ForeignKeyConstraint(["superior_id"], ["org.employee.id"], name=op.f("fk_dotted_line_superior_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dotted_line")),
        schema="org",
    )
    op.create_index(op.f("ix_dotted_line_superior_id"), "dotted_line", ["superior_id"], unique=False, schema="org")
    op.create_table(
        "employment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("probation_until", sa.Date(), nullable=True),
        sa.Column("termination_reason", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("uuid_hash_extended(employee_id, 0)"), "="),
            (sa.text("uuid_send(employee_id)"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_employment_no_overlap_employee_id"),
        ),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_employment_dated")),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_employment_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
        schema="org",
    )
    op.create_index(op.f("ix_employment_employee_id"), "employment", ["employee_id"], unique=False, schema="org")
    op.create_table(
        "termination",
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("probation_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_termination_employee_id")),
        sa.PrimaryKeyConstraint("employee_id", "last_day", name=op.f("pk_termination")),
        schema="org",
    )
    op.create_table(
        "truncated_assignment",
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("overfill_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_truncated_assignment_dated")),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_truncated_assignment_employee_id")),
        sa.ForeignKeyConstraint(["position_id"], ["org.position.id"], name=op.f("fk_truncated_assignment_position_id")),
        sa.PrimaryKeyConstraint("employee_id", "last_day", "assignment_id", name=op.f("pk_truncated_assignment")),
        schema="org",
    )


def downgrade() -> None:
    op.drop_table("truncated_assignment", schema="org")
    op.drop_table("termination", schema="org")
    op.drop_table("employment", schema="org")
    op.drop_table("dotted_line", schema="org")
    op.drop_table("assignment", schema="org")
    op.drop_table("absence", schema="org")
    op.drop_table("employee", schema="org")
