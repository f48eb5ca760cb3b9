"""Posting a run: what is due becomes owed, once (INC-10, INC-12, INC-13)."""

from collections.abc import Sequence
from contextlib import aclosing
from datetime import date
from typing import Final
from uuid import UUID

from services.incentive.journal.domain.journal import AccountKind, Source, accrual, recovery
from services.incentive.journal.store import balances
from services.incentive.journal.store import journal as journal_store
from services.incentive.journal.store.journal import Booking
from services.incentive.payroll.domain.recovery import recoveries
from services.incentive.payroll.usecases.payroll_files import write_payroll_file
from services.incentive.plans.store import plans as plan_store
from services.incentive.runs.domain.run import RunAction, Seen
from services.incentive.runs.store import entitlements as entitlement_store
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as run_store
from services.incentive.runs.store.tables import RunRow
from services.incentive.runs.usecases.claim_tasks import close_settled
from services.incentive.runs.usecases.run_budgets import post_to_budgets
from services.incentive.runs.usecases.runs import SnapshotMissing, calculation_of, decide, move
from services.incentive.statements.store import statements as statement_store
from services.incentive.statements.usecases import statements
from services.kit.errors import Conflict, FieldError, Invalid, Language, Text
from services.kit.periods import calendar_period
from services.kit.work.unit_of_work import UnitOfWork

LINE: Final = "line"
"""The type of source under which lines are booked."""


class PostedMeanwhile(Conflict):
    """What a person was posted, or claims, is no longer what the calculation used: its differences are out of date."""

    code = "posted_meanwhile"
    zh = (
        "核算之后，员工 {number} 的同一奖金又有过账、冲销、变更或撤销，差额已不准确，本次未过账。"
        "请将本次核算作废，重新建立核算并审批。"
    )
    en = (
        "Since the calculation, this bonus of employee {number} was posted, reversed, changed or revoked, so the "
        "differences are out of date; nothing was posted. Cancel the run, create another one and have it approved."
    )


class BookedBeforePeriod(Invalid):
    """What a run states is not owed before its period."""

    code = "booked_before_period"
    zh = "记账日期 {day} 早于本次核算期间的首日 {first}。"
    en = "The booking day {day} is before the first day of the run's period, {first}."


async def post_run(uow: UnitOfWork, *, run_id: UUID, seen: Seen, booked_on: date | None, language: Language) -> None:
    """Accrue every line, withhold earlier overpayments, issue the statements, store the payroll file in ``language``.

    Of two at once the second finds it posted.

    Raises:
        RunUnknown, TransitionNotPossible, TransitionForbidden, ApprovalStale, Stale, PostedMeanwhile, MonthClosed,
        BookedAhead, BookedBeforePeriod.
    """
    run, transition = await decide(uow, run_id, RunAction.POST, seen)
    _demand_in_period(run, booked_on)
    calculation_id = calculation_of(run)
    await entitlement_store.lock(uow.session, run.bonus)
    number = await entitlement_store.outdated(uow.session, calculation_id)
    if number is not None:
        raise PostedMeanwhile(number=number)
    await entitlement_store.book(uow.session, calculation_id)
    await post_to_budgets(uow, run)
    if run.snapshot_id is not None:
        await close_settled(uow, run.snapshot_id)
    async with aclosing(line_store.all_in_order(uow.session, calculation_id)) as chunks:
        async for lines in chunks:
            await journal_store.write(uow, _accruals(lines, run_id), booked_on=booked_on)
            issued = [(line.id, line.employee_id) for line in lines]
            await statement_store.issue(uow.session, run_id=run_id, period=run.period, lines=issued, now=uow.now)
    await statements.await_confirmations(uow, run)
    await _recover(uow, run, calculation_id, booked_on)
    await write_payroll_file(uow, run_id=run_id, calculation_id=calculation_id, language=language)
    await move(uow, run_id, transition)


def _demand_in_period(run: RunRow, booked_on: date | None) -> None:
    first = calendar_period(run.period).start
    if booked_on is not None and booked_on < first:
        expected = Text(f"不早于 {first}", f"not before {first}")
        fault = FieldError("/booked_on", str(booked_on), expected)
        raise BookedBeforePeriod(day=booked_on, first=first, field_errors=[fault])


def _accruals(lines: Sequence[line_store.Payable], run_id: UUID) -> list[Booking]:
    return [
        Booking(accrual(line.employee_id, line.currency, line.costs), Source(LINE, line.id), run_id)
        for line in lines
        if any(amount for _, amount in line.costs)
    ]


async def _recover(uow: UnitOfWork, run: RunRow, calculation_id: UUID, booked_on: date | None) -> None:
    """Withhold from the run's lines what their people owe, including differences of the run itself."""
    owing = await balances.open_balances(uow.session, AccountKind.RECEIVABLE)
    if not owing:
        return
    snapshot = await run_store.input_snapshot(uow.session, run.snapshot_id)
    plan = None if snapshot is None else await plan_store.one(uow.session, snapshot.plan_version_id)
    if plan is None:
        raise SnapshotMissing
    people = [UUID(account.reference) for account in owing]
    earned = await line_store.earned(uow.session, calculation_id, people)
    share = plan.version.policy.corrections.recovery_share
    bookings = [
        Booking(
            recovery(each.line.employee_id, each.line.currency, each.amount), Source(LINE, each.line.line_id), run.id
        )
        for each in recoveries(earned, owing, share)
    ]
    await journal_store.write(uow, bookings, booked_on=booked_on)
