"""An approval of an award names the person on whose authority it was given, if it was delegated."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = {
    "acting_for_id": sa.Uuid(),
    "acting_for_number": sa.String(length=64),
    "acting_for_name": sa.String(length=200),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("award_approval", sa.Column(name, kind, nullable=True), schema="incentive")


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("award_approval", name, schema="incentive")
