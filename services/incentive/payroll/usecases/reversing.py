"""Undoing an entry of the journal with everything that rests on it (INC-12)."""

from datetime import date
from typing import Final
from uuid import UUID

from services.incentive.journal.domain.journal import EntryKind
from services.incentive.journal.store import journal as journal_store
from services.incentive.journal.usecases import bookkeeping
from services.incentive.journal.usecases.bookkeeping import EntryDetails
from services.incentive.payroll.usecases.payroll_files import write_payroll_file
from services.incentive.payroll.usecases.posting import LINE
from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import entitlements as entitlement_store
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as run_store
from services.incentive.runs.usecases.run_budgets import take_back_line
from services.incentive.runs.usecases.runs import RunUnknown, calculation_of, move
from services.incentive.statements.usecases import statements
from services.kit.errors import Conflict, Forbidden, Text, existing
from services.kit.unit_of_work import UnitOfWork

SOURCES: Final = {
    "fund_endowment": Text("奖励基金的拨款", "an endowment of a fund"),
    "share_dividend": Text("虚拟股票的分红", "a dividend on virtual shares"),
    "award": Text("专项奖励的批准", "the approval of a special award"),
}
"""What entries follow from that are not about a line."""


class OwnEntry(Forbidden):
    """Nobody can reverse their own pay, or an amount withheld from them."""

    code = "own_entry"
    zh = "不能冲销与本人奖金有关的凭证，请转交其他财务同事办理。"
    en = "You cannot reverse an entry about your own bonus; ask a colleague in finance."


class UndoneAtItsSource(Conflict):
    """An entry that follows from a decision is undone by undoing the decision, or the two would disagree."""

    code = "undone_at_its_source"
    zh = "该凭证由{source}产生，请在原处撤销，不能单独冲销凭证。"
    en = "This entry results from {source}; undo that instead of the entry alone."


async def reverse_entry(
    uow: UnitOfWork, *, entry_id: UUID, revision: int, reason: str, booked_on: date | None
) -> EntryDetails:
    """Undo an entry by its counter-entry, once; the counter-entry.

    The effect of the entry is taken back everywhere: an accrual's entitlement is no longer posted, its statement says
    so, a payment is owed again, and the run's payroll file gets a next version.

    Raises:
        OwnEntry: the bonus is the caller's own (INC-01).
        UndoneAtItsSource: the entry is of a fund, not of a line.
        and what ``bookkeeping.reverse_entry`` raises.
    """
    counter = await bookkeeping.reverse_entry(
        uow, entry_id=entry_id, revision=revision, reason=reason, booked_on=booked_on
    )
    entry = counter.entry
    if entry.source_type != LINE:
        raise UndoneAtItsSource(source=SOURCES.get(entry.source_type, Text("其他记录", "another record")))
    if uow.caller.employee_id is not None and uow.caller.employee_id == await line_store.payee(
        uow.session, entry.source_id
    ):
        raise OwnEntry
    run = existing(await run_store.one(uow.session, entry.batch_id, lock=True), RunUnknown)
    undone = await journal_store.entry(uow.session, entry_id)
    if undone is not None and undone.kind == EntryKind.ACCRUAL:
        await entitlement_store.lock(uow.session, run.bonus)
        await entitlement_store.withdraw(uow.session, entry.source_id)
        await take_back_line(uow, run, entry.source_id)
        await statements.record_reversal(uow, line_id=entry.source_id, reason=reason)
    if undone is not None and undone.kind == EntryKind.PAYMENT and run.state == RunState.PAID:
        await move(uow, run.id, RUN.next(RunState(run.state), RunAction.UNPAY, uow.caller.whole_roles))
    await write_payroll_file(uow, run_id=run.id, calculation_id=calculation_of(run))
    return counter
