"""Goals as stored: whole revisions, only ever added."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.appraisal.cycles.domain.goal import Goal
from services.appraisal.cycles.store.tables import GoalRow
from services.kit.database import ReadSession
from services.kit.money import plain


def goals_of(row: GoalRow | None) -> list[Goal]:
    """The goals of a revision; none if there is no revision."""
    return [] if row is None else [_goal(item) for item in row.items]


def goals_body(goals: Sequence[Goal]) -> list[dict[str, Any]]:
    """Goals as JSON, numbers as text."""
    return [
        {
            "key": goal.key,
            "target": None if goal.target is None else plain(goal.target),
            "measure": goal.measure,
            "data_source": goal.data_source,
            "deadline": goal.deadline.isoformat() if goal.deadline else None,
        }
        for goal in goals
    ]


async def revision(session: ReadSession, form_id: UUID, number: int | None) -> GoalRow | None:
    """One revision of a form's goals."""
    query = select(GoalRow).where(GoalRow.form_id == form_id, GoalRow.revision == number)
    return (await session.execute(query)).scalar()


async def revisions(session: ReadSession, form_id: UUID) -> list[GoalRow]:
    """All revisions of a form's goals, oldest first."""
    query = select(GoalRow).where(GoalRow.form_id == form_id).order_by(GoalRow.revision)
    return list((await session.execute(query)).scalars())


def _goal(item: dict[str, Any]) -> Goal:
    target, deadline = item["target"], item["deadline"]
    return Goal(
        key=item["key"],
        target=None if target is None else Decimal(target),
        measure=item["measure"],
        data_source=item["data_source"],
        deadline=None if deadline is None else date.fromisoformat(deadline),
    )
