"""The incentive schema as it is now, straight from the models."""

from collections.abc import Sequence

from alembic import op

from services.incentive import tables
from services.kit.calendar_seed import seeded_days
from services.kit.database import freeze
from services.kit.job_schema import install_jobs, remove_jobs
from services.kit.tables import APPEND_ONLY

revision: str = "0001"
down_revision: str | None = None
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
    tables.Base.metadata.create_all(op.get_bind())
    op.get_bind().exec_driver_sql(BALANCE, execution_options={"no_parameters": True})
    for statement in freeze("incentive", *APPEND_ONLY, *tables.APPEND_ONLY):
        op.execute(statement)
    op.bulk_insert(
        tables.Base.metadata.tables["incentive.working_day"],
        [{"day": each.day, "is_working": each.is_working, "note": each.note} for each in seeded_days()],
    )
    install_jobs(op.get_bind(), "incentive")


def downgrade() -> None:
    remove_jobs(op.get_bind(), "incentive")
    tables.Base.metadata.drop_all(op.get_bind())
    op.execute("DROP FUNCTION incentive.refuse_unbalanced_entries()")
