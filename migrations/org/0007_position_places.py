"""Where positions stand in the reporting line, derived as the places of units are; both found by their path.

Neither needs an exclusion any more: they are worked out from rows that cannot overlap, and its index costs more than all
others together when a large part of the organisation moves.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FILL = """
WITH RECURSIVE look (thing, unit_id, valid, above) AS (
    SELECT position_id, CASE WHEN reports_to_id IS NULL THEN unit_id END, valid, reports_to_id
    FROM org.position_version
  UNION ALL
    SELECT look.thing, CASE WHEN u.head_position_id <> look.thing THEN NULL ELSE u.parent_id END,
           u.valid * look.valid, CASE WHEN u.head_position_id <> look.thing THEN u.head_position_id END
    FROM look JOIN org.unit_version u ON u.unit_id = look.unit_id AND u.valid && look.valid
), edge (thing, valid, above) AS (SELECT thing, valid, above FROM look WHERE unit_id IS NULL), way (thing, valid, path) AS (
    SELECT thing, valid, ARRAY[thing] FROM edge WHERE above IS NULL
  UNION ALL
    SELECT edge.thing, edge.valid * way.valid, way.path || edge.thing
    FROM way JOIN edge ON edge.above = way.thing AND edge.valid && way.valid
    WHERE cardinality(way.path) < 100
)
INSERT INTO org.position_place (id, position_id, valid, path)
SELECT gen_random_uuid(), thing, unnest(range_agg(valid)), path FROM way GROUP BY thing, path
"""


def upgrade() -> None:
    op.create_table(
        "position_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("path", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("superior_id", sa.Uuid(), sa.Computed("path[cardinality(path) - 1]", persisted=True), nullable=True),
        sa.ForeignKeyConstraint(["position_id"], ["org.position.id"], name=op.f("fk_position_place_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_place")),
        sa.UniqueConstraint("position_id", "valid", name=op.f("uq_position_place_position_id_valid")),
        schema="org",
    )
    op.create_index(op.f("ix_position_place_path"), "position_place", ["path"], schema="org")
    op.create_index(op.f("ix_position_place_superior_id"), "position_place", ["superior_id"], schema="org")
    op.execute(FILL)
    op.drop_index(op.f("ix_unit_place_trail"), "unit_place", schema="org")
    op.drop_column("unit_place", "trail", schema="org")
    op.create_index(op.f("ix_unit_place_path"), "unit_place", ["path"], schema="org")
    op.drop_constraint(op.f("ex_unit_place_no_overlap_unit_id"), "unit_place", schema="org")
    op.create_unique_constraint(op.f("uq_unit_place_unit_id_valid"), "unit_place", ["unit_id", "valid"], schema="org")


def downgrade() -> None:
    op.drop_constraint(op.f("uq_unit_place_unit_id_valid"), "unit_place", schema="org")
    op.create_exclude_constraint(
        op.f("ex_unit_place_no_overlap_unit_id"),
        "unit_place",
        (sa.column("unit_id"), "="),
        (sa.column("valid"), "&&"),
        using="gist",
        schema="org",
    )
    op.drop_index(op.f("ix_unit_place_path"), "unit_place", schema="org")
    op.add_column("unit_place", sa.Column("trail", sa.Text(collation="C"), nullable=True), schema="org")
    op.execute("UPDATE org.unit_place SET trail = array_to_string(path, '/')")
    op.alter_column("unit_place", "trail", nullable=False, schema="org")
    op.create_index(op.f("ix_unit_place_trail"), "unit_place", ["trail"], schema="org")
    op.drop_index(op.f("ix_position_place_superior_id"), "position_place", schema="org")
    op.drop_index(op.f("ix_position_place_path"), "position_place", schema="org")
    op.drop_table("position_place", schema="org")
