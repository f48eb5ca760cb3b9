"""Superiors who have left before they rated."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store.tables import CycleRow, DepartureRow, FormRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.library.domain.relation import Relation
from services.kit.database.sessions import ReadSession
from services.kit.work.tasks import task

REPLACE: Final = "form.replace_rater"
"""The task of HR to name a rater."""
_RUNNING: Final = (CycleState.GOAL_SETTING.value, CycleState.EVALUATING.value)


async def deserted(session: ReadSession, today: date, most: int) -> Sequence[tuple[UUID, UUID]]:
    """The first ``most`` forms with superiors (form, rater) who left before ``today`` and for whom nobody acts yet."""
    waits = exists().where(task.c.kind == REPLACE, task.c.subject_id == FormRow.id)
    query = (
        select(RaterRow.form_id, RaterRow.rater_id)
        .join(FormRow, FormRow.id == RaterRow.form_id)
        .join(CycleRow, CycleRow.id == RaterRow.cycle_id)
        .join(DepartureRow, DepartureRow.employee_id == RaterRow.rater_id)
        .where(
            CycleRow.state.in_(_RUNNING),
            FormRow.excluded_at.is_(None),
            RaterRow.relation == Relation.SUPERIOR.value,
            RaterRow.state == RatingState.OPEN.value,
            ~RaterRow.replaced,
            DepartureRow.last_day < today,
            ~waits,
        )
        .order_by(RaterRow.form_id, RaterRow.rater_id)
        .limit(most)
    )
    return [(form_id, rater_id) for form_id, rater_id in await session.execute(query)]


async def open_superiors(session: ReadSession, cycle_id: UUID) -> int:
    """How many ratings superiors still owe in a cycle."""
    query = select(RaterRow.id).join(FormRow, FormRow.id == RaterRow.form_id)
    query = query.where(
        RaterRow.cycle_id == cycle_id,
        FormRow.excluded_at.is_(None),
        RaterRow.relation == Relation.SUPERIOR.value,
        RaterRow.state == RatingState.OPEN.value,
        ~RaterRow.replaced,
    )
    return len((await session.execute(query)).scalars().all())
