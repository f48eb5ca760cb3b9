"""Goals that serve others: of a longer cycle, or of a unit above."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "goal_link"
FORM = "appraisal.form.id"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("parent_form_id", sa.Uuid(), nullable=False),
        sa.Column("parent_item", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], [FORM], name=op.f(f"fk_{NAME}_form_id_form")),
        sa.ForeignKeyConstraint(["parent_form_id"], [FORM], name=op.f(f"fk_{NAME}_parent_form_id_form")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        sa.UniqueConstraint("form_id", "item", name=op.f(f"uq_{NAME}_form_id_item")),
        schema="appraisal",
    )
    index = op.f(f"ix_{NAME}_parent_form_id_parent_item")
    op.create_index(index, NAME, ["parent_form_id", "parent_item"], unique=False, schema="appraisal")


def downgrade() -> None:
    op.drop_table(NAME, schema="appraisal")
