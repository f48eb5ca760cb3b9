"""What became of units; how far tasks that follow the calendar have come."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "calendar_mark",
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("done_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_calendar_mark")),
        schema="org",
    )
    op.create_table(
        "unit_succession",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.CheckConstraint("successor_id <> unit_id", name=op.f("ck_unit_succession_another_unit")),
        sa.ForeignKeyConstraint(["successor_id"], ["org.unit.id"], name=op.f("fk_unit_succession_successor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_unit_succession_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_succession")),
        sa.UniqueConstraint(
            "unit_id",
            "successor_id",
            "effective_from",
            name=op.f("uq_unit_succession_unit_id_successor_id_effective_from"),
        ),
        schema="org",
    )
    op.create_index(
        op.f("ix_unit_succession_successor_id"), "unit_succession", ["successor_id"], unique=False, schema="org"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_unit_succession_successor_id"), table_name="unit_succession", schema="org")
    op.drop_table("unit_succession", schema="org")
    op.drop_table("calendar_mark", schema="org")
