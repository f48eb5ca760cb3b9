"""Units and positions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "position",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("code", name=op.f("uq_position_code")),
        schema="org",
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        schema="org",
    )
    op.create_table(
        "position_path",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("superior_id", sa.Uuid(), sa.Computed("path[cardinality(path) - 1]", persisted=True), nullable=True),
        sa.ForeignKeyConstraint(["position_id"], ["org.position.id"], name=op.f("fk_position_path_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_path")),
        sa.UniqueConstraint("position_id", "valid", name=op.f("uq_position_path_position_id_valid")),
        schema="org",
    )
    op.create_index(op.f("ix_position_path_path"), "position_path", ["path"], unique=False, schema="org")
    op.create_index(op.f("ix_position_path_superior_id"), "position_path", ["superior_id"], unique=False, schema="org")
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
        "unit_path",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_unit_path_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_path")),
        sa.UniqueConstraint("unit_id", "valid", name=op.f("uq_unit_path_unit_id_valid")),
        schema="org",
    )
    op.create_index(op.f("ix_unit_path_path"), "unit_path", ["path"], unique=False, schema="org")
    op.create_table(
        "unit_succession",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.CheckConstraint("successor_id <> unit_id", name=op.f("ck_unit_succession_another_unit")),
        sa.ForeignKeyConstraint(["successor_id"], ["org.unit.id"], name=op.f("fk_unit_succession_successor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_unit_succession_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_succession")),
        sa.UniqueConstraint(
            "unit_id", "successor_id", "valid_from", name=op.f("uq_unit_succession_unit_id_successor_id_valid_from")
        ),
        schema="org",
    )
    op.create_index(
        op.f("ix_unit_succession_successor_id"), "unit_succession", ["successor_id"], unique=False, schema="org"
    )
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


def downgrade() -> None:
    op.drop_table("unit_version", schema="org")
    op.drop_table("unit_succession", schema="org")
    op.drop_table("unit_path", schema="org")
    op.drop_table("position_version", schema="org")
    op.drop_table("position_path", schema="org")
    op.drop_table("unit", schema="org")
    op.drop_table("position", schema="org")
