"""Measurements."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "measurement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_code", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
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
        op.f("ix_measurement_subject_kind_subject_code_indicator_measured_on"),
        "measurement",
        ["subject_kind", "subject_code", "indicator", "measured_on"],
        unique=False,
        schema="appraisal",
    )
    for statement in freeze("appraisal", "measurement"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("measurement", schema="appraisal")
