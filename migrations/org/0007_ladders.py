"""Career ladders and their versions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "career_ladder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_career_ladder")),
        sa.UniqueConstraint("code", name=op.f("uq_career_ladder_code")),
        schema="org",
    )
    op.create_table(
        "career_ladder_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["org.career_ladder.id"], name=op.f("fk_career_ladder_version_ladder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_career_ladder_version")),
        sa.UniqueConstraint("ladder_id", "number", name=op.f("uq_career_ladder_version_ladder_id_number")),
        schema="org",
    )
    op.create_index(
        op.f("ix_career_ladder_version_ladder_id_valid_from"),
        "career_ladder_version",
        ["ladder_id", "valid_from"],
        unique=False,
        schema="org",
    )
    for statement in freeze("org", "career_ladder_version"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("career_ladder_version", schema="org")
    op.drop_table("career_ladder", schema="org")
