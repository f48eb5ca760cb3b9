"""Who leads whom, as of a date (ORG-08)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession
from services.kit.errors import existing
from services.org.people.domain.directory import PersonName
from services.org.people.domain.employee import EmployeeSummary
from services.org.people.store import assignments as assignment_rows
from services.org.people.store import employees as employee_rows
from services.org.people.store import reporting as rows
from services.org.people.store.tables import EmployeeRow
from services.org.people.usecases.careers import EmployeeUnknown
from services.org.structure.store.tables import PositionRow

STREAMED: Final = 5000
"""People that are read at once where all of them are wanted: some 10 MiB, and few enough statements."""


@dataclass(frozen=True)
class Line:
    """The managers of a person, the nearest first, and explicit second lines."""

    chain: list[PersonName]
    dotted: list[PersonName]


@dataclass(frozen=True)
class Head:
    """The head position of a unit and who holds it, None if it is vacant or there is none."""

    position: PositionRow | None
    employee: PersonName | None


async def managers(session: ReadSession, *, employee_id: UUID, day: date) -> Line:
    """Everyone above a person on ``day``; vacant positions are skipped, and so are those of the person themselves.

    Raises:
        EmployeeUnknown: not employed on that day.
    """
    chain = await _chain(session, employee_id, day)
    known = await employee_rows.names(session, chain)
    dotted = await assignment_rows.dotted_superiors(session, employee_id, day)
    return Line([known[manager] for manager in chain], dotted)


async def reports(
    session: ReadSession, *, employee_id: UUID, day: date, direct: bool, paging: Paging
) -> Rows[EmployeeSummary]:
    """Who reports to a person on ``day``: directly, by number; or also over others, leaders before whom they lead.

    Raises:
        EmployeeUnknown: not employed on that day.
    """
    await _main_position(session, employee_id, day)
    if direct:
        return await _people(session, rows.direct_reports(employee_id, day), [EmployeeRow.number], day, paging)
    paths = await rows.own_paths(session, employee_id, day)
    if not paths:
        return Rows([], None)
    return await _people(session, *rows.all_reports(employee_id, paths, day), day, paging)


async def all_reports(session: ReadSession, *, employee_id: UUID, day: date) -> AsyncIterator[list[EmployeeSummary]]:
    """All direct and indirect reports of a person on ``day``, managers first, in batches.

    ``session`` must see one moment throughout.

    Raises:
        EmployeeUnknown: not employed on that day.
    """
    await _main_position(session, employee_id, day)
    paths = await rows.own_paths(session, employee_id, day)
    if not paths:
        return
    query, keys = rows.all_reports(employee_id, paths, day)
    ids = await session.stream_scalars(query.order_by(*keys).execution_options(yield_per=STREAMED))
    async for piece in ids.partitions():
        yield await employee_rows.these(session, piece, day)


async def peers(session: ReadSession, *, employee_id: UUID, day: date, paging: Paging) -> Rows[EmployeeSummary]:
    """Who has the same manager as a person on ``day``, by number; nobody where there is no manager.

    Raises:
        EmployeeUnknown: not employed on that day.
    """
    chain = await _chain(session, employee_id, day)
    if not chain:
        return Rows([], None)
    query = rows.direct_reports(chain[0], day).where(EmployeeRow.id != employee_id)
    return await _people(session, query, [EmployeeRow.number], day, paging)


async def head(session: ReadSession, *, head_position_id: UUID | None, day: date) -> Head:
    """Who heads a unit on ``day``, given its head position then."""
    if head_position_id is None:
        return Head(None, None)
    employee_id = await rows.holder(session, head_position_id, day)
    known = await employee_rows.names(session, [employee_id]) if employee_id else {}
    return Head(await session.get(PositionRow, head_position_id), known.get(employee_id) if employee_id else None)


async def _main_position(session: ReadSession, employee_id: UUID, day: date) -> UUID | None:
    found = existing(await employee_rows.main_position(session, employee_id, day), EmployeeUnknown)
    return found[1]


async def _chain(session: ReadSession, employee_id: UUID, day: date) -> list[UUID]:
    position_id = await _main_position(session, employee_id, day)
    if position_id is None:
        return []
    way = await rows.way_up(session, position_id, day)
    holders = [above.employee_id for above in way if above.employee_id not in {None, employee_id}]
    return [holder for holder in dict.fromkeys(holders) if holder is not None]


async def _people(
    session: ReadSession, ids: Select[Any], keys: Sequence[Any], day: date, paging: Paging
) -> Rows[EmployeeSummary]:
    """A page of people: who is on it first, and then all about these few; together the planner gets lost."""
    found = await page(session, ids, itemgetter(0), keys=keys, paging=paging)
    return Rows(await employee_rows.these(session, found.items, day), found.next)
