"""The double-entry journal."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from services.kit.database.sessions import freeze

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# A statement brings whole entries; whatever it leaves behind must sum to zero for each entry and currency, now and not
# only at commit (INC-12). SECURITY DEFINER is not needed: whoever may insert may read.
BALANCE = """
CREATE FUNCTION incentive.refuse_unbalanced_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path = incentive, pg_temp AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT posting.entry_id INTO wrong
    FROM posting JOIN account ON account.id = posting.account_id
    WHERE posting.entry_id IN (SELECT fresh.entry_id FROM fresh)
    GROUP BY posting.entry_id, account.currency HAVING sum(posting.amount) <> 0 LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'entry % does not sum to zero', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_posting_balance';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER posting_balances AFTER INSERT ON incentive.posting
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION incentive.refuse_unbalanced_entries();
"""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("kind", "reference", "currency", name=op.f("uq_account_kind_reference_currency")),
        schema="incentive",
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("source_type", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_entry_reversal_names_its_entry")
        ),
        sa.ForeignKeyConstraint(["reverses_id"], ["incentive.entry.id"], name=op.f("fk_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_entry_reverses_id")),
        schema="incentive",
    )
    op.create_index(op.f("ix_entry_batch_id"), "entry", ["batch_id"], unique=False, schema="incentive")
    op.create_index(
        "uq_entry_source_kind",
        "entry",
        ["source_type", "source_id", "kind"],
        unique=True,
        schema="incentive",
        postgresql_where="kind <> 'reversal'",
    )
    op.create_table(
        "posting",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount <> 0 AND amount <> 'NaN'", name=op.f("ck_posting_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["incentive.account.id"], name=op.f("fk_posting_account_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["incentive.entry.id"], name=op.f("fk_posting_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_posting")),
        schema="incentive",
    )
    op.create_index(op.f("ix_posting_account_id"), "posting", ["account_id"], unique=False, schema="incentive")
    op.get_bind().exec_driver_sql(BALANCE, execution_options={"no_parameters": True})
    for statement in freeze("incentive", "account", "entry", "posting"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("posting", schema="incentive")
    op.drop_table("entry", schema="incentive")
    op.drop_table("account", schema="incentive")
    op.execute("DROP FUNCTION incentive.refuse_unbalanced_entries()")
