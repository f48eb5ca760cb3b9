"""The policy of two approvers is changed by what one person proposes and another releases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "authority_policy_change"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("threshold", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("authority_types", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_person", sa.Uuid(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.CheckConstraint("threshold >= 0", name=op.f(f"ck_{NAME}_threshold_not_negative")),
        sa.CheckConstraint(
            "threshold > '-Infinity' AND threshold < 'Infinity'", name=op.f(f"ck_{NAME}_threshold_finite")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        schema="org",
    )
    for statement in freeze("org", NAME):
        op.execute(statement)
    op.execute(
        f"GRANT UPDATE (state, revision, decided_at, decided_by, decided_by_name, decision) ON org.{NAME} TO merit_org"
    )


def downgrade() -> None:
    op.drop_table(NAME, schema="org")
