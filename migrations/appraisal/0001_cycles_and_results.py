"""Indicators, schemes, cycles with forms, ratings and results; the kit's tables and the job queue beside them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import chinese_calendar
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database import freeze
from services.kit.job_schema import install_jobs, remove_jobs
from services.kit.tables import APPEND_ONLY

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OWN_APPEND_ONLY = (
    "adjustment",
    "calibration_move",
    "goal",
    "indicator",
    "item_left_out",
    "measurement",
    "result",
)
SEEDED = (date(2024, 1, 1), date(2026, 12, 31))

working_day = sa.table(
    "working_day",
    sa.column("day", sa.Date()),
    sa.column("working", sa.Boolean()),
    sa.column("note", sa.String()),
    schema="appraisal",
)


def calendar() -> Iterator[dict[str, object]]:
    """The State Council's calendar with make-up workdays; later years are entered by HR when they are announced."""
    day = SEEDED[0]
    while day <= SEEDED[1]:
        _, holiday = chinese_calendar.get_holiday_detail(day)
        yield {"day": day, "working": chinese_calendar.is_workday(day), "note": holiday or ""}
        day += timedelta(days=1)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("resource", sa.String(length=64), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("remote_address", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_audit_actor_id_at"), "audit", ["actor_id", "at"], unique=False, schema="appraisal")
    op.create_index(
        op.f("ix_audit_resource_resource_id_at"),
        "audit",
        ["resource", "resource_id", "at"],
        unique=False,
        schema="appraisal",
    )
    op.create_table(
        "cycle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=True),
        sa.Column("ratings_closed", sa.Boolean(), nullable=False),
        sa.Column("publicity", postgresql.DATERANGE(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("code", name=op.f("uq_cycle_code")),
        schema="appraisal",
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_event_subject_at"), "event", ["subject", "at"], unique=False, schema="appraisal")
    op.create_index(op.f("ix_event_type_at"), "event", ["type", "at"], unique=False, schema="appraisal")
    op.create_table(
        "idempotency_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_key")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_idempotency_key_at"), "idempotency_key", ["at"], unique=False, schema="appraisal")
    op.create_table(
        "inbox",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_inbox")),
        schema="appraisal",
    )
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
        "measurement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_code", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value <> 'NaN'::numeric", name=op.f("ck_measurement_a_number")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["appraisal.measurement.id"], name=op.f("fk_measurement_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_measurement_source_external_id")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_measurement_supersedes_id")),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_measurement_subject_kind_subject_code_indicator_day"),
        "measurement",
        ["subject_kind", "subject_code", "indicator", "day"],
        unique=False,
        schema="appraisal",
    )
    op.create_table(
        "revocation",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_revocation")),
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
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.String(length=128)), nullable=False),
        sa.Column("secrets", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("name", name=op.f("uq_subscription_name")),
        schema="appraisal",
    )
    op.create_table(
        "transition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.String(length=64), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_transition_resource_resource_id_at"),
        "transition",
        ["resource", "resource_id", "at"],
        unique=False,
        schema="appraisal",
    )
    op.create_table(
        "working_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_working_day")),
        schema="appraisal",
    )
    op.create_table(
        "calibration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("unit_path", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("quota", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_calibration_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_calibration_cycle_id"), "calibration", ["cycle_id"], unique=False, schema="appraisal")
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
        sa.Column("unit_path", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("position_code", sa.String(length=64), nullable=True),
        sa.Column("position_title", sa.String(length=200), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("days", postgresql.DATERANGE(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("manager_chain", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
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
        "left_out",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_path", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_left_out_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_out")),
        sa.UniqueConstraint(
            "cycle_id", "subject_kind", "subject_id", name=op.f("uq_left_out_cycle_id_subject_kind_subject_id")
        ),
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
        "snapshot_seat",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("days", postgresql.DATERANGE(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("manager_chain", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_snapshot_seat_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "assignment_id", name=op.f("pk_snapshot_seat")),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_snapshot_seat_cycle_id_employee_id"),
        "snapshot_seat",
        ["cycle_id", "employee_id"],
        unique=False,
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_snapshot_seat_cycle_id_manager_id"),
        "snapshot_seat",
        ["cycle_id", "manager_id"],
        unique=False,
        schema="appraisal",
    )
    op.create_table(
        "snapshot_unit",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("path", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("head_employee_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_snapshot_unit_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "unit_id", name=op.f("pk_snapshot_unit")),
        schema="appraisal",
    )
    op.create_table(
        "adjustment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_adjustment_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_adjustment_form_id"), "adjustment", ["form_id"], unique=False, schema="appraisal")
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_answer_cycle_id")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_answer_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_answer_cycle_id"), "answer", ["cycle_id"], unique=False, schema="appraisal")
    op.create_index(op.f("ix_answer_form_id"), "answer", ["form_id"], unique=False, schema="appraisal")
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("result_version", sa.Integer(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
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
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
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
        "goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_goal_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("form_id", "revision", name=op.f("uq_goal_form_id_revision")),
        schema="appraisal",
    )
    op.create_table(
        "item_left_out",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_item_left_out_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_left_out")),
        sa.UniqueConstraint("form_id", "item", name=op.f("uq_item_left_out_form_id_item")),
        schema="appraisal",
    )
    op.create_table(
        "missing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f("fk_missing_cycle_id")),
        sa.ForeignKeyConstraint(["form_id"], ["appraisal.form.id"], name=op.f("fk_missing_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_missing_cycle_id"), "missing", ["cycle_id"], unique=False, schema="appraisal")
    op.create_table(
        "rater",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
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
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
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
    op.create_table(
        "calibration_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("result_version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=1), nullable=False),
        sa.Column("target", sa.String(length=1), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["appraisal.calibration.id"], name=op.f("fk_calibration_move_calibration_id")
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "result_version"],
            ["appraisal.result.id", "appraisal.result.version"],
            name=op.f("fk_calibration_move_result_id_result_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_move")),
        schema="appraisal",
    )
    op.create_index(
        op.f("ix_calibration_move_calibration_id"),
        "calibration_move",
        ["calibration_id"],
        unique=False,
        schema="appraisal",
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rater_row_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
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
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["rater_row_id"], ["appraisal.rater.id"], name=op.f("fk_rating_draft_rater_row_id")),
        sa.PrimaryKeyConstraint("rater_row_id", name=op.f("pk_rating_draft")),
        schema="appraisal",
    )
    for statement in freeze("appraisal", *APPEND_ONLY, *OWN_APPEND_ONLY):
        op.execute(statement)
    op.bulk_insert(working_day, list(calendar()))
    install_jobs(op.get_bind(), "appraisal")


def downgrade() -> None:
    remove_jobs(op.get_bind(), "appraisal")
    op.drop_table("rating_draft", schema="appraisal")
    op.drop_index(op.f("ix_rating_form_id"), table_name="rating", schema="appraisal")
    op.drop_table("rating", schema="appraisal")
    op.drop_index(op.f("ix_calibration_move_calibration_id"), table_name="calibration_move", schema="appraisal")
    op.drop_table("calibration_move", schema="appraisal")
    op.drop_index(op.f("ix_result_subject_id"), table_name="result", schema="appraisal")
    op.drop_index(op.f("ix_result_form_id"), table_name="result", schema="appraisal")
    op.drop_table("result", schema="appraisal")
    op.drop_index(op.f("ix_rater_rater_id"), table_name="rater", schema="appraisal")
    op.drop_index(op.f("ix_rater_cycle_id_relation"), table_name="rater", schema="appraisal")
    op.drop_table("rater", schema="appraisal")
    op.drop_index(op.f("ix_missing_cycle_id"), table_name="missing", schema="appraisal")
    op.drop_table("missing", schema="appraisal")
    op.drop_table("item_left_out", schema="appraisal")
    op.drop_table("goal", schema="appraisal")
    op.drop_index(op.f("ix_correction_result_id"), table_name="correction", schema="appraisal")
    op.drop_table("correction", schema="appraisal")
    op.drop_index(op.f("ix_appeal_cycle_id"), table_name="appeal", schema="appraisal")
    op.drop_table("appeal", schema="appraisal")
    op.drop_index(op.f("ix_answer_form_id"), table_name="answer", schema="appraisal")
    op.drop_index(op.f("ix_answer_cycle_id"), table_name="answer", schema="appraisal")
    op.drop_table("answer", schema="appraisal")
    op.drop_index(op.f("ix_adjustment_form_id"), table_name="adjustment", schema="appraisal")
    op.drop_table("adjustment", schema="appraisal")
    op.drop_table("snapshot_unit", schema="appraisal")
    op.drop_index(op.f("ix_snapshot_seat_cycle_id_manager_id"), table_name="snapshot_seat", schema="appraisal")
    op.drop_index(op.f("ix_snapshot_seat_cycle_id_employee_id"), table_name="snapshot_seat", schema="appraisal")
    op.drop_table("snapshot_seat", schema="appraisal")
    op.drop_table("snapshot_position", schema="appraisal")
    op.drop_table("snapshot_employee", schema="appraisal")
    op.drop_index(op.f("ix_scheme_subject_scheme_id"), table_name="scheme_subject", schema="appraisal")
    op.drop_table("scheme_subject", schema="appraisal")
    op.drop_table("left_out", schema="appraisal")
    op.drop_index(op.f("ix_form_unit_path"), table_name="form", schema="appraisal", postgresql_using="gin")
    op.drop_index(op.f("ix_form_scheme_id"), table_name="form", schema="appraisal")
    op.drop_index(op.f("ix_form_owner_id"), table_name="form", schema="appraisal")
    op.drop_index(op.f("ix_form_manager_id"), table_name="form", schema="appraisal")
    op.drop_index(op.f("ix_form_manager_chain"), table_name="form", schema="appraisal", postgresql_using="gin")
    op.drop_index(op.f("ix_form_cycle_id_department_id"), table_name="form", schema="appraisal")
    op.drop_table("form", schema="appraisal")
    op.drop_index(op.f("ix_calibration_cycle_id"), table_name="calibration", schema="appraisal")
    op.drop_table("calibration", schema="appraisal")
    op.drop_table("working_day", schema="appraisal")
    op.drop_index(op.f("ix_transition_resource_resource_id_at"), table_name="transition", schema="appraisal")
    op.drop_table("transition", schema="appraisal")
    op.drop_table("subscription", schema="appraisal")
    op.drop_table("scheme", schema="appraisal")
    op.drop_table("revocation", schema="appraisal")
    op.drop_index(
        op.f("ix_measurement_subject_kind_subject_code_indicator_day"), table_name="measurement", schema="appraisal"
    )
    op.drop_table("measurement", schema="appraisal")
    op.drop_table("indicator", schema="appraisal")
    op.drop_table("inbox", schema="appraisal")
    op.drop_index(op.f("ix_idempotency_key_at"), table_name="idempotency_key", schema="appraisal")
    op.drop_table("idempotency_key", schema="appraisal")
    op.drop_index(op.f("ix_event_type_at"), table_name="event", schema="appraisal")
    op.drop_index(op.f("ix_event_subject_at"), table_name="event", schema="appraisal")
    op.drop_table("event", schema="appraisal")
    op.drop_table("cycle", schema="appraisal")
    op.drop_index(op.f("ix_audit_resource_resource_id_at"), table_name="audit", schema="appraisal")
    op.drop_index(op.f("ix_audit_actor_id_at"), table_name="audit", schema="appraisal")
    op.drop_table("audit", schema="appraisal")
