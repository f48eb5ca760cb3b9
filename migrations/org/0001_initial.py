"""The org schema as it is now, straight from the models."""

from collections.abc import Sequence

from alembic import op

from services.kit.calendar_seed import seeded_days
from services.kit.database import freeze
from services.kit.job_schema import install_jobs, remove_jobs
from services.kit.tables import APPEND_ONLY
from services.org import tables

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    tables.Base.metadata.create_all(op.get_bind())
    for statement in freeze("org", *APPEND_ONLY, *tables.APPEND_ONLY):
        op.execute(statement)
    op.execute(
        "GRANT UPDATE (revoked_on, revoked_at, revoked_by, revocation_reason, revision) ON org.delegation TO merit_org"
    )
    op.bulk_insert(
        tables.Base.metadata.tables["org.working_day"],
        [{"day": each.day, "is_working": each.is_working, "note": each.note} for each in seeded_days()],
    )
    install_jobs(op.get_bind(), "org")


def downgrade() -> None:
    remove_jobs(op.get_bind(), "org")
    tables.Base.metadata.drop_all(op.get_bind())
