"""A signed brief never changes, in the database either; its archived content could not before."""

from collections.abc import Sequence

from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REFUSE = """
CREATE FUNCTION appraisal.refuse_signed_brief() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'permission denied: brief % is signed', OLD.id USING ERRCODE = 'insufficient_privilege';
END $$
"""
TRIGGER = """
CREATE TRIGGER signed_brief_stays BEFORE UPDATE OR DELETE ON appraisal.brief
FOR EACH ROW WHEN (OLD.state = 'signed') EXECUTE FUNCTION appraisal.refuse_signed_brief()
"""


def upgrade() -> None:
    op.execute(REFUSE)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER signed_brief_stays ON appraisal.brief")
    op.execute("DROP FUNCTION appraisal.refuse_signed_brief")
