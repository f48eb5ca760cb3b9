"""People's own passwords, sessions and invitations; attempts to sign in counted by name and place."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column("account", "password_hash", existing_type=sa.Text(), nullable=True, schema="org")
    op.add_column("account", sa.Column("language", sa.String(length=2), nullable=True), schema="org")
    op.add_column(
        "sign_in", sa.Column("address", sa.String(length=64), server_default="", nullable=False), schema="org"
    )
    op.add_column(
        "sign_in", sa.Column("user_agent", sa.String(length=200), server_default="", nullable=False), schema="org"
    )
    op.alter_column("sign_in", "address", server_default=None, schema="org")
    op.alter_column("sign_in", "user_agent", server_default=None, schema="org")
    op.create_table(
        "invitation",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["org.account.id"], name=op.f("fk_invitation_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        schema="org",
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempts")),
        schema="org",
    )
    op.drop_table("sign_in_throttle", schema="org")


def downgrade() -> None:
    op.create_table(
        "sign_in_throttle",
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_sign_in_throttle")),
        schema="org",
    )
    op.drop_table("sign_in_attempts", schema="org")
    op.drop_table("invitation", schema="org")
    op.drop_column("sign_in", "user_agent", schema="org")
    op.drop_column("sign_in", "address", schema="org")
    op.drop_column("account", "language", schema="org")
    # An account without a password cannot sign in; an empty hash, which no password has, says the same.
    op.execute("UPDATE org.account SET password_hash = '!' WHERE password_hash IS NULL")
    op.alter_column("account", "password_hash", existing_type=sa.Text(), nullable=False, schema="org")
