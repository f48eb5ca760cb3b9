"""Entitlements: what is posted for a person and an occasion, and lines that book differences."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What earlier releases posted: each line was the whole amount, less what was reversed since.
POSTED = """
INSERT INTO incentive.entitlement (id, employee_id, kind, occasion, currency, posted, costs, line_id)
SELECT gen_random_uuid(), line.employee_id, line.kind, line.occasion, line.currency,
       CASE WHEN reversed.is_reversed THEN 0 ELSE line.amount END,
       CASE WHEN reversed.is_reversed OR line.amount = 0 THEN '{}'
            ELSE (SELECT jsonb_object_agg(cost->>0, cost->>1) FROM json_array_elements(line.costs) AS cost) END,
       line.id
FROM incentive.line JOIN incentive.run ON run.calculation_id = line.calculation_id,
LATERAL (SELECT EXISTS (
    SELECT FROM incentive.entry AS accrual JOIN incentive.entry AS counter ON counter.reverses_id = accrual.id
    WHERE accrual.source_id = line.id AND accrual.kind = 'accrual') AS is_reversed) AS reversed
WHERE run.state IN ('posted', 'paid')
"""


def upgrade() -> None:
    op.create_table(
        "entitlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("occasion", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("posted", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("costs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("posted > '-Infinity' AND posted < 'Infinity'", name=op.f("ck_entitlement_posted_finite")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement")),
        sa.UniqueConstraint(
            "employee_id",
            "kind",
            "occasion",
            "currency",
            name=op.f("uq_entitlement_employee_id_kind_occasion_currency"),
        ),
        schema="incentive",
    )
    op.create_table(
        "snapshot_entitlement",
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("entitlement_id", sa.Uuid(), nullable=False),
        sa.Column("posted", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("costs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "posted > '-Infinity' AND posted < 'Infinity'", name=op.f("ck_snapshot_entitlement_posted_finite")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "entitlement_id", name=op.f("pk_snapshot_entitlement")),
        schema="incentive",
    )
    _run_and_snapshots()
    _lines_and_exclusions()
    op.execute(POSTED)
    op.add_column(
        "payroll_file", sa.Column("version", sa.Integer(), server_default="1", nullable=False), schema="incentive"
    )
    op.alter_column("payroll_file", "version", server_default=None, schema="incentive")
    op.drop_constraint(op.f("pk_payroll_file"), "payroll_file", schema="incentive")
    op.create_primary_key(op.f("pk_payroll_file"), "payroll_file", ["run_id", "version"], schema="incentive")
    for statement in freeze("incentive", "snapshot_entitlement"):
        op.execute(statement)


def _run_and_snapshots() -> None:
    op.drop_index("uq_run_bonus_period", "run", schema="incentive")
    op.create_index(
        "uq_run_bonus_period",
        "run",
        ["bonus", "period"],
        unique=True,
        schema="incentive",
        postgresql_where="state NOT IN ('posted', 'paid', 'cancelled')",
    )
    op.add_column("input_snapshot", sa.Column("main_id", sa.Uuid(), nullable=True), schema="incentive")
    op.add_column("input_snapshot", sa.Column("occasion", sa.String(length=64), nullable=True), schema="incentive")
    op.add_column("input_snapshot", sa.Column("units_hash", sa.CHAR(length=64), nullable=True), schema="incentive")
    op.execute(
        "UPDATE incentive.input_snapshot SET occasion = run.period FROM incentive.run"
        " WHERE run.id = input_snapshot.run_id"
    )
    op.alter_column("input_snapshot", "occasion", nullable=False, schema="incentive")
    op.create_foreign_key(
        op.f("fk_input_snapshot_main_id"),
        "input_snapshot",
        "input_snapshot",
        ["main_id"],
        ["id"],
        source_schema="incentive",
        referent_schema="incentive",
    )
    op.create_index(op.f("ix_input_snapshot_main_id"), "input_snapshot", ["main_id"], schema="incentive")


def _lines_and_exclusions() -> None:
    for name, type_ in (
        ("snapshot_id", sa.Uuid()),
        ("kind", sa.String(length=32)),
        ("occasion", sa.String(length=64)),
        ("due", sa.Numeric(precision=18, scale=2)),
        ("posted", sa.Numeric(precision=18, scale=2)),
    ):
        op.add_column("line", sa.Column(name, type_, nullable=True), schema="incentive")
    op.execute(
        "UPDATE incentive.line SET snapshot_id = calculation.snapshot_id, kind = run.bonus, occasion = run.period,"
        " due = amount, posted = 0 FROM incentive.calculation JOIN incentive.run ON run.id = calculation.run_id"
        " WHERE calculation.id = line.calculation_id"
    )
    for name in ("snapshot_id", "kind", "occasion", "due", "posted"):
        op.alter_column("line", name, nullable=False, schema="incentive")
    op.drop_constraint(op.f("uq_line_calculation_id_number_currency"), "line", schema="incentive")
    op.create_unique_constraint(
        op.f("uq_line_calculation_id_number_occasion_currency"),
        "line",
        ["calculation_id", "number", "occasion", "currency"],
        schema="incentive",
    )
    op.create_check_constraint(op.f("ck_line_difference"), "line", "amount = due - posted", schema="incentive")
    for name in ("due", "posted"):
        finite = f"{name} > '-Infinity' AND {name} < 'Infinity'"
        op.create_check_constraint(op.f(f"ck_line_{name}_finite"), "line", finite, schema="incentive")
    op.add_column("exclusion", sa.Column("occasion", sa.String(length=64), nullable=True), schema="incentive")
    op.execute(
        "UPDATE incentive.exclusion SET occasion = run.period FROM incentive.calculation"
        " JOIN incentive.run ON run.id = calculation.run_id WHERE calculation.id = exclusion.calculation_id"
    )
    op.alter_column("exclusion", "occasion", nullable=False, schema="incentive")
    op.drop_constraint(op.f("pk_exclusion"), "exclusion", schema="incentive")
    op.create_primary_key(
        op.f("pk_exclusion"), "exclusion", ["calculation_id", "number", "occasion"], schema="incentive"
    )


def downgrade() -> None:
    op.execute("DELETE FROM incentive.payroll_file WHERE version > 1")
    op.drop_constraint(op.f("pk_payroll_file"), "payroll_file", schema="incentive")
    op.create_primary_key(op.f("pk_payroll_file"), "payroll_file", ["run_id"], schema="incentive")
    op.drop_column("payroll_file", "version", schema="incentive")
    op.execute(
        "DELETE FROM incentive.exclusion WHERE occasion <> (SELECT run.period FROM incentive.calculation"
        " JOIN incentive.run ON run.id = calculation.run_id WHERE calculation.id = exclusion.calculation_id)"
    )
    op.drop_constraint(op.f("pk_exclusion"), "exclusion", schema="incentive")
    op.create_primary_key(op.f("pk_exclusion"), "exclusion", ["calculation_id", "number"], schema="incentive")
    op.drop_column("exclusion", "occasion", schema="incentive")
    op.drop_constraint(op.f("ck_line_difference"), "line", schema="incentive")
    op.drop_constraint(op.f("uq_line_calculation_id_number_occasion_currency"), "line", schema="incentive")
    for name in ("posted", "due", "occasion", "kind", "snapshot_id"):
        op.drop_column("line", name, schema="incentive")
    op.create_unique_constraint(
        op.f("uq_line_calculation_id_number_currency"),
        "line",
        ["calculation_id", "number", "currency"],
        schema="incentive",
    )
    op.drop_index(op.f("ix_input_snapshot_main_id"), "input_snapshot", schema="incentive")
    op.drop_constraint(op.f("fk_input_snapshot_main_id"), "input_snapshot", schema="incentive")
    for name in ("units_hash", "occasion", "main_id"):
        op.drop_column("input_snapshot", name, schema="incentive")
    op.drop_index("uq_run_bonus_period", "run", schema="incentive")
    op.create_index(
        "uq_run_bonus_period",
        "run",
        ["bonus", "period"],
        unique=True,
        schema="incentive",
        postgresql_where="state <> 'cancelled'",
    )
    op.drop_table("snapshot_entitlement", schema="incentive")
    op.drop_table("entitlement", schema="incentive")
