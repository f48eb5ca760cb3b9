"""What the payroll answers; a line whose payment was reversed can be paid again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "entry", sa.Column("sequence", sa.SmallInteger(), server_default="0", nullable=False), schema="incentive"
    )
    op.alter_column("entry", "sequence", server_default=None, schema="incentive")
    _unique("source_type", "source_id", "kind", "sequence")
    op.create_table(
        "payroll_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incentive.run.id"], name=op.f("fk_payroll_answer_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payroll_answer")),
        sa.UniqueConstraint("run_id", "digest", name=op.f("uq_payroll_answer_run_id_digest")),
        schema="incentive",
    )
    op.create_table(
        "payroll_payment",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "amount > '-Infinity' AND amount < 'Infinity'", name=op.f("ck_payroll_payment_amount_finite")
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["incentive.payroll_answer.id"], name=op.f("fk_payroll_payment_answer_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", "row", name=op.f("pk_payroll_payment")),
        schema="incentive",
    )
    for statement in freeze("incentive", "payroll_answer", "payroll_payment"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("payroll_payment", schema="incentive")
    op.drop_table("payroll_answer", schema="incentive")
    _unique("source_type", "source_id", "kind")
    op.drop_column("entry", "sequence", schema="incentive")


def _unique(*columns: str) -> None:
    op.drop_index("uq_entry_source_kind", "entry", schema="incentive")
    op.create_index(
        "uq_entry_source_kind",
        "entry",
        list(columns),
        unique=True,
        schema="incentive",
        postgresql_where="kind <> 'reversal'",
    )
