"""Grants, exits and dividends of virtual shares in the database; revocations are in ``revocations``."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.incentive.pay.store.tables import PersonRow
from services.incentive.shares.domain.dividend import Part
from services.incentive.shares.store.tables import DepartureRow, DividendPartRow, ShareDividendRow, ShareGrantRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.release import ReleaseState
from services.kit.work.unit_of_work import UnitOfWork

GrantOfPerson = tuple[ShareGrantRow, PersonRow]
_RELEASED = ReleaseState.RELEASED.value


async def lock(session: WriteSession, plan_code: str) -> None:
    """Let nobody else release grants or dividends of a plan until our transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"shares:{plan_code}", 0))))


async def add(session: WriteSession, row: ShareGrantRow | ShareDividendRow) -> None:
    """Write a new grant or dividend.

    Raises:
        IntegrityError: there is one of the same person, plan and day, or one of the plan and year waits.
    """
    session.add(row)
    await session.flush()


async def grant(session: ReadSession, grant_id: UUID, *, lock_row: bool = False) -> GrantOfPerson | None:
    """A grant with its person; with ``lock_row``, for deciding about it."""
    query = _grants().where(ShareGrantRow.id == grant_id).execution_options(populate_existing=True)
    found = (await session.execute(query.with_for_update(of=ShareGrantRow) if lock_row else query)).first()
    return None if found is None else (found[0], found[1])


async def grants(
    session: ReadSession, *, employee_id: UUID | None, state: str | None, paging: Paging
) -> Rows[GrantOfPerson]:
    """Grants in the order in which they were proposed."""
    query = _grants()
    if employee_id is not None:
        query = query.where(ShareGrantRow.employee_id == employee_id)
    if state is not None:
        query = query.where(ShareGrantRow.state == state)
    return await page(session, query, itemgetter(0, 1), keys=(ShareGrantRow.id,), paging=paging)


async def granted(session: ReadSession, plan_code: str, until: date) -> Sequence[GrantOfPerson]:
    """The released grants of a plan until a day, by employee number and day."""
    query = _grants().where(ShareGrantRow.plan_code == plan_code, ShareGrantRow.state == _RELEASED)
    query = query.where(ShareGrantRow.granted_on <= until).order_by(PersonRow.number, ShareGrantRow.granted_on)
    return [(row[0], row[1]) for row in await session.execute(query)]


async def revoke(session: WriteSession, grant_id: UUID, *, revoked_on: date, reason: str) -> None:
    """From the end of a day on nothing more of a grant vests."""
    revoked = {"revoked_on": revoked_on, "revocation": reason, "revision": ShareGrantRow.revision + 1}
    changed = update(ShareGrantRow).where(ShareGrantRow.id == grant_id).values(**revoked)
    await session.execute(changed.execution_options(synchronize_session=False))


async def plans_of(session: ReadSession, employee_id: UUID) -> Sequence[str]:
    """The plans of which somebody holds a released grant."""
    query = (
        select(ShareGrantRow.plan_code)
        .distinct()
        .where(ShareGrantRow.employee_id == employee_id, ShareGrantRow.state == _RELEASED)
    )
    return (await session.execute(query)).scalars().all()


async def departures(session: ReadSession, people: Sequence[UUID]) -> Mapping[UUID, list[date]]:
    """The last days of these people's employments, as far as org announced any."""
    found: dict[UUID, list[date]] = defaultdict(list)
    query = select(DepartureRow.employee_id, DepartureRow.last_day).where(DepartureRow.employee_id.in_(people))
    for employee_id, last_day in await session.execute(query):
        found[employee_id].append(last_day)
    return found


async def add_departure(uow: UnitOfWork, employee_id: UUID, last_day: date) -> None:
    """Somebody leaves with ``last_day``; announced twice is known once."""
    row = upsert(DepartureRow).values(employee_id=employee_id, last_day=last_day, reported_at=uow.now)
    await uow.session.execute(row.on_conflict_do_nothing())


async def drop_departure(session: WriteSession, employee_id: UUID, last_day: date | None = None) -> None:
    """The departure with ``last_day``, or the latest, does not take place."""
    latest = select(func.max(DepartureRow.last_day)).where(DepartureRow.employee_id == employee_id)
    day = latest.scalar_subquery() if last_day is None else last_day
    await session.execute(
        delete(DepartureRow).where(DepartureRow.employee_id == employee_id, DepartureRow.last_day == day)
    )


async def dividend(session: ReadSession, dividend_id: UUID, *, lock_row: bool = False) -> ShareDividendRow | None:
    """A dividend; with ``lock_row``, for deciding about it."""
    query = select(ShareDividendRow).where(ShareDividendRow.id == dividend_id)
    query = query.execution_options(populate_existing=True)
    found: ShareDividendRow | None = await session.scalar(query.with_for_update() if lock_row else query)
    return found


async def newest_dividend(session: ReadSession, plan_code: str, year: int) -> ShareDividendRow | None:
    """The released dividend of a plan and year that counts."""
    query = select(ShareDividendRow).where(
        ShareDividendRow.plan_code == plan_code, ShareDividendRow.year == year, ShareDividendRow.state == _RELEASED
    )
    newest = query.order_by(ShareDividendRow.decided_at.desc(), ShareDividendRow.id.desc()).limit(1)
    found: ShareDividendRow | None = await session.scalar(newest)
    return found


async def dividends_from(session: ReadSession, plan_codes: Sequence[str], year: int) -> Sequence[ShareDividendRow]:
    """The released dividends of these plans of ``year`` and later that count."""
    query = (
        select(ShareDividendRow)
        .where(ShareDividendRow.plan_code.in_(plan_codes), ShareDividendRow.year >= year)
        .where(ShareDividendRow.state == _RELEASED)
        .order_by(ShareDividendRow.decided_at, ShareDividendRow.id)
    )
    newest = {(row.plan_code, row.year): row for row in (await session.execute(query)).scalars()}
    return list(newest.values())


async def dividends(
    session: ReadSession, *, year: int | None, plan_code: str | None, paging: Paging
) -> Rows[ShareDividendRow]:
    """Dividends in the order in which they were entered."""
    query: Any = select(ShareDividendRow)
    if year is not None:
        query = query.where(ShareDividendRow.year == year)
    if plan_code is not None:
        query = query.where(ShareDividendRow.plan_code == plan_code)
    return await page(session, query, itemgetter(0), keys=(ShareDividendRow.id,), paging=paging)


async def set_values(session: WriteSession, dividend_id: UUID, **values: Any) -> None:
    """Change columns of a dividend other than its state."""
    changed = update(ShareDividendRow).where(ShareDividendRow.id == dividend_id).values(**values)
    await session.execute(changed.execution_options(synchronize_session=False))


async def add_parts(session: WriteSession, dividend_id: UUID, attempt: int, parts: Sequence[Part]) -> None:
    """Write what everybody got in one sharing out."""
    columns = ("number", "employee_id", "name", "units", "amount")
    rows = [
        {"dividend_id": dividend_id, "attempt": attempt, **{name: getattr(part, name) for name in columns}}
        for part in parts
    ]
    if rows:
        await session.execute(insert(DividendPartRow), rows)


async def parts(session: ReadSession, dividend_id: UUID, attempt: int, paging: Paging) -> Rows[DividendPartRow]:
    """What holders got, by employee number."""
    query: Any = select(DividendPartRow).where(
        DividendPartRow.dividend_id == dividend_id, DividendPartRow.attempt == attempt
    )
    return await page(session, query, itemgetter(0), keys=(DividendPartRow.number,), paging=paging)


def _grants() -> Any:
    return select(ShareGrantRow, PersonRow).join(PersonRow, PersonRow.employee_id == ShareGrantRow.employee_id)
