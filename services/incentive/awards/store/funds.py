"""Award funds and their endowments in the database."""

from collections.abc import Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.incentive.awards.domain.fund import Fund
from services.incentive.awards.store.tables import AwardFundRow, FundEndowmentRow
from services.incentive.journal.domain.journal import AccountKind, Entry, EntryKind, Source, reversal
from services.incentive.journal.store import journal
from services.incentive.journal.store.journal import Booking
from services.incentive.journal.store.tables import EntryRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Text
from services.kit.work.unit_of_work import UnitOfWork

EndowmentOfFund = tuple[FundEndowmentRow, AwardFundRow]


async def add(session: WriteSession, row: AwardFundRow | FundEndowmentRow) -> None:
    """Write a new fund or endowment.

    Raises:
        IntegrityError: a fund with this code is there already.
    """
    session.add(row)
    await session.flush()


async def one(session: ReadSession, fund_id: UUID) -> AwardFundRow | None:
    """A fund."""
    found: AwardFundRow | None = await session.get(AwardFundRow, fund_id, populate_existing=True)
    return found


async def locked(session: WriteSession, fund_id: UUID) -> Fund:
    """A fund known to exist, for changing its balance; it is locked until the transaction ends."""
    query = select(AwardFundRow).where(AwardFundRow.id == fund_id).with_for_update()
    return fund_of((await session.execute(query.execution_options(populate_existing=True))).scalar_one())


async def spend(uow: UnitOfWork, fund: Fund, source: Source, entry: Entry) -> None:
    """Take out of a locked fund what ``entry`` books about ``source``, which may be less than nothing.

    Raises:
        FundOverdrawn.
    """
    amount = next(each.amount for each in entry.postings if each.account.kind is AccountKind.FUND)
    await _set_balance(uow, fund, fund.spend(amount))
    await journal.write(uow, [Booking(entry, source, fund.id)])


async def refund(uow: UnitOfWork, fund: Fund, source: Source, reason: str) -> None:
    """Put back into a locked fund what was drawn for ``source``, by the counter-entry."""
    drawn = (
        select(EntryRow.id)
        .where(EntryRow.source_type == source.type, EntryRow.source_id == source.id)
        .where(EntryRow.kind == EntryKind.DRAWDOWN.value)
    )
    entry_id = (await uow.session.execute(drawn)).scalar_one()
    counter = reversal(EntryKind.DRAWDOWN, (await journal.postings(uow.session, [entry_id]))[entry_id])
    amount = next(each.amount for each in counter.postings if each.account.kind is AccountKind.FUND)
    await _set_balance(uow, fund, fund.spend(amount))
    await journal.write(uow, [Booking(counter, source, fund.id, reverses_id=entry_id, reason=reason)])


async def _set_balance(uow: UnitOfWork, fund: Fund, balance: Decimal) -> None:
    changed = update(AwardFundRow).where(AwardFundRow.id == fund.id).values(balance=balance)
    await uow.session.execute(changed.execution_options(synchronize_session=False))


async def listed(session: ReadSession, *, year: int | None, paging: Paging) -> Rows[AwardFundRow]:
    """Funds by year and code."""
    query: Any = select(AwardFundRow)
    if year is not None:
        query = query.where(AwardFundRow.year == year)
    return await page(session, query, itemgetter(0), keys=(AwardFundRow.year, AwardFundRow.code), paging=paging)


async def of_year(session: ReadSession, year: int) -> Sequence[Fund]:
    """The funds of a year, by code."""
    query = select(AwardFundRow).where(AwardFundRow.year == year).order_by(AwardFundRow.code)
    return [fund_of(row) for row in (await session.execute(query)).scalars()]


async def endowment(session: WriteSession, endowment_id: UUID) -> FundEndowmentRow | None:
    """An endowment, for deciding about it."""
    query = select(FundEndowmentRow).where(FundEndowmentRow.id == endowment_id).with_for_update()
    found: FundEndowmentRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def endowment_read(session: ReadSession, endowment_id: UUID) -> EndowmentOfFund | None:
    """An endowment with its fund."""
    query = _endowments().where(FundEndowmentRow.id == endowment_id).execution_options(populate_existing=True)
    found = (await session.execute(query)).first()
    return None if found is None else (found[0], found[1])


async def endowments(session: ReadSession, fund_id: UUID, paging: Paging) -> Rows[EndowmentOfFund]:
    """What was proposed for a fund, in order."""
    query = _endowments().where(FundEndowmentRow.fund_id == fund_id)
    return await page(session, query, itemgetter(0, 1), keys=(FundEndowmentRow.id,), paging=paging)


def fund_of(row: AwardFundRow) -> Fund:
    """The fund that a row holds."""
    name = Text(row.name, row.name_en)
    return Fund(row.id, row.code, row.year, name, row.currency, row.cost_centre, row.balance)


def _endowments() -> Any:
    return select(FundEndowmentRow, AwardFundRow).join(AwardFundRow, AwardFundRow.id == FundEndowmentRow.fund_id)
