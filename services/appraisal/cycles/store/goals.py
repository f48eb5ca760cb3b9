"""Goals as stored: whole revisions, only ever added."""

from uuid import UUID

from sqlalchemy import select

from services.appraisal.cycles.domain.goal import Goal, GoalRevision
from services.appraisal.cycles.store.tables import GoalRow
from services.kit.database.codec import Codec
from services.kit.database.sessions import ReadSession, WriteSession, new_id

GOALS: Codec[tuple[Goal, ...]] = Codec(tuple[Goal, ...])


async def add(session: WriteSession, form_id: UUID, revision: GoalRevision) -> None:
    """Store a revision."""
    row = GoalRow(
        id=new_id(),
        form_id=form_id,
        revision=revision.number,
        side=revision.side,
        items=GOALS.dump(revision.goals),
        reason=revision.reason,
        proposed_by=revision.proposed_by,
        proposed_by_name=revision.proposed_by_name,
        proposed_at=revision.proposed_at,
    )
    session.add(row)
    await session.flush()


async def revision(session: ReadSession, form_id: UUID, number: int) -> GoalRevision | None:
    """One revision of a form's goals."""
    query = select(GoalRow).where(GoalRow.form_id == form_id, GoalRow.revision == number)
    row = (await session.execute(query)).scalar()
    return None if row is None else _revision(row)


async def revisions(session: ReadSession, form_id: UUID) -> tuple[GoalRevision, ...]:
    """All revisions of a form's goals, oldest first."""
    query = select(GoalRow).where(GoalRow.form_id == form_id).order_by(GoalRow.revision)
    return tuple(_revision(row) for row in (await session.execute(query)).scalars())


def _revision(row: GoalRow) -> GoalRevision:
    return GoalRevision(
        number=row.revision,
        side=row.side,
        goals=GOALS.load(row.items),
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_by_name=row.proposed_by_name,
        proposed_at=row.proposed_at,
    )
