"""Limits of positions, and delegations entered for somebody else, take a second person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.kit.database.sessions import freeze

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "authority_limit_change"
DECIDED = (
    ("decided_at", sa.DateTime(timezone=True)),
    ("decided_by", sa.Uuid()),
    ("decided_by_name", sa.String(length=200)),
    ("decision", sa.Text()),
)
GRANTED = "state, revision, decided_at, decided_by, decided_by_name, decision"


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("authority_type", sa.String(length=32), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_person", sa.Uuid(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        *(sa.Column(name, kind, nullable=True) for name, kind in DECIDED),
        sa.CheckConstraint("NOT isempty(valid) AND NOT lower_inf(valid)", name=op.f(f"ck_{NAME}_dated")),
        sa.CheckConstraint("amount >= 0", name=op.f(f"ck_{NAME}_amount_not_negative")),
        sa.CheckConstraint("amount > '-Infinity' AND amount < 'Infinity'", name=op.f(f"ck_{NAME}_amount_finite")),
        sa.ForeignKeyConstraint(["position_id"], ["org.position.id"], name=op.f(f"fk_{NAME}_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        schema="org",
    )
    op.create_index(op.f(f"ix_{NAME}_position_id"), NAME, ["position_id"], schema="org")
    for statement in freeze("org", NAME):
        op.execute(statement)
    op.execute(f"GRANT UPDATE ({GRANTED}) ON org.{NAME} TO merit_org")
    _release_delegations()


def _release_delegations() -> None:
    """What was delegated before goes on counting, with the name of who entered it."""
    for old, new in (("created_at", "entered_at"), ("created_by", "entered_by")):
        op.alter_column("delegation", old, new_column_name=new, schema="org")
    for name, kind, earlier in (
        ("state", sa.String(length=16), "'released'"),
        ("entered_by_name", sa.String(length=200), "'system'"),
    ):
        op.add_column(
            "delegation", sa.Column(name, kind, server_default=sa.text(earlier), nullable=False), schema="org"
        )
        op.alter_column("delegation", name, server_default=None, schema="org")
    for name, kind in (("entered_by_person", sa.Uuid()), *DECIDED):
        op.add_column("delegation", sa.Column(name, kind, nullable=True), schema="org")
    op.execute(
        "UPDATE org.delegation SET entered_by_name = account.name, entered_by_person = account.employee_id"
        " FROM org.account WHERE account.id = delegation.entered_by"
    )
    op.execute(f"GRANT UPDATE ({GRANTED}) ON org.delegation TO merit_org")


def downgrade() -> None:
    # What has not been released must not count afterwards.
    op.execute("DELETE FROM org.delegation WHERE state <> 'released'")
    op.execute("DELETE FROM org.task WHERE kind IN ('delegation.release', 'authority_limit_change.release')")
    for name in ("state", "entered_by_name", "entered_by_person", *(name for name, _ in DECIDED)):
        op.drop_column("delegation", name, schema="org")
    for new, old in (("entered_at", "created_at"), ("entered_by", "created_by")):
        op.alter_column("delegation", new, new_column_name=old, schema="org")
    op.drop_table(NAME, schema="org")
