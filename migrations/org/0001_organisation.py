"""Units, positions, people in them, accounts; the kit's tables and the job queue beside them."""

from collections.abc import Sequence

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
        schema="org",
    )
    op.create_index(op.f("ix_audit_actor_id_at"), "audit", ["actor_id", "at"], unique=False, schema="org")
    op.create_index(
        op.f("ix_audit_resource_resource_id_at"), "audit", ["resource", "resource_id", "at"], unique=False, schema="org"
    )
    op.create_table(
        "employee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employee")),
        sa.UniqueConstraint("number", name=op.f("uq_employee_number")),
        schema="org",
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
        schema="org",
    )
    op.create_index(op.f("ix_event_subject_at"), "event", ["subject", "at"], unique=False, schema="org")
    op.create_index(op.f("ix_event_type_at"), "event", ["type", "at"], unique=False, schema="org")
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
        schema="org",
    )
    op.create_index(op.f("ix_idempotency_key_at"), "idempotency_key", ["at"], unique=False, schema="org")
    op.create_table(
        "inbox",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_inbox")),
        schema="org",
    )
    op.create_table(
        "position",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("code", name=op.f("uq_position_code")),
        schema="org",
    )
    op.create_table(
        "revocation",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_revocation")),
        schema="org",
    )
    op.create_table(
        "service_client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("audiences", sa.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_client")),
        sa.UniqueConstraint("client_id", name=op.f("uq_service_client_client_id")),
        schema="org",
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_sign_in_throttle")),
        schema="org",
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
        schema="org",
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
        schema="org",
    )
    op.create_index(
        op.f("ix_transition_resource_resource_id_at"),
        "transition",
        ["resource", "resource_id", "at"],
        unique=False,
        schema="org",
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        schema="org",
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_account_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("employee_id", name=op.f("uq_account_employee_id")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
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
        sa.Column("version", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("employee_id"), "="),
            (sa.column("position_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_assignment_no_overlap_employee_id_position_id"),
        ),
        postgresql.ExcludeConstraint(
            (sa.column("employee_id"), "="),
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
    op.create_index(
        op.f("ix_assignment_position_id_valid"),
        "assignment",
        ["position_id", "valid"],
        unique=False,
        schema="org",
        postgresql_using="gist",
    )
    op.create_table(
        "dotted_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("superior_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
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
        sa.Column("leaving_reason", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("employee_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_employment_no_overlap_employee_id"),
        ),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_employment_dated")),
        sa.ForeignKeyConstraint(["employee_id"], ["org.employee.id"], name=op.f("fk_employment_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
        schema="org",
    )
    op.create_table(
        "position_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("track", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("reports_to_id", sa.Uuid(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("position_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_position_version_no_overlap_position_id"),
        ),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_position_version_dated")),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_position_version_headcount_not_negative")),
        sa.CheckConstraint("reports_to_id <> position_id", name=op.f("ck_position_version_not_its_own_superior")),
        sa.ForeignKeyConstraint(["position_id"], ["org.position.id"], name=op.f("fk_position_version_position_id")),
        sa.ForeignKeyConstraint(["reports_to_id"], ["org.position.id"], name=op.f("fk_position_version_reports_to_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_position_version_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_version")),
        schema="org",
    )
    op.create_index(
        op.f("ix_position_version_reports_to_id"), "position_version", ["reports_to_id"], unique=False, schema="org"
    )
    op.create_index(op.f("ix_position_version_unit_id"), "position_version", ["unit_id"], unique=False, schema="org")
    op.create_table(
        "unit_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("path", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("trail", sa.Text(collation="C"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("unit_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_unit_place_no_overlap_unit_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_unit_place_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_place")),
        schema="org",
    )
    op.create_index(op.f("ix_unit_place_trail"), "unit_place", ["trail"], unique=False, schema="org")
    op.create_table(
        "unit_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("head_position_id", sa.Uuid(), nullable=True),
        sa.Column("special", sa.Boolean(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("unit_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_unit_version_no_overlap_unit_id"),
        ),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f("ck_unit_version_dated")),
        sa.CheckConstraint("parent_id <> unit_id", name=op.f("ck_unit_version_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["head_position_id"], ["org.position.id"], name=op.f("fk_unit_version_head_position_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["org.unit.id"], name=op.f("fk_unit_version_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_unit_version_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_version")),
        schema="org",
    )
    op.create_index(
        op.f("ix_unit_version_head_position_id"), "unit_version", ["head_position_id"], unique=False, schema="org"
    )
    op.create_index(op.f("ix_unit_version_parent_id"), "unit_version", ["parent_id"], unique=False, schema="org")
    op.create_table(
        "account_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["org.account.id"], name=op.f("fk_account_grant_account_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_account_grant_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_grant")),
        schema="org",
    )
    op.create_index(
        "uq_account_grant_role_unit",
        "account_grant",
        ["account_id", "role", "unit_id"],
        unique=True,
        schema="org",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["org.account.id"], name=op.f("fk_sign_in_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        schema="org",
    )
    op.create_index(op.f("ix_sign_in_account_id"), "sign_in", ["account_id"], unique=False, schema="org")
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sign_in_id"], ["org.sign_in.id"], name=op.f("fk_refresh_token_sign_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_token_token_hash")),
        schema="org",
    )
    op.create_index(op.f("ix_refresh_token_sign_in_id"), "refresh_token", ["sign_in_id"], unique=False, schema="org")
    for statement in freeze("org", *APPEND_ONLY):
        op.execute(statement)
    install_jobs(op.get_bind(), "org")


def downgrade() -> None:
    remove_jobs(op.get_bind(), "org")
    op.drop_index(op.f("ix_refresh_token_sign_in_id"), table_name="refresh_token", schema="org")
    op.drop_table("refresh_token", schema="org")
    op.drop_index(op.f("ix_sign_in_account_id"), table_name="sign_in", schema="org")
    op.drop_table("sign_in", schema="org")
    op.drop_index(
        "uq_account_grant_role_unit", table_name="account_grant", schema="org", postgresql_nulls_not_distinct=True
    )
    op.drop_table("account_grant", schema="org")
    op.drop_index(op.f("ix_unit_version_parent_id"), table_name="unit_version", schema="org")
    op.drop_index(op.f("ix_unit_version_head_position_id"), table_name="unit_version", schema="org")
    op.drop_table("unit_version", schema="org")
    op.drop_index(op.f("ix_unit_place_trail"), table_name="unit_place", schema="org")
    op.drop_table("unit_place", schema="org")
    op.drop_index(op.f("ix_position_version_unit_id"), table_name="position_version", schema="org")
    op.drop_index(op.f("ix_position_version_reports_to_id"), table_name="position_version", schema="org")
    op.drop_table("position_version", schema="org")
    op.drop_table("employment", schema="org")
    op.drop_index(op.f("ix_dotted_line_superior_id"), table_name="dotted_line", schema="org")
    op.drop_table("dotted_line", schema="org")
    op.drop_index(
        op.f("ix_assignment_position_id_valid"), table_name="assignment", schema="org", postgresql_using="gist"
    )
    op.drop_table("assignment", schema="org")
    op.drop_table("account", schema="org")
    op.drop_table("unit", schema="org")
    op.drop_index(op.f("ix_transition_resource_resource_id_at"), table_name="transition", schema="org")
    op.drop_table("transition", schema="org")
    op.drop_table("subscription", schema="org")
    op.drop_table("sign_in_throttle", schema="org")
    op.drop_table("service_client", schema="org")
    op.drop_table("revocation", schema="org")
    op.drop_table("position", schema="org")
    op.drop_table("inbox", schema="org")
    op.drop_index(op.f("ix_idempotency_key_at"), table_name="idempotency_key", schema="org")
    op.drop_table("idempotency_key", schema="org")
    op.drop_index(op.f("ix_event_type_at"), table_name="event", schema="org")
    op.drop_index(op.f("ix_event_subject_at"), table_name="event", schema="org")
    op.drop_table("event", schema="org")
    op.drop_table("employee", schema="org")
    op.drop_index(op.f("ix_audit_resource_resource_id_at"), table_name="audit", schema="org")
    op.drop_index(op.f("ix_audit_actor_id_at"), table_name="audit", schema="org")
    op.drop_table("audit", schema="org")
