"""The incentive service's first tables: pay profiles, plans, runs with frozen inputs, statements, the journal."""

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

FROZEN = (
    "account",
    "calculation",
    "collected_unit",
    "collection",
    "dossier",
    "entry",
    "hand",
    "left_out",
    "line",
    "payroll_file",
    "plan_version",
    "posting",
    "statement_note",
)

# A statement brings whole entries; whatever it leaves behind must sum to zero for each entry and currency, now and not
# only at commit (INC-12). SECURITY DEFINER is not needed: whoever may insert may read.
BALANCE = """
CREATE FUNCTION incentive.refuse_unbalanced_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path = incentive, pg_temp AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT posting.entry_id INTO wrong
    FROM posting JOIN account ON account.id = posting.account_id
    WHERE posting.entry_id IN (SELECT fresh.entry_id FROM fresh)
    GROUP BY posting.entry_id, account.currency HAVING sum(posting.amount) <> 0 LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'entry % does not sum to zero', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_posting_balance';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER posting_balances AFTER INSERT ON incentive.posting
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION incentive.refuse_unbalanced_entries();
"""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("kind", "reference", "currency", name=op.f("uq_account_kind_reference_currency")),
        schema="incentive",
    )
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
        "left_out",
        sa.Column("calculation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("calculation_id", "number", name=op.f("pk_left_out")),
        schema="incentive",
    )
    op.create_table(
        "line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calculation_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("costs", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint(
            "calculation_id", "number", "currency", name=op.f("uq_line_calculation_id_number_currency")
        ),
        schema="incentive",
    )
    op.create_table(
        "pay_profile",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_number", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fixed_pay", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fixed_share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("variable_share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("monthly_base", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cost_centre", sa.String(length=64), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("employee_number"), "="),
            (sa.column("valid"), "&&"),
            where=sa.text("replaced_at IS NULL"),
            using="gist",
            name=op.f("ex_pay_profile_no_overlap_employee_number"),
        ),
        sa.CheckConstraint("fixed_pay >= 0 AND fixed_pay < 'Infinity'", name=op.f("ck_pay_profile_fixed_pay")),
        sa.CheckConstraint("monthly_base >= 0 AND monthly_base < 'Infinity'", name=op.f("ck_pay_profile_monthly_base")),
        sa.CheckConstraint("fixed_share > 0 AND variable_share >= 0", name=op.f("ck_pay_profile_shares")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_profile")),
        sa.UniqueConstraint("employee_number", "version", name=op.f("uq_pay_profile_employee_number_version")),
        schema="incentive",
    )
    op.create_table(
        "person",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_person")),
        sa.UniqueConstraint("employee_id", name=op.f("uq_person_employee_id")),
        schema="incentive",
    )
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_plan_version_code_version")),
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
        "run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=True),
        sa.Column("calculation_id", sa.Uuid(), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        schema="incentive",
    )
    op.create_index(
        "uq_run_plan_code_period",
        "run",
        ["plan_code", "period"],
        unique=True,
        schema="incentive",
        postgresql_where="state <> 'cancelled'",
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
        "collection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("results_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("content_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_collection_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        schema="incentive",
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_entry_reversal_names_its_entry")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["incentive.line.id"], name=op.f("fk_entry_line_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["incentive.entry.id"], name=op.f("fk_entry_reverses_id")),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_entry_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_entry_reverses_id")),
        schema="incentive",
    )
    op.create_index(op.f("ix_entry_run_id"), "entry", ["run_id"], unique=False, schema="incentive")
    op.create_index(
        "uq_entry_line_id_kind",
        "entry",
        ["line_id", "kind"],
        unique=True,
        schema="incentive",
        postgresql_where="kind <> 'reversal'",
    )
    op.create_table(
        "hand",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_hand_run_id")),
        sa.PrimaryKeyConstraint("run_id", "round", "action", "account_id", name=op.f("pk_hand")),
        schema="incentive",
    )
    op.create_table(
        "payroll_file",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_payroll_file_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_payroll_file")),
        schema="incentive",
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_statement_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("line_id", name=op.f("uq_statement_line_id")),
        schema="incentive",
    )
    op.create_index(op.f("ix_statement_employee_id"), "statement", ["employee_id"], unique=False, schema="incentive")
    op.create_index(
        op.f("ix_statement_state_id"),
        "statement",
        ["state", "id"],
        unique=False,
        schema="incentive",
        postgresql_where=sa.text("state = 'disputed'"),
    )
    op.create_table(
        "calculation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calculated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["incentive.collection.id"], name=op.f("fk_calculation_collection_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_calculation_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calculation")),
        schema="incentive",
    )
    op.create_table(
        "collected_unit",
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("collection_id", "unit_id", name=op.f("pk_collected_unit")),
        schema="incentive",
    )
    op.create_table(
        "dossier",
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("collection_id", "number", name=op.f("pk_dossier")),
        schema="incentive",
    )
    op.create_table(
        "posting",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount <> 0 AND amount <> 'NaN'", name=op.f("ck_posting_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["incentive.account.id"], name=op.f("fk_posting_account_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["incentive.entry.id"], name=op.f("fk_posting_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_posting")),
        schema="incentive",
    )
    op.create_index(op.f("ix_posting_account_id"), "posting", ["account_id"], unique=False, schema="incentive")
    op.create_table(
        "statement_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["incentive.statement.id"], name=op.f("fk_statement_note_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_note")),
        schema="incentive",
    )
    op.create_index(
        op.f("ix_statement_note_statement_id"), "statement_note", ["statement_id"], unique=False, schema="incentive"
    )
    op.get_bind().exec_driver_sql(BALANCE, execution_options={"no_parameters": True})
    for statement in freeze("incentive", *FROZEN, *APPEND_ONLY):
        op.execute(statement)
    install_jobs(op.get_bind(), "incentive")


def downgrade() -> None:
    remove_jobs(op.get_bind(), "incentive")
    op.drop_index(op.f("ix_statement_note_statement_id"), table_name="statement_note", schema="incentive")
    op.drop_table("statement_note", schema="incentive")
    op.drop_index(op.f("ix_posting_account_id"), table_name="posting", schema="incentive")
    op.drop_table("posting", schema="incentive")
    op.drop_table("dossier", schema="incentive")
    op.drop_table("collected_unit", schema="incentive")
    op.drop_table("calculation", schema="incentive")
    op.drop_index(
        op.f("ix_statement_state_id"),
        table_name="statement",
        schema="incentive",
        postgresql_where=sa.text("state = 'disputed'"),
    )
    op.drop_index(op.f("ix_statement_employee_id"), table_name="statement", schema="incentive")
    op.drop_table("statement", schema="incentive")
    op.drop_table("payroll_file", schema="incentive")
    op.drop_table("hand", schema="incentive")
    op.drop_index(
        "uq_entry_line_id_kind", table_name="entry", schema="incentive", postgresql_where="kind <> 'reversal'"
    )
    op.drop_index(op.f("ix_entry_run_id"), table_name="entry", schema="incentive")
    op.drop_table("entry", schema="incentive")
    op.drop_table("collection", schema="incentive")
    op.drop_index(op.f("ix_transition_resource_resource_id_at"), table_name="transition", schema="incentive")
    op.drop_table("transition", schema="incentive")
    op.drop_table("subscription", schema="incentive")
    op.drop_index(
        "uq_run_plan_code_period", table_name="run", schema="incentive", postgresql_where="state <> 'cancelled'"
    )
    op.drop_table("run", schema="incentive")
    op.drop_table("revocation", schema="incentive")
    op.drop_table("plan_version", schema="incentive")
    op.drop_table("person", schema="incentive")
    op.drop_table("pay_profile", schema="incentive")
    op.drop_table("line", schema="incentive")
    op.drop_table("left_out", schema="incentive")
    op.drop_table("inbox", schema="incentive")
    op.drop_index(op.f("ix_idempotency_key_at"), table_name="idempotency_key", schema="incentive")
    op.drop_table("idempotency_key", schema="incentive")
    op.drop_index(op.f("ix_event_type_at"), table_name="event", schema="incentive")
    op.drop_index(op.f("ix_event_subject_at"), table_name="event", schema="incentive")
    op.drop_table("event", schema="incentive")
    op.drop_index(op.f("ix_audit_resource_resource_id_at"), table_name="audit", schema="incentive")
    op.drop_index(op.f("ix_audit_actor_id_at"), table_name="audit", schema="incentive")
    op.drop_table("audit", schema="incentive")
    op.drop_table("account", schema="incentive")
    op.execute("DROP FUNCTION incentive.refuse_unbalanced_entries()")
