"""Team pools in the database."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from services.incentive.calculation.domain.narration import shown
from services.incentive.pools.domain.pool import Part
from services.incentive.pools.store.tables import PoolMemberRow, TeamPoolRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.release import ReleaseState


async def add(session: WriteSession, row: TeamPoolRow) -> None:
    """Write new figures.

    Raises:
        IntegrityError: others of the unit and year wait for release already.
    """
    session.add(row)
    await session.flush()


async def one(session: ReadSession, pool_id: UUID, *, lock: bool = False) -> TeamPoolRow | None:
    """A pool; ``lock`` locks it until the transaction ends."""
    query = select(TeamPoolRow).where(TeamPoolRow.id == pool_id).execution_options(populate_existing=True)
    found: TeamPoolRow | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def newest_released(session: ReadSession, unit_id: UUID, year: int) -> UUID | None:
    """The figures of a unit and year that count."""
    query = select(TeamPoolRow.id).where(
        TeamPoolRow.unit_id == unit_id, TeamPoolRow.year == year, TeamPoolRow.state == ReleaseState.RELEASED.value
    )
    found: UUID | None = await session.scalar(query.order_by(TeamPoolRow.decided_at.desc(), TeamPoolRow.id.desc()))
    return found


async def set_values(session: WriteSession, pool_id: UUID, **values: Any) -> None:
    """Change columns other than the state."""
    changed = update(TeamPoolRow).where(TeamPoolRow.id == pool_id).values(**values)
    await session.execute(changed.execution_options(synchronize_session=False))


async def listed(session: ReadSession, *, year: int | None, unit_id: UUID | None, paging: Paging) -> Rows[TeamPoolRow]:
    """Pools in the order in which they were entered."""
    query: Any = select(TeamPoolRow)
    if year is not None:
        query = query.where(TeamPoolRow.year == year)
    if unit_id is not None:
        query = query.where(TeamPoolRow.unit_id == unit_id)
    return await page(session, query, itemgetter(0), keys=(TeamPoolRow.id,), paging=paging)


async def add_members(session: WriteSession, pool_id: UUID, attempt: int, parts: Sequence[Part]) -> None:
    """Store everyone's share from one sharing out."""
    rows = [
        {
            "pool_id": pool_id,
            "attempt": attempt,
            "number": part.person.number,
            "employee_id": UUID(part.person.employee_id),
            "name": part.person.name,
            "grade": part.person.result.grade if part.person.result else "",
            "weight": shown(part.weight)[:64],
            "amount": part.amount,
        }
        for part in parts
    ]
    await session.execute(insert(PoolMemberRow), rows)


async def members(session: ReadSession, pool_id: UUID, attempt: int, paging: Paging) -> Rows[PoolMemberRow]:
    """Everyone's share, by employee number."""
    query: Any = select(PoolMemberRow).where(PoolMemberRow.pool_id == pool_id, PoolMemberRow.attempt == attempt)
    return await page(session, query, itemgetter(0), keys=(PoolMemberRow.number,), paging=paging)
