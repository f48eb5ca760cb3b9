"""Who is absent while a cycle asks something of them (APR-09)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.appraisal.clients.org import AbsenceLine, Snapshot
from services.appraisal.cycles.domain.absence import Absence, end_of_rest
from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store import absences as store
from services.appraisal.cycles.store import departures
from services.appraisal.cycles.store.tables import CycleRow
from services.kit.database.sessions import ReadSession
from services.kit.work.unit_of_work import UnitOfWork

_ASKING = (CycleState.GOAL_SETTING.value, CycleState.EVALUATING.value)


async def learn_absences(uow: UnitOfWork, snapshot: Snapshot) -> None:
    """Know the absences of a snapshot instead of those of before; their kinds are nobody's business here."""
    lines = (line for line in snapshot.lines() if isinstance(line, AbsenceLine))
    await store.learn(uow.session, ((line.id, line.employee_id, line.valid_from, line.valid_to) for line in lines))


async def absences_until_rated(
    session: ReadSession, cycle: CycleRow, people: Collection[UUID], today: date
) -> dict[UUID, Absence]:
    """Absences of some people from today to the last day for ratings (without one: today), while a cycle asks them."""
    if cycle.state not in _ASKING:
        return {}
    return await store.nearest(session, people, today, max(today, cycle.ratings_due_on or today))


async def absences_for_the_rest(
    session: ReadSession, cycle: CycleRow, people: Collection[UUID], today: date
) -> dict[UUID, Absence]:
    """Absences of some people that last from today to the end of evaluation, while a cycle asks them."""
    if cycle.state not in _ASKING:
        return {}
    return await store.covering(session, people, today, end_of_rest(cycle.ratings_due_on, today))


async def away_for_the_rest(
    session: ReadSession, cycle: CycleRow, people: Collection[UUID], today: date
) -> frozenset[UUID]:
    """Those among some people who have left, or are away from today to the end of evaluation."""
    away = await absences_for_the_rest(session, cycle, people, today)
    return frozenset(away) | await departures.gone(session, people, today)
