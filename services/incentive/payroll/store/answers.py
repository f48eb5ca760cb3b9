"""The payroll's answers in the database: each file, and what it said of whom (INC-10)."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.incentive.payroll.domain.answer import (
    AnsweredPayment,
    AnswerFilter,
    AnswerKnown,
    AnswerRow,
    Outcome,
    Payee,
)
from services.incentive.payroll.store.tables import PayrollAnswerRow, PayrollPaymentRow
from services.kit.database.bulk import copy_rows
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, new_id
from services.kit.work.unit_of_work import UnitOfWork

_COLUMNS = ("answer_id", "row", "employee_id", "number", "name", "currency", "amount", "outcome", "reason")


async def add(
    uow: UnitOfWork,
    *,
    run_id: UUID,
    data: bytes,
    rows: Sequence[tuple[int, AnswerRow, Payee]],
    booked_on: date,
) -> PayrollAnswerRow:
    """Write an answer with its rows.

    Raises:
        AnswerKnown: the same file was taken in before.
    """
    paid = sum(row.outcome is Outcome.PAID for _, row, _ in rows)
    answer = PayrollAnswerRow(
        id=new_id(),
        run_id=run_id,
        digest=sha256(data).hexdigest(),
        paid=paid,
        failed=len(rows) - paid,
        booked_on=booked_on,
        entered_at=uow.now,
        entered_by=uow.caller.account_id,
        entered_by_name=uow.caller.name,
    )
    try:
        async with uow.session.begin_nested():
            uow.session.add(answer)
            await uow.session.flush()
    except IntegrityError as clash:
        raise AnswerKnown from clash
    written = (
        (
            *(answer.id, number, payee.employee_id, payee.number, payee.name),
            *(row.currency, row.amount, row.outcome.value, row.reason),
        )
        for number, row, payee in rows
    )
    await copy_rows(uow.session, PayrollPaymentRow.__tablename__, _COLUMNS, written)
    return answer


async def is_known(session: ReadSession, run_id: UUID, data: bytes) -> bool:
    """Whether the same file has already been imported for the run."""
    query = select(PayrollAnswerRow.id).where(
        PayrollAnswerRow.run_id == run_id, PayrollAnswerRow.digest == sha256(data).hexdigest()
    )
    return await session.scalar(query) is not None


async def listed(session: ReadSession, run_id: UUID, wanted: AnswerFilter, paging: Paging) -> Rows[AnsweredPayment]:
    """What all answers of a run said, in the order of the files and their rows."""
    payment, answer = PayrollPaymentRow, PayrollAnswerRow
    query: Any = select(payment, answer).join(answer, answer.id == payment.answer_id).where(answer.run_id == run_id)
    if wanted.outcome is not None:
        query = query.where(payment.outcome == wanted.outcome.value)
    if wanted.employee_number is not None:
        query = query.where(payment.number == wanted.employee_number)
    return await page(
        session, query, lambda row: _payment(row[0], row[1]), keys=(payment.answer_id, payment.row), paging=paging
    )


def _payment(row: PayrollPaymentRow, answer: PayrollAnswerRow) -> AnsweredPayment:
    return AnsweredPayment(
        answer_id=row.answer_id,
        row=row.row,
        employee_id=row.employee_id,
        number=row.number,
        name=row.name,
        currency=row.currency,
        amount=row.amount,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        booked_on=answer.booked_on,
        answered_at=answer.entered_at,
    )
