"""Suppliers: framework agreements, classes by versions of a policy, and eliminations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "supplier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        schema="appraisal",
    )
    op.create_index(
        op.f("uq_supplier_lower_code"), "supplier", [sa.literal_column("lower(code)")], unique=True, schema="appraisal"
    )
    op.create_table(
        "supplier_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_policy")),
        sa.UniqueConstraint("version", name=op.f("uq_supplier_policy_version")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_supplier_policy_valid_from")),
        schema="appraisal",
    )
    _create_classifications()
    _create_agreements()
    _create_eliminations()
    for statement in freeze("appraisal", "supplier_policy", "supplier_classification"):
        op.execute(statement)


def _of_supplier(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["supplier_id"], ["appraisal.supplier.id"], name=op.f(f"fk_{name}_supplier_id_supplier")
    )


def _create_classifications() -> None:
    name = "supplier_classification"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_class", sa.String(length=1), nullable=False),
        sa.Column("score", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("explanation", JSON, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("classified_by", sa.Uuid(), nullable=False),
        sa.Column("classified_by_name", sa.String(length=200), nullable=False),
        sa.Column("classified_at", MOMENT, nullable=False),
        sa.CheckConstraint("score > '-Infinity' AND score < 'Infinity'", name=op.f(f"ck_{name}_score_finite")),
        _of_supplier(name),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        schema="appraisal",
    )
    index = op.f(f"ix_{name}_supplier_id_valid_from")
    op.create_index(index, name, ["supplier_id", "valid_from"], unique=False, schema="appraisal")


def _create_agreements() -> None:
    name = "supplier_agreement"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("termination_reason", sa.Text(), nullable=True),
        sa.Column("terminated_by_name", sa.String(length=200), nullable=True),
        sa.Column("terminated_at", MOMENT, nullable=True),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("supplier_id"), "="),
            (sa.column("number"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f(f"ex_{name}_no_overlap_supplier_id_number"),
        ),
        _of_supplier(name),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("supplier_id", "number", "version", name=op.f(f"uq_{name}_supplier_id_number_version")),
        schema="appraisal",
    )


def _create_eliminations() -> None:
    name = "supplier_elimination"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("grounds", JSON, nullable=False),
        sa.Column("below", sa.Numeric(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint("below > '-Infinity' AND below < 'Infinity'", name=op.f(f"ck_{name}_below_finite")),
        sa.ForeignKeyConstraint(["cycle_id"], ["appraisal.cycle.id"], name=op.f(f"fk_{name}_cycle_id_cycle")),
        _of_supplier(name),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        schema="appraisal",
    )
    op.create_index(
        op.f(f"ix_{name}_supplier_id_cycle_id"),
        name,
        ["supplier_id", "cycle_id"],
        unique=True,
        schema="appraisal",
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_index(
        op.f(f"uq_{name}_pending"),
        name,
        ["supplier_id"],
        unique=True,
        schema="appraisal",
        postgresql_where=sa.text("state IN ('open', 'reopened')"),
    )


def downgrade() -> None:
    for name in (
        "supplier_elimination",
        "supplier_agreement",
        "supplier_classification",
        "supplier_policy",
        "supplier",
    ):
        op.drop_table(name, schema="appraisal")
