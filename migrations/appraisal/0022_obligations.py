"""Alert rules, incidents, what somebody owes because of them, and monthly briefs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
UNITS = postgresql.ARRAY(sa.Uuid())
# What was measured of one subject from one day up to another; corrected values do not count.
AGGREGATED = """
CREATE FUNCTION appraisal.aggregated(how text, kind text, subject text, what text, since date, until date)
RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE how WHEN 'sum' THEN sum(value) WHEN 'mean' THEN avg(value) WHEN 'max' THEN max(value)
                    WHEN 'min' THEN min(value)
                    ELSE (array_agg(value ORDER BY measured_on DESC, id DESC))[1] END
    FROM appraisal.measurement AS measurement
    WHERE subject_kind = kind AND subject_code = subject AND indicator = what
      AND measured_on >= since AND measured_on < until
      AND NOT EXISTS (SELECT FROM appraisal.measurement AS later WHERE later.supersedes_id = measurement.id)
$$
"""


def upgrade() -> None:
    op.execute(AGGREGATED)
    op.create_table(
        "alert_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("condition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("budget_indicator", sa.String(length=64), nullable=True),
        sa.Column("demand", sa.String(length=24), nullable=False),
        sa.Column("term_amount", sa.Integer(), nullable=False),
        sa.Column("term_unit", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rule")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_alert_rule_indicator"), "alert_rule", ["indicator"], schema="appraisal")
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("unit_path", UNITS, nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("reported_by_person", sa.Uuid(), nullable=True),
        sa.Column("reported_by_name", sa.String(length=200), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        schema="appraisal",
    )
    op.create_table(
        "obligation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("occasion", sa.String(length=200), nullable=False),
        sa.Column("demand", sa.String(length=24), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=True),
        sa.Column("subject_code", sa.String(length=64), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_name", sa.String(length=200), nullable=True),
        sa.Column("chain", UNITS, nullable=False),
        sa.Column("unit_path", UNITS, nullable=False),
        sa.Column("term_amount", sa.Integer(), nullable=True),
        sa.Column("term_unit", sa.String(length=16), nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("overdue_told", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("submission", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_person", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_name", sa.String(length=200), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("withdrawn_by_system", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint("occasion", name=op.f("uq_obligation_occasion")),
        schema="appraisal",
    )
    for columns, using in ((["owner_id"], "btree"), (["state", "due_at"], "btree"), (["unit_path"], "gin")):
        name = op.f(f"ix_obligation_{'_'.join(columns)}")
        op.create_index(name, "obligation", columns, schema="appraisal", postgresql_using=using)
    _create_briefs()
    _create_standards()
    for statement in freeze("appraisal", "incident", "signed_brief"):
        op.execute(statement)


def _create_briefs() -> None:
    op.create_table(
        "brief",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("unit_path", UNITS, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        sa.Column("head_name", sa.String(length=200), nullable=True),
        sa.Column("chain", UNITS, nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief")),
        sa.UniqueConstraint("unit_id", "month", name=op.f("uq_brief_unit_id_month")),
        schema="appraisal",
    )
    op.create_index(op.f("ix_brief_head_id"), "brief", ["head_id"], schema="appraisal")
    op.create_table(
        "signed_brief",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_by_person", sa.Uuid(), nullable=True),
        sa.Column("signed_by_name", sa.String(length=200), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["appraisal.brief.id"], name=op.f("fk_signed_brief_brief_id")),
        sa.PrimaryKeyConstraint("brief_id", name=op.f("pk_signed_brief")),
        schema="appraisal",
    )


def _create_standards() -> None:
    op.create_table(
        "work_standard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_code", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("duty_zh", "duty_en", "metric_zh", "metric_en")),
        sa.Column("deadline", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_standard")),
        schema="appraisal",
    )


def downgrade() -> None:
    for table in ("work_standard", "signed_brief", "brief", "obligation", "incident", "alert_rule"):
        op.drop_table(table, schema="appraisal")
    op.execute("DROP FUNCTION appraisal.aggregated")
