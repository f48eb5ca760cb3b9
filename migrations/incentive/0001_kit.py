"""The tables of the kit, the job queue, and the working days to begin with."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.calendar.seed import seeded_days
from services.kit.database.sessions import freeze
from services.kit.jobs.schema import install_jobs, remove_jobs

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WORKING_DAY = sa.table(
    "working_day",
    sa.column("day", sa.Date()),
    sa.column("is_working", sa.Boolean()),
    sa.column("note", sa.String()),
    schema="incentive",
)


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
        schema="incentive",
    )
    op.create_index(op.f("ix_audit_actor_id_at"), "audit", ["actor_id", "at"], unique=False, schema="incentive")
    op.create_index(
        op.f("ix_audit_resource_resource_id_at"),
        "audit",
        ["resource", "resource_id", "at"],
        unique=False,
        schema="incentive",
    )
    op.create_table(
        "delivery_backlog",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_backlog")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_delivery_backlog_subscription_id_subject"),
        "delivery_backlog",
        ["subscription_id", "subject"],
        unique=False,
        schema="incentive",
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
        schema="incentive",
    )
    op.create_index(op.f("ix_event_subject_at"), "event", ["subject", "at"], unique=False, schema="incentive")
    op.create_index(op.f("ix_event_type_at"), "event", ["type", "at"], unique=False, schema="incentive")
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
        schema="incentive",
    )
    op.create_index(op.f("ix_idempotency_key_at"), "idempotency_key", ["at"], unique=False, schema="incentive")
    op.create_table(
        "inbox",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_inbox")),
        schema="incentive",
    )
    op.create_table(
        "revocation",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_revocation")),
        schema="incentive",
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
        schema="incentive",
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("term_amount", sa.Integer(), nullable=True),
        sa.Column("term_unit", sa.String(length=16), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(assignee_id IS NULL) <> (role IS NULL)", name=op.f("ck_task_person_or_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_task_assignee_id_due_at"), "task", ["assignee_id", "due_at"], unique=False, schema="incentive"
    )
    op.create_index(op.f("ix_task_role_due_at"), "task", ["role", "due_at"], unique=False, schema="incentive")
    op.create_index(
        op.f("ix_task_subject_type_subject_id_kind"),
        "task",
        ["subject_type", "subject_id", "kind"],
        unique=False,
        schema="incentive",
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
        schema="incentive",
    )
    op.create_index(
        op.f("ix_transition_resource_resource_id_at"),
        "transition",
        ["resource", "resource_id", "at"],
        unique=False,
        schema="incentive",
    )
    op.create_table(
        "working_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_working_day")),
        schema="incentive",
    )
    for statement in freeze("incentive", "audit", "event", "inbox", "transition"):
        op.execute(statement)
    op.bulk_insert(
        WORKING_DAY, [{"day": each.day, "is_working": each.is_working, "note": each.note} for each in seeded_days()]
    )
    install_jobs(op.get_bind(), "incentive")


def downgrade() -> None:
    remove_jobs(op.get_bind(), "incentive")
    op.drop_table("working_day", schema="incentive")
    op.drop_table("transition", schema="incentive")
    op.drop_table("task", schema="incentive")
    op.drop_table("subscription", schema="incentive")
    op.drop_table("revocation", schema="incentive")
    op.drop_table("inbox", schema="incentive")
    op.drop_table("idempotency_key", schema="incentive")
    op.drop_table("event", schema="incentive")
    op.drop_table("delivery_backlog", schema="incentive")
    op.drop_table("audit", schema="incentive")
