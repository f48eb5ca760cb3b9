"""Changes of pay in the database: what was entered, and what became of it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, insert, select

from services.incentive.pay.domain.pay_change import NewTerms, PayChange, PayChangeLine
from services.incentive.pay.domain.pay_profile import Terms
from services.incentive.pay.store.tables import NewTermsRow, PayChangeRow, PersonRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.work.releasing import entered
from services.kit.work.unit_of_work import UnitOfWork

_TERMS: Final = ("fixed_pay", "fixed_share", "variable_share", "monthly_base", "currency", "cost_centre")


async def add(uow: UnitOfWork, new: Sequence[NewTerms]) -> PayChangeRow:
    """Write down what the caller enters."""
    row = PayChangeRow(id=new_id(), employees=len(new), **entered(uow))
    uow.session.add(row)
    await uow.session.flush()
    lines = [
        {
            "change_id": row.id,
            "place": place,
            "employee_number": each.number,
            **{name: getattr(each.terms, name) for name in _TERMS},
            "valid_from": each.valid_from,
            "corrects_id": each.corrects,
        }
        for place, each in enumerate(new, start=1)
    ]
    await uow.session.execute(insert(NewTermsRow), lines)
    return row


async def locked(session: WriteSession, change_id: UUID) -> PayChangeRow | None:
    """A change, for deciding about it."""
    query = select(PayChangeRow).where(PayChangeRow.id == change_id).with_for_update()
    found: PayChangeRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def one(session: ReadSession, change_id: UUID) -> PayChange | None:
    """A change."""
    row: PayChangeRow | None = await session.get(PayChangeRow, change_id, populate_existing=True)
    return None if row is None else _change(row)


async def terms(session: ReadSession, change_id: UUID) -> list[NewTerms]:
    """All that a change holds, in order."""
    query = select(NewTermsRow).where(NewTermsRow.change_id == change_id).order_by(NewTermsRow.place)
    return [_new(row) for row in (await session.execute(query)).scalars()]


async def lines(session: ReadSession, change_id: UUID, paging: Paging) -> Rows[PayChangeLine]:
    """What a change holds, with the names of the people."""
    query: Any = select(NewTermsRow, PersonRow.name)
    query = query.outerjoin(PersonRow, PersonRow.number == NewTermsRow.employee_number)
    query = query.where(NewTermsRow.change_id == change_id)
    return await page(
        session,
        query,
        lambda row: PayChangeLine(row[0].place, _new(row[0]), row[1]),
        keys=(NewTermsRow.place,),
        paging=paging,
    )


async def listed(
    session: ReadSession, *, state: str | None, within: Sequence[UUID] | None, paging: Paging
) -> Rows[PayChange]:
    """Changes in the order in which they were entered; with ``within``, those of people of these units alone."""
    query: Any = select(PayChangeRow)
    if state is not None:
        query = query.where(PayChangeRow.state == state)
    if within is not None:
        person = exists().where(PersonRow.number == NewTermsRow.employee_number, PersonRow.unit_path.overlap(within))
        query = query.where(~exists().where(NewTermsRow.change_id == PayChangeRow.id, ~person))
    return await page(session, query, lambda row: _change(row[0]), keys=(PayChangeRow.id,), paging=paging)


def _change(row: PayChangeRow) -> PayChange:
    return PayChange(row.id, row.employees, row.record)


def _new(row: NewTermsRow) -> NewTerms:
    terms_ = Terms(
        fixed_pay=row.fixed_pay,
        fixed_share=row.fixed_share.normalize(),
        variable_share=row.variable_share.normalize(),
        monthly_base=row.monthly_base,
        currency=row.currency,
        cost_centre=row.cost_centre,
    )
    return NewTerms(row.employee_number, terms_, row.valid_from, row.corrects_id)
