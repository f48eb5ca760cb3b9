"""The reporting lines between the subject of a form and those who are to rate, from the cycle's snapshot (APR-09)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from services.appraisal.cycles.store.tables import FormRow, SnapshotAssignmentRow
from services.appraisal.feedback.domain.standing import Standings
from services.kit.database.sessions import ReadSession


async def standings(session: ReadSession, form: FormRow, people: Collection[UUID]) -> Standings:
    """How some people stand to the subject of a form on its last day; those without a post then, during the cycle."""
    row = SnapshotAssignmentRow
    holds = row.days.contains(func.upper(FormRow.days) - 1)
    query = (
        select(row.employee_id, row.manager_chain, holds)
        .join(FormRow, FormRow.cycle_id == row.cycle_id)
        .where(FormRow.id == form.id, row.employee_id.in_(people))
    )
    then: dict[UUID, set[UUID]] = {}
    ever: dict[UUID, set[UUID]] = {}
    for person, chain, held in await session.execute(query):
        ever.setdefault(person, set()).update(chain)
        if held:
            then.setdefault(person, set()).update(chain)
    lines = {person: frozenset(then.get(person, chain)) for person, chain in ever.items()}
    return Standings(form.owner_id, frozenset(form.manager_chain), lines)
