"""The appraisal schema as it is now, straight from the models."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import chinese_calendar
import sqlalchemy as sa
from alembic import op

from services.appraisal import tables
from services.kit.database import freeze
from services.kit.job_schema import install_jobs, remove_jobs
from services.kit.tables import APPEND_ONLY

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SEEDED = (date(2024, 1, 1), date(2026, 12, 31))

working_day = sa.table(
    "working_day",
    sa.column("day", sa.Date()),
    sa.column("working", sa.Boolean()),
    sa.column("note", sa.String()),
    schema="appraisal",
)


def calendar() -> Iterator[dict[str, object]]:
    """The State Council's calendar with make-up workdays; later years are entered by HR when they are announced."""
    day = SEEDED[0]
    while day <= SEEDED[1]:
        _, holiday = chinese_calendar.get_holiday_detail(day)
        yield {"day": day, "working": chinese_calendar.is_workday(day), "note": holiday or ""}
        day += timedelta(days=1)


def upgrade() -> None:
    tables.Base.metadata.create_all(op.get_bind())
    for statement in freeze("appraisal", *APPEND_ONLY, *tables.APPEND_ONLY):
        op.execute(statement)
    op.bulk_insert(working_day, list(calendar()))
    install_jobs(op.get_bind(), "appraisal")


def downgrade() -> None:
    remove_jobs(op.get_bind(), "appraisal")
    tables.Base.metadata.drop_all(op.get_bind())
