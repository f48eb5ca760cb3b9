"""The database itself refuses entries in months that are closed (INC-12)."""

from collections.abc import Sequence

from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The lock is that of the journal's store: no month is closed while somebody writes entries.
REFUSE = """
CREATE FUNCTION incentive.refuse_closed_months() RETURNS trigger LANGUAGE plpgsql
SET search_path = incentive, pg_temp AS $$
DECLARE
    closed date;
    wrong date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('journal:months', 0));
    SELECT closed_through INTO closed FROM month_closing WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1;
    SELECT effective_on INTO wrong FROM fresh WHERE effective_on <= closed LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'an entry of % lies in a month that is closed', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_entry_month_open';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER entry_in_open_month AFTER INSERT ON incentive.entry
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION incentive.refuse_closed_months();
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(REFUSE, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("DROP TRIGGER entry_in_open_month ON incentive.entry")
    op.execute("DROP FUNCTION incentive.refuse_closed_months()")
