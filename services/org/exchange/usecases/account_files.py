"""Accounts as files: tried out, then taken all or nothing; exported, they come in again unchanged (ORG-14, PLT-06)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.kit.database.sessions import ReadSession, new_id
from services.kit.files.reading import read_file
from services.kit.files.sheets import CellFault, Line, Reading, SheetsRefused
from services.kit.files.writing import SheetContent, Value, write_csv, write_workbook
from services.kit.release import ReleaseState
from services.kit.work.unit_of_work import UnitOfWork
from services.org.exchange.domain import account_file
from services.org.exchange.domain.account_file import ACCOUNT_SHEET, FILE_ROLES, AccountLine, AccountPlan, Known
from services.org.identity.domain.account import Account
from services.org.identity.store import accounts as rows
from services.org.identity.usecases import accounts, invitations, role_assignments
from services.org.identity.usecases.invitations import Invitation

MOST_ROWS: Final = 5000
MOST_FAULTS: Final = 200


@dataclass(frozen=True)
class ImportedAccount:
    """A new account and the invitation with which its owner sets a password."""

    login: str
    name: str
    invitation: Invitation


@dataclass(frozen=True)
class AccountImportOutcome:
    """What a file did, or in a dry run would do.

    ``import_id`` names what it proposed: None for a dry run, and where nothing changes.
    """

    dry_run: bool
    created: int
    changed: int
    unchanged: int
    roles: int
    import_id: UUID | None = None
    invited: tuple[ImportedAccount, ...] = ()
    field_errors: tuple[CellFault, ...] = ()


async def import_file(
    uow: UnitOfWork, *, data: bytes, is_csv: bool, dry_run: bool, machine_now: datetime
) -> AccountImportOutcome:
    """Take over a file of accounts: all of it, or with a fault nothing; in a dry run only say what it would do.

    Raises:
        SheetsRefused: cell by cell what is wrong.
        NotAWorkbook, NotCsv, UnpacksTooLarge, TooManyCells, ReadersBusy: the file as a whole cannot be read.
    """
    reading = await read_file(data, [ACCOUNT_SHEET], is_csv=is_csv, max_rows=MOST_ROWS)
    await rows.lock_administration(uow.session)
    plans, faults = await _planned(uow, reading)
    if faults and not dry_run:
        raise SheetsRefused(count=len(faults), field_errors=[fault.as_fault() for fault in faults[:MOST_FAULTS]])
    if faults:
        return AccountImportOutcome(dry_run, 0, 0, 0, 0, field_errors=tuple(faults))
    changes = [plan for plan in plans if plan.is_change]
    made = sum(plan.known is None for plan in changes)
    counts = (made, len(changes) - made, len(plans) - len(changes), sum(len(plan.roles) for plan in changes))
    if dry_run or not changes:
        return AccountImportOutcome(dry_run, *counts)
    import_id = new_id()
    file = {"sha256": hashlib.sha256(data).hexdigest(), "created": counts[0], "changed": counts[1], "roles": counts[3]}
    await uow.audit("org.account_import.completed", subject=("account_import", import_id), after=file)
    await _change(uow, [plan for plan in changes if plan.known is not None], import_id)
    invited = await _create(uow, [plan for plan in changes if plan.known is None], import_id, machine_now)
    return AccountImportOutcome(dry_run, *counts, import_id, tuple(invited))


async def _planned(uow: UnitOfWork, reading: Reading) -> tuple[list[AccountPlan], list[CellFault]]:
    lines = reading.rows(ACCOUNT_SHEET)
    known = await _known(uow.session, lines)
    plans, faults = account_file.planned(lines, known, uow.caller)
    return plans, [*reading.field_errors, *faults]


async def _known(session: ReadSession, lines: Sequence[Line[AccountLine]]) -> Known:
    logins = {line.value.login for line in lines}
    people = await rows.employee_ids(session, {line.value.number for line in lines if line.value.number})
    alike = await rows.logins_like(session, logins)
    return Known(
        accounts={each.login: each for each in await rows.of_logins(session, logins)},
        alike=alike,
        people={number: employee_id for number, (employee_id, _) in people.items()},
        holders=await rows.logins_of_employees(session, [employee_id for employee_id, _ in people.values()]),
        units=await rows.unit_ids(session, {line.value.unit for line in lines if line.value.unit}),
    )


async def _create(
    uow: UnitOfWork, plans: Sequence[AccountPlan], import_id: UUID, machine_now: datetime
) -> list[ImportedAccount]:
    wanted = [accounts.NewAccount(plan.login, plan.name, plan.number, plan.roles) for plan in plans]
    ids = await accounts.create(uow, wanted=wanted, import_id=import_id)
    found = await accounts.these(uow.session, account_ids=ids)
    made = await invitations.issue(uow, ids, machine_now)
    return [ImportedAccount(found[each.account_id].login, found[each.account_id].name, each) for each in made]


async def _change(uow: UnitOfWork, plans: Sequence[AccountPlan], import_id: UUID) -> None:
    known: Mapping[str, Account] = {plan.login: plan.known for plan in plans if plan.known is not None}
    await rows.for_update_all(uow.session, [account.id for account in known.values()])
    for plan in plans:
        account_id = known[plan.login].id
        if plan.name or plan.number:
            await accounts.change(
                uow, account_id=account_id, expected_revision=None, name=plan.name, employee_number=plan.number
            )
        for role, unit in plan.roles:
            await role_assignments.assign(uow, account_id=account_id, role=role, unit_code=unit, import_id=import_id)


async def workbook(session: ReadSession) -> bytes:
    """All accounts with their roles, as an import takes them."""
    return write_workbook([await _content(session)])


async def csv(session: ReadSession) -> bytes:
    """The same as CSV."""
    content = await _content(session)
    return write_csv(content.headers, content.rows)


async def _content(session: ReadSession) -> SheetContent:
    headers = [column.header for column in ACCOUNT_SHEET.columns]
    return SheetContent(ACCOUNT_SHEET.name, headers, list(_lines(await rows.everybody(session))))


def _lines(found: Sequence[Account]) -> Iterator[Sequence[Value]]:
    """A row for each role that counts or waits, and one for who has none."""
    for account in found:
        who = (account.login, account.name, account.employee_number)
        roles = [each for each in account.role_assignments if each.state is not ReleaseState.REFUSED]
        for each in roles:
            yield *who, FILE_ROLES[each.role].zh, each.unit_code
        if not roles:
            yield *who, None, None
