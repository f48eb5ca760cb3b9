"""Which deadlines are due to be announced."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, exists, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.reminder import GOALS, RATINGS, Reminder
from services.appraisal.cycles.store.tables import CycleRow, ReminderRow
from services.kit.database.sessions import ReadSession, WriteSession

_PHASES = (
    (GOALS, CycleRow.goals_due_on, CycleState.GOAL_SETTING),
    (RATINGS, CycleRow.ratings_due_on, CycleState.EVALUATING),
)


async def due(session: ReadSession, *, today: date, soon: date) -> Sequence[Reminder]:
    """The deadlines of running phases until ``soon`` that were not announced, or passed and were not said to be."""
    parts: list[Any] = []
    for phase, column, state in _PHASES:
        for passed in (False, True):
            announced = exists().where(
                ReminderRow.cycle_id == CycleRow.id,
                ReminderRow.phase == phase,
                ReminderRow.due_on == column,
                or_(ReminderRow.passed == passed, ReminderRow.passed.is_(True)),
            )
            when = column < today if passed else column.between(today, soon)
            named = (CycleRow.id, literal(phase), column, literal(passed, Boolean))
            parts.append(select(*named).where(CycleRow.state == state.value, when, ~announced))
    return [Reminder(*row) for row in await session.execute(union_all(*parts))]


async def note(session: WriteSession, reminder: Reminder) -> bool:
    """Record that a deadline has been announced; False if another worker has just done so."""
    values = {
        "cycle_id": reminder.cycle_id, "phase": reminder.phase, "due_on": reminder.due_on, "passed": reminder.passed
    }  # fmt: skip
    made = insert(ReminderRow).values(values).on_conflict_do_nothing().returning(ReminderRow.cycle_id)
    found: UUID | None = (await session.execute(made)).scalar()
    return found is not None
