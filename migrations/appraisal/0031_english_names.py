"""Units and positions have the English name that org knows them by, which is the Chinese one where none is entered."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMES: Final = (
    ("snapshot_unit", "name"),
    ("place", "name"),
    ("form", "subject_name"),
    ("form", "unit_name"),
    ("incident", "unit_name"),
    ("brief", "unit_name"),
)


def upgrade() -> None:
    for table, name in NAMES:
        op.add_column(table, sa.Column(f"{name}_en", sa.String(200), nullable=True), schema="appraisal")
        columns = sa.table(table, sa.column(name), sa.column(f"{name}_en"), schema="appraisal")
        op.execute(columns.update().values({f"{name}_en": columns.c[name]}))
        op.alter_column(table, f"{name}_en", nullable=False, schema="appraisal")


def downgrade() -> None:
    for table, name in NAMES:
        op.drop_column(table, f"{name}_en", schema="appraisal")
