"""Posting and paying a run: the moves that make money owed and owed money paid, each once (INC-10, INC-12, INC-17)."""

from collections.abc import Sequence
from contextlib import aclosing
from hashlib import sha256
from typing import Final
from uuid import UUID

from services.incentive.journal.domain.journal import accrual, payment
from services.incentive.journal.store import journal as journal_store
from services.incentive.runs.domain.run import RunAction, Seen
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import PayrollFileRow, RunRow
from services.incentive.runs.usecases.runs import NothingFrozen, RunUnknown, decided, moved, require_whole
from services.incentive.statements.store import statements as statement_store
from services.kit.database import ReadSession
from services.kit.errors import Conflict
from services.kit.identity import Caller, Role
from services.kit.spreadsheet_writing import Value, write_csv
from services.kit.unit_of_work import UnitOfWork

PAYROLL_HEADERS: Final = (
    "奖金期间 period",
    "工号 number",
    "姓名 name",
    "成本中心 cost_centre",
    "币种 currency",
    "税前金额 amount",
)


class NotPosted(Conflict):
    """There is a payroll file once the run is posted."""

    code = "not_posted"
    zh = "该奖金核算尚未过账，暂不能导出工资文件。请财务过账后再试。"
    en = "The run has not been posted, so there is no payroll file yet; try again once finance has posted it."


async def post_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen) -> None:
    """Accrue every line, issue the statements, store the payroll file. Of two at once the second finds it posted.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale.
    """
    run, move = await decided(uow, run_id, RunAction.POST, seen)
    payroll: list[Sequence[Value]] = []
    async with aclosing(line_store.all_in_order(uow.session, _calculation(run))) as chunks:
        async for lines in chunks:
            bookings = [
                journal_store.Booking(accrual(line.employee_id, line.currency, line.costs), run_id, line.id)
                for line in lines
                if line.amount
            ]
            await journal_store.write(uow.session, bookings, on=uow.today, caller=uow.caller, now=uow.now)
            issued = [(line.id, line.employee_id) for line in lines]
            await statement_store.issue(uow.session, run_id=run_id, period=run.period, lines=issued, now=uow.now)
            payroll += _payroll_rows(run.period, lines)
    content = write_csv(PAYROLL_HEADERS, payroll)
    digest = sha256(content).hexdigest()
    await store.add_payroll_file(uow.session, run_id=run_id, content=content, digest=digest, now=uow.now)
    await moved(uow, run_id, move)


def _payroll_rows(period: str, lines: Sequence[line_store.Paid]) -> list[Sequence[Value]]:
    return [
        (period, line.number, line.name, centre, line.currency, amount)
        for line in lines
        for centre, amount in line.costs
    ]


async def pay_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen) -> None:
    """Book the payment of every line that is still owed.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale.
    """
    run, move = await decided(uow, run_id, RunAction.PAY, seen)
    not_owed = await journal_store.reversed_lines(uow.session, run_id)
    async with aclosing(line_store.all_in_order(uow.session, _calculation(run))) as chunks:
        async for lines in chunks:
            bookings = [
                journal_store.Booking(payment(line.employee_id, line.currency, line.amount), run_id, line.id)
                for line in lines
                if line.amount and line.id not in not_owed
            ]
            await journal_store.write(uow.session, bookings, on=uow.today, caller=uow.caller, now=uow.now)
    await moved(uow, run_id, move)


def _calculation(run: RunRow) -> UUID:
    if run.calculation_id is None:
        raise NothingFrozen
    return run.calculation_id


async def read_payroll(session: ReadSession, *, caller: Caller, run_id: UUID) -> PayrollFileRow:
    """The payroll file as it was stored at posting.

    Raises:
        RunUnknown, NotPosted, WholeOrganisationOnly.
    """
    require_whole(caller, Role.COMPENSATION, Role.FINANCE)
    if await store.one(session, run_id) is None:
        raise RunUnknown
    stored = await store.payroll_file(session, run_id)
    if stored is None:
        raise NotPosted
    return stored
