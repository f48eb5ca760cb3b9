"""Positions, calibrations and cycles limited to a unit have the English names of their snapshot.

Where the snapshot was taken before it held English names, both languages read the Chinese one (decision 0045).
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMES: Final = (
    ("snapshot_position", "title", False),
    ("form", "position_title", True),
    ("calibration", "unit_name", False),
    ("cycle", "unit_name", True),
)
"""Tables and columns, and whether these may be empty."""


def upgrade() -> None:
    for table, name, nullable in NAMES:
        op.add_column(table, sa.Column(f"{name}_en", sa.String(200), nullable=True), schema="appraisal")
        columns = _table(table, name)
        op.execute(columns.update().values({f"{name}_en": columns.c[name]}))
        if not nullable:
            op.alter_column(table, f"{name}_en", nullable=False, schema="appraisal")
    unit = _table("snapshot_unit", "name", "cycle_id", "unit_id")
    for table, cycle in (("calibration", "cycle_id"), ("cycle", "id")):
        columns = _table(table, "unit_name", "unit_id", cycle)
        same = (unit.c.cycle_id == columns.c[cycle], unit.c.unit_id == columns.c.unit_id)
        named = columns.update().where(*same, columns.c.unit_name.is_not(None))
        op.execute(named.values(unit_name_en=unit.c.name_en))


def downgrade() -> None:
    for table, name, _ in NAMES:
        op.drop_column(table, f"{name}_en", schema="appraisal")


def _table(table: str, name: str, *more: str) -> Any:
    columns = (sa.column(each) for each in (name, f"{name}_en", *more))
    return sa.table(table, *columns, schema="appraisal")
