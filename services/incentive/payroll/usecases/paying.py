"""Paying a posted run: what is still owed of each line becomes paid, once (INC-10, INC-12).

The payroll answers by a file whom it paid; what it does not name, or could not pay, is still owed.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.incentive.journal.domain.journal import AccountKind, EntryKind, Source, check_after, payment
from services.incentive.journal.store import journal as journal_store
from services.incentive.journal.store.journal import Booking
from services.incentive.payroll.domain.answer import (
    OUTCOMES,
    AnsweredPayment,
    AnswerFilter,
    AnswerKnown,
    AnswerRow,
    Key,
    Outcome,
    Payee,
    faults,
)
from services.incentive.payroll.store import answers as store
from services.incentive.payroll.store.tables import PayrollAnswerRow
from services.incentive.payroll.usecases.payroll_files import NotPosted, owed_of
from services.incentive.payroll.usecases.posting import LINE
from services.incentive.runs.domain.run import RUN, RunAction, RunState, Seen
from services.incentive.runs.store import entitlements as entitlement_store
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as run_store
from services.incentive.runs.store.tables import RunRow
from services.incentive.runs.usecases.runs import RunUnknown, calculation_of, decide, move
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, TransactionSession
from services.kit.errors import Conflict, Language, Stale, existing
from services.kit.files.cells import code, decimal, labelled, prose, text
from services.kit.files.reading import read_file
from services.kit.files.sheets import CellFault, Column, SheetForm, SheetsRefused
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value, write_workbook
from services.kit.identity import Caller, Role
from services.kit.scope import require_whole
from services.kit.work.history import trail_of
from services.kit.work.unit_of_work import UnitOfWork

FORM: Final = SheetForm(
    "发放回执",
    (
        Column("核算编号", "run", text(64), english="Run"),
        Column("工号", "number", code(), english="Employee number"),
        Column("姓名", "name", text(), required=False, english="Name"),
        Column("币种", "currency", code(), english="Currency"),
        Column("金额", "amount", decimal(2, "0"), english="Amount"),
        Column("发放结果", "outcome", labelled(OUTCOMES), english="Outcome"),
        Column("失败原因", "reason", prose(), required=False, english="Reason"),
    ),
    make=AnswerRow,
    english="Payments",
)
_HEADERS: Final = {column.name: column.header for column in FORM.columns}


class ClaimReduced(Conflict):
    """Less is owed to a person than was posted: what was posted is undone before the rest is paid."""

    code = "claim_reduced"
    zh = "过账之后，员工 {number} 的应发事项已撤销或调减，本次未发放。请先冲销该员工的计提凭证，再发放其余人员。"
    en = (
        "Since the run was posted, what employee {number} claims was revoked or reduced; nothing was paid. "
        "Reverse their accrual, then pay the others."
    )


async def pay_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen, booked_on: date | None) -> None:
    """Book the payment of all that is still owed of the run, where the payroll answers by no file.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale, MonthClosed, BookedAhead.
        ClaimReduced: somebody who is still owed something of the run claims less by now.
    """
    run, transition = await decide(uow, run_id, RunAction.PAY, seen)
    payees, _ = await _payees(uow.session, run)
    reduced = await entitlement_store.reduced(uow.session, calculation_of(run))
    for payee in payees.values():
        if payee.number in reduced:
            raise ClaimReduced(number=payee.number)
    await _book(uow, run_id, payees.values(), booked_on)
    await move(uow, run_id, transition)


async def take_answer(
    uow: UnitOfWork, *, run_id: UUID, revision: int, data: bytes, is_csv: bool, booked_on: date | None
) -> PayrollAnswerRow:
    """Book the payments that the payroll's file names as made and keep why others failed; all of the file or nothing.

    The run is paid once nothing is owed any more.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, Stale, AnswerKnown, MonthClosed, BookedAhead.
        SheetsRefused: a row is not of this run, names nobody whom it owes that amount, or comes twice.
        NotCsv, NotAWorkbook, TooManyCells, UnpacksTooLarge, ReadersBusy.
    """
    reading = await read_file(data, [FORM], is_csv=is_csv)
    run = existing(await run_store.one(uow.session, run_id, lock=True), RunUnknown)
    if await store.is_known(uow.session, run_id, data):
        raise AnswerKnown
    transition = RUN.next(RunState(run.state), RunAction.PAY, uow.caller.whole_roles)
    if run.revision != revision:
        raise Stale
    payees, paid = await _payees(uow.session, run)
    rows = [(line.row, line.value) for line in reading.rows(FORM)]
    _require_sound(reading.field_errors, run_id, rows, payees, paid)
    settled = [payees[row.key] for _, row in rows if row.outcome is Outcome.PAID]
    day = await _book(uow, run_id, settled, booked_on)
    named = [(number, row, payees[row.key]) for number, row in rows]
    answer = await store.add(uow, run_id=run_id, data=data, rows=named, booked_on=day)
    await uow.audit(
        "incentive.payroll_answer.taken",
        subject=("run", run_id),
        after={"answer_id": answer.id, "paid": answer.paid, "failed": answer.failed, "booked_on": day},
    )
    if len(settled) == len(payees):
        await move(uow, run_id, transition)
    else:
        await run_store.set_values(uow.session, run_id, revision=RunRow.revision + 1)
        trail = trail_of(run.state, run.state, revision=revision, answer_id=answer.id)
        await uow.record("incentive.run.partly_paid", subject=("run", run_id), **trail)
    return answer


async def list_payments(
    session: ReadSession, *, caller: Caller, run_id: UUID, wanted: AnswerFilter, paging: Paging
) -> Rows[AnsweredPayment]:
    """What the payroll answered, person by person.

    Raises:
        RunUnknown, WholeOrganisationOnly.
    """
    await _visible(session, caller, run_id)
    return await store.listed(session, run_id, wanted, paging)


async def answer_form(
    session: TransactionSession, *, caller: Caller, run_id: UUID, language: Language
) -> tuple[RunRow, bytes]:
    """The run, and a workbook with everyone who is still owed something, in which payroll enters the outcome.

    Raises:
        RunUnknown, NotPosted, WholeOrganisationOnly.
    """
    run = await _visible(session, caller, run_id)
    if run.state not in {RunState.POSTED, RunState.PAID}:
        raise NotPosted
    payees, _ = await _payees(session, run)
    rows: Iterable[Sequence[Value]] = (
        (str(run_id), each.number, each.name, each.currency, each.amount, None, None) for each in payees.values()
    )
    name = FORM.name if language == "zh" else FORM.english_name
    return run, write_workbook([SheetContent(name, headers(FORM, language), rows)])


async def _visible(session: ReadSession, caller: Caller, run_id: UUID) -> RunRow:
    require_whole(caller, Role.COMPENSATION, Role.FINANCE)
    return existing(await run_store.one(session, run_id), RunUnknown)


async def _payees(session: TransactionSession, run: RunRow) -> tuple[Mapping[Key, Payee], frozenset[str]]:
    """Everyone who is still owed something, by number, and the numbers of those whose payment is booked."""
    owed = await owed_of(session, run.id)
    booked = await journal_store.moved(session, EntryKind.PAYMENT, AccountKind.PAYABLE, batch_id=run.id)
    payees: dict[Key, Payee] = {}
    paid = set()
    async with aclosing(line_store.all_in_order(session, calculation_of(run))) as chunks:
        async for lines in chunks:
            for line in lines:
                amount = owed.payable(line)
                if line.id in booked:
                    paid.add(line.number)
                elif amount:
                    known = payees.get((line.number, line.currency))
                    before, sum_ = (known.lines, known.amount) if known else ((), Decimal(0))
                    who = (line.employee_id, line.number, line.name, line.currency)
                    payee = Payee(*who, sum_ + amount, (*before, (line.id, amount)))
                    payees[payee.key] = payee
    return payees, frozenset(paid)


def _require_sound(
    found: Sequence[CellFault],
    run_id: UUID,
    rows: Sequence[tuple[int, AnswerRow]],
    payees: Mapping[Key, Payee],
    paid: frozenset[str],
) -> None:
    more = (
        CellFault(FORM.name, fault.row, _HEADERS[fault.field], fault.found, fault.expected)
        for fault in faults(run_id, rows, payees, paid)
    )
    everything = [*found, *more]
    if everything:
        raise SheetsRefused(count=len(everything), field_errors=[each.as_fault() for each in everything[:200]])


async def _book(uow: UnitOfWork, run_id: UUID, payees: Iterable[Payee], booked_on: date | None) -> date:
    """The payments of these people, after what they rest on; the day of booking."""
    day = await journal_store.day_of_booking(uow, booked_on)
    accrued_on = await journal_store.newest_day(uow.session, EntryKind.ACCRUAL, batch_id=run_id)
    if accrued_on is not None:
        check_after(accrued_on, day)
    before = await journal_store.times(uow.session, EntryKind.PAYMENT, batch_id=run_id)
    bookings = [
        Booking(
            payment(each.employee_id, each.currency, amount),
            Source(LINE, line_id),
            run_id,
            sequence=before.get(line_id, 0),
        )
        for each in payees
        for line_id, amount in each.lines
    ]
    await journal_store.write(uow, bookings, booked_on=booked_on)
    return day
