"""Posting and paying a run: what is due becomes owed, what is owed becomes paid, each once (INC-10, INC-12, INC-17)."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Final
from uuid import UUID

from services.incentive.journal.domain.journal import Source, accrual, payment
from services.incentive.journal.store import journal as journal_store
from services.incentive.journal.store.journal import Booking
from services.incentive.payroll.store import payroll_files as store
from services.incentive.payroll.store.payroll_files import PayrollFile
from services.incentive.runs.domain.run import RunAction, Seen
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as run_store
from services.incentive.runs.usecases.runs import RunUnknown, calculation_of, decide, move
from services.incentive.statements.store import statements as statement_store
from services.kit.database import ReadSession
from services.kit.errors import Conflict
from services.kit.identity import Caller, Role
from services.kit.scope import require_whole
from services.kit.spreadsheet_writing import Value, write_csv
from services.kit.unit_of_work import UnitOfWork

PAYROLL_HEADERS: Final = (
    "周期 period",
    "工号 number",
    "姓名 name",
    "成本中心 cost_centre",
    "币种 currency",
    "金额 amount",
)
LINE: Final = "line"
"""The type of source under which lines are booked."""


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
    run, transition = await decide(uow, run_id, RunAction.POST, seen)
    payroll: list[Sequence[Value]] = []
    async with aclosing(line_store.all_in_order(uow.session, calculation_of(run))) as chunks:
        async for lines in chunks:
            due = [
                Booking(accrual(line.employee_id, line.currency, line.costs), Source(LINE, line.id), run_id)
                for line in lines
                if line.amount
            ]
            await journal_store.write(uow, due)
            issued = [(line.id, line.employee_id) for line in lines]
            await statement_store.issue(uow.session, run_id=run_id, period=run.period, lines=issued, now=uow.now)
            payroll += _payroll_rows(run.period, lines)
    await store.add(uow.session, run_id=run_id, content=write_csv(PAYROLL_HEADERS, payroll), now=uow.now)
    await move(uow, run_id, transition)


async def pay_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen) -> None:
    """Book the payment of every line that is still owed.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale.
    """
    run, transition = await decide(uow, run_id, RunAction.PAY, seen)
    not_owed = await journal_store.reversed_accruals(uow.session, run_id)
    async with aclosing(line_store.all_in_order(uow.session, calculation_of(run))) as chunks:
        async for lines in chunks:
            owed = [
                Booking(payment(line.employee_id, line.currency, line.amount), Source(LINE, line.id), run_id)
                for line in lines
                if line.amount and line.id not in not_owed
            ]
            await journal_store.write(uow, owed)
    await move(uow, run_id, transition)


async def read_payroll_file(session: ReadSession, *, caller: Caller, run_id: UUID) -> PayrollFile:
    """The payroll file as it was stored at posting.

    Raises:
        RunUnknown, NotPosted, WholeOrganisationOnly.
    """
    require_whole(caller, Role.COMPENSATION, Role.FINANCE)
    if await run_store.one(session, run_id) is None:
        raise RunUnknown
    stored = await store.of_run(session, run_id)
    if stored is None:
        raise NotPosted
    return stored


def _payroll_rows(period: str, lines: Sequence[line_store.Payable]) -> list[Sequence[Value]]:
    return [
        (period, line.number, line.name, centre, line.currency, amount)
        for line in lines
        for centre, amount in line.costs
    ]
