"""Forms on which something waits for people who have left."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.appraisal.cycles.store.tables import DepartureRow, FormRow
from services.kit.database.sessions import ReadSession
from services.kit.work.tasks import task

_KINDS = ("goals.propose", "goals.agree")


async def waiting_for_leavers(session: ReadSession, today: date, most: int) -> Sequence[UUID]:
    """The first ``most`` forms whose goals wait for a person whose last day is before ``today``."""
    query = (
        select(FormRow.id)
        .join(task, task.c.subject_id == FormRow.id)
        .join(DepartureRow, DepartureRow.employee_id == task.c.assignee_id)
        .where(task.c.kind.in_(_KINDS), DepartureRow.last_day < today)
        .distinct()
        .order_by(FormRow.id)
        .limit(most)
    )
    return (await session.execute(query)).scalars().all()
