"""The goals of many forms at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, select

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form import FormScope
from services.appraisal.cycles.domain.goal import Goal
from services.appraisal.cycles.store.forms import in_scope
from services.appraisal.cycles.store.goals import GOALS
from services.appraisal.cycles.store.tables import CycleRow, FormRow, GoalRow
from services.kit.database.sessions import ReadSession

FormGoals = tuple[FormRow, str | None, tuple[Goal, ...]]
"""A form with the side of its newest proposal and the goals proposed."""


async def forms_with_goals(
    session: ReadSession,
    cycle_id: UUID,
    scope: FormScope,
    *,
    codes: Collection[str] | None = None,
    position: str | None = None,
) -> list[FormGoals]:
    """The forms of a cycle in a scope, by the subject's code and their days: of some subjects, or of one position."""
    newest = and_(GoalRow.form_id == FormRow.id, GoalRow.revision == FormRow.goal_revision)
    query = select(FormRow, GoalRow).outerjoin(GoalRow, newest)
    query = query.where(FormRow.cycle_id == cycle_id, FormRow.excluded_at.is_(None), in_scope(scope))
    if codes is not None:
        query = query.where(FormRow.subject_code.in_(codes))
    if position is not None:
        query = query.where(FormRow.position_code == position)
    query = query.order_by(FormRow.subject_code, FormRow.days, FormRow.id)
    rows = await session.execute(query.execution_options(populate_existing=True))
    return [(form, goal.side if goal else None, GOALS.load(goal.items) if goal else ()) for form, goal in rows]


async def agreed_in(session: ReadSession, cycle_id: UUID, subject_id: UUID, scope: FormScope) -> tuple[Goal, ...]:
    """The goals that counted on a subject's last form in a scope, in a cycle that was not cancelled; empty if there
    are none.
    """
    query = (
        select(GoalRow.items)
        .join(FormRow, and_(FormRow.id == GoalRow.form_id, FormRow.agreed_revision == GoalRow.revision))
        .join(CycleRow, CycleRow.id == FormRow.cycle_id)
        .where(
            FormRow.cycle_id == cycle_id,
            FormRow.subject_id == subject_id,
            FormRow.excluded_at.is_(None),
            in_scope(scope),
            CycleRow.state != CycleState.CANCELLED.value,
        )
        .order_by(FormRow.days.desc())
        .limit(1)
    )
    found = (await session.execute(query)).scalar()
    return GOALS.load(found) if found else ()
