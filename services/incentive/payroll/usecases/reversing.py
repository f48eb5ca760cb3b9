"""Undoing an entry of the journal with everything that rests on it: asked for by one, released by another (INC-12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.incentive.currencies import amount_text
from services.incentive.journal.domain.entry_reversal import ENTRY_REVERSAL, EntryReversal
from services.incentive.journal.domain.journal import ENTRY_KINDS, EntryKind, Posting
from services.incentive.journal.store import entry_reversals as store
from services.incentive.journal.store import journal as journal_store
from services.incentive.journal.store.tables import EntryRow
from services.incentive.journal.usecases import bookkeeping
from services.incentive.payroll.store.entry_names import names_of
from services.incentive.payroll.usecases.payroll_files import write_payroll_file
from services.incentive.payroll.usecases.posting import LINE
from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import entitlements as entitlement_store
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as run_store
from services.incentive.runs.usecases.run_budgets import take_back_line
from services.incentive.runs.usecases.runs import RunUnknown, calculation_of, move
from services.incentive.statements.usecases import statements
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, Forbidden, NotFound, Text, existing
from services.kit.identity import Caller
from services.kit.periods import day_in_words
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.scope import require_whole
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork

SUBJECT: Final = ENTRY_REVERSAL.name

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


class ReversalUnknown(NotFound):
    """There is no such request."""

    code = "entry_reversal_unknown"
    zh = "找不到该冲销申请，或您无权查看。"
    en = "There is no such request for a reversal, or you may not see it."


@dataclass(frozen=True)
class ReversalDetails:
    """A request with the name of the entry that it is about."""

    request: EntryReversal
    entry: Text


async def propose_reversal(
    uow: UnitOfWork, *, entry_id: UUID, revision: int, reason: str, booked_on: date | None
) -> ReversalDetails:
    """Ask that an entry be undone; it waits for another person of finance, and nothing is booked until then.

    Raises:
        OwnEntry, UndoneAtItsSource, ReversalWaits, and what ``bookkeeping.require_reversible`` raises.
    """
    entry, counter = await bookkeeping.require_reversible(
        uow, entry_id=entry_id, revision=revision, booked_on=booked_on
    )
    name = (await _named(uow.session, [entry]))[entry_id]
    payee = await _require_other(uow, entry, counter.postings)
    reversal_id = await store.add(uow, entry_id=entry_id, booked_on=booked_on, reason=reason)
    after = {"entry_id": entry_id, "reason": reason, "booked_on": booked_on}
    await uow.audit("incentive.entry_reversal.proposed", subject=(SUBJECT, reversal_id), after=after)
    barred = {*Signature.of(uow.caller).ids, *([] if payee is None else [payee])}
    await open_task(
        uow,
        f"{SUBJECT}.release",
        subject=(SUBJECT, reversal_id),
        assignee=whoever_may(ENTRY_REVERSAL, ReleaseAction.RELEASE, excluded_ids=barred),
        title=Text(f"确认冲销 {name.zh}", f"Release the reversal of {name.en}"),
        link=f"/v1/incentive/journal/reversals/{reversal_id}",
    )
    return await _one(uow.session, reversal_id)


async def decide_reversal(
    uow: UnitOfWork, *, reversal_id: UUID, action: ReleaseAction, revision: int, reason: str | None = None
) -> ReversalDetails:
    """Release what another person asked for, which books the counter-entry; or refuse it, or take one's own back.

    Raises:
        ReversalUnknown, Stale, SecondPersonNeeded, TransitionNotPossible, and what ``_reverse`` raises.
    """
    row = existing(await store.locked(uow.session, reversal_id), ReversalUnknown)
    entry = existing(await journal_store.entry(uow.session, row.entry_id), bookkeeping.EntryUnknown)
    await _require_other(uow, entry, (await journal_store.postings(uow.session, [entry.id]))[entry.id])
    state = await decide(uow, ENTRY_REVERSAL, row, action, revision=revision, reason=reason)
    if state is ReleaseState.RELEASED:
        await _reverse(uow, entry_id=row.entry_id, reason=row.reason, booked_on=row.booked_on)
    trail = release_trail(state, revision=revision, entry_id=row.entry_id, reason=reason)
    await uow.audit(f"incentive.entry_reversal.{state.value}", subject=(SUBJECT, reversal_id), **trail)
    return await _one(uow.session, reversal_id)


async def read_reversal(session: ReadSession, *, caller: Caller, reversal_id: UUID) -> ReversalDetails:
    """A request.

    Raises:
        ReversalUnknown, WholeOrganisationOnly.
    """
    require_whole(caller, *bookkeeping.SEES_BOOKS)
    return await _one(session, reversal_id)


async def list_reversals(
    session: ReadSession, *, caller: Caller, state: ReleaseState | None, entry_id: UUID | None, paging: Paging
) -> Rows[ReversalDetails]:
    """Requests in the order in which they were made.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *bookkeeping.SEES_BOOKS)
    rows = await store.listed(session, state=state, entry_id=entry_id, paging=paging)
    return Rows(await _detailed(session, rows.items), rows.next)


async def _one(session: ReadSession, reversal_id: UUID) -> ReversalDetails:
    request = existing(await store.one(session, reversal_id), ReversalUnknown)
    return (await _detailed(session, [request]))[0]


async def _detailed(session: ReadSession, requests: Sequence[EntryReversal]) -> list[ReversalDetails]:
    entries = await journal_store.entries(session, [each.entry_id for each in requests])
    names = await _named(session, entries)
    return [ReversalDetails(each, names[each.entry_id]) for each in requests]


async def _named(session: ReadSession, entries: Sequence[EntryRow]) -> dict[UUID, Text]:
    """Whose entry of which day, kind and amount each of them is."""
    names = await names_of(session, entries)
    postings = await journal_store.postings(session, [each.id for each in entries])
    return {each.id: entry_text(names[each.id].source, each, postings[each.id]) for each in entries}


def entry_text(source: Text | None, entry: EntryRow, postings: Sequence[Posting]) -> Text:
    """An entry in words: the person or record, the day, the kind and what is debited."""
    who, kind = source or Text("—", "—"), ENTRY_KINDS[EntryKind(entry.kind)]
    debits = sum((each.amount for each in postings if each.amount > 0), Decimal(0))
    amount, day = amount_text(debits, postings[0].account.currency), day_in_words(entry.effective_on)
    return Text(
        f"{day.zh}{who.zh}的{kind.zh}凭证（{amount.zh}）",
        f"the {kind.en} of {who.en} on {day.en} ({amount.en})",
    )


async def _require_other(uow: UnitOfWork, entry: EntryRow, postings: Sequence[Posting]) -> UUID | None:
    """Refuse the person whom the entry, or any of its postings, is about; the person whom its line is about."""
    if entry.source_type != LINE:
        raise UndoneAtItsSource(source=SOURCES.get(entry.source_type, Text("其他记录", "another record")))
    payee = await line_store.payee(uow.session, entry.source_id)
    caller = uow.caller.employee_id
    if caller is not None and (caller == payee or str(caller) in {each.account.reference for each in postings}):
        raise OwnEntry
    return payee


async def _reverse(uow: UnitOfWork, *, entry_id: UUID, reason: str, booked_on: date | None) -> None:
    """Undo an entry by its counter-entry, once.

    The effect of the entry is taken back everywhere: an accrual's entitlement is no longer posted, its statement says
    so, a payment is owed again, and the run's payroll file gets a next version.

    Raises:
        What ``bookkeeping.reverse_entry`` raises.
    """
    counter = await bookkeeping.reverse_entry(
        uow, entry_id=entry_id, revision=bookkeeping.UNTOUCHED, reason=reason, booked_on=booked_on
    )
    entry = counter.entry
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
