"""Importing a pay file as people keep it: every fault by its cell, then all rows or none (INC-01)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Final

from services.incentive.pay.domain.pay_profile import Change, PayProfile, Terms, TermsNotAcceptable, inserted, insertion
from services.incentive.pay.store import pay_profiles as store
from services.incentive.pay.usecases.pay_profiles import check_scope
from services.kit.database import WriteSession, new_id
from services.kit.errors import Text
from services.kit.spreadsheet_cells import code, day, decimal, text
from services.kit.spreadsheet_files import read_file
from services.kit.spreadsheets import CellFault, Column, Line, SheetForm, SheetsRefused
from services.kit.unit_of_work import UnitOfWork

SHEET: Final = "薪酬"


@dataclass(frozen=True)
class PayRow:
    """One row of the file."""

    number: str
    fixed_pay: Decimal
    fixed_share: Decimal
    variable_share: Decimal
    monthly_base: Decimal | None
    currency: str
    cost_centre: str
    valid_from: date


FORM: Final = SheetForm(
    SHEET,
    (
        Column("工号", "number", code(), english="Employee number"),
        Column("固定月薪", "fixed_pay", decimal(2, "0"), english="Fixed monthly pay"),
        Column("固定占比", "fixed_share", decimal(4, "0", takes_percent=True), english="Fixed share"),
        Column("浮动占比", "variable_share", decimal(4, "0", takes_percent=True), english="Variable share"),
        Column("月度奖金基数", "monthly_base", decimal(2, "0"), required=False, english="Monthly bonus base"),
        Column("币种", "currency", code(), required=False, default="CNY", english="Currency"),
        Column("成本中心", "cost_centre", text(64), english="Cost centre"),
        Column("生效日期", "valid_from", day(), english="Valid from"),
    ),
    make=PayRow,
    english="Pay",
)
HEADERS: Final = {column.name: column.header for column in FORM.columns}


@dataclass(frozen=True)
class PayImportOutcome:
    """What came of the file. ``unknown_numbers`` are those of which org has said nothing so far.

    ``field_errors`` are there only after a dry run: otherwise such a file is refused.
    """

    dry_run: bool
    rows: int
    created: int
    unchanged: int
    unknown_numbers: list[str]
    field_errors: tuple[CellFault, ...] = ()


async def import_file(uow: UnitOfWork, *, data: bytes, is_csv: bool, dry_run: bool) -> PayImportOutcome:
    """Create a profile of every row's terms from its day on; with ``dry_run`` only say what would be created.

    Raises:
        SheetsRefused: with a fault for each bad cell; nothing was stored.
        NotCsv, NotAWorkbook, TooManyCells, UnpacksTooLarge, ReadersBusy, OutsideYourUnits.
    """
    reading = await read_file(data, [FORM], is_csv=is_csv)
    rows, field_errors = _checked(reading.rows(FORM), reading.field_errors)
    if field_errors and dry_run:
        return PayImportOutcome(dry_run, len(rows), 0, 0, [], tuple(field_errors))
    if field_errors:
        raise SheetsRefused(count=len(field_errors), field_errors=[fault.as_fault() for fault in field_errors[:200]])
    numbers = [row.number for row, _ in rows]
    await check_scope(uow.session, uow.caller, numbers)
    await store.lock(uow.session)
    changes = await _planned(uow.session, rows)
    if not dry_run:
        for number, change, fresh in changes:
            await store.apply(uow.session, number, change, fresh, by=uow.caller.account_id, now=uow.now)
        await _audit(uow, len(changes))
    known = await store.people(uow.session, numbers)
    unknown = sorted(set(numbers) - known.keys())
    return PayImportOutcome(dry_run, len(rows), len(changes), len(rows) - len(changes), unknown)


def _checked(
    lines: list[Line[PayRow]], field_errors: list[CellFault]
) -> tuple[list[tuple[PayRow, Terms]], list[CellFault]]:
    """The rows with their terms, and all that is wrong with the file."""
    found = [*field_errors, *_repetitions(lines)]
    rows: list[tuple[PayRow, Terms]] = []
    for line in lines:
        try:
            rows.append((line.value, _terms(line.value)))
        except TermsNotAcceptable as refused:
            found += [_cell(line, fault.pointer, fault.found, fault.expected) for fault in refused.field_errors]
    return rows, found


async def _planned(session: WriteSession, rows: list[tuple[PayRow, Terms]]) -> list[tuple[str, Change, PayProfile]]:
    """How each row takes its place in its person's timeline, the rows before it already in."""
    numbers = {row.number for row, _ in rows}
    timelines = dict(await store.timelines(session, numbers))
    versions = dict(await store.newest_versions(session, numbers))
    planned = []
    for row, terms in sorted(rows, key=lambda each: (each[0].number, each[0].valid_from)):
        timeline = timelines.get(row.number, [])
        change = insertion(timeline, terms, row.valid_from)
        if change.replaced is not None and change.unchanged:
            continue
        versions[row.number] = versions.get(row.number, 0) + 1
        fresh = PayProfile(str(new_id()), versions[row.number], terms, change.period)
        timelines[row.number] = inserted(timeline, change, fresh)
        planned.append((row.number, change, fresh))
    return planned


def _terms(row: PayRow) -> Terms:
    return Terms(**{field.name: getattr(row, field.name) for field in fields(Terms)})


def _repetitions(lines: list[Line[PayRow]]) -> list[CellFault]:
    """Two rows of one person from the same day contradict each other or are one too many."""
    first: dict[tuple[str, date], int] = {}
    field_errors = []
    for line in lines:
        key = (line.value.number, line.value.valid_from)
        if first.setdefault(key, line.row) != line.row:
            expected = Text(f"与第 {first[key]} 行不同的生效日期", f"another day than in row {first[key]}")
            field_errors.append(_cell(line, "/valid_from", str(key[1]), expected))
    return field_errors


def _cell(line: Line[PayRow], pointer: str, found: str | None, expected: Text) -> CellFault:
    names: Mapping[str, str] = HEADERS
    return CellFault(SHEET, line.row, names[pointer.removeprefix("/")], found, expected)


async def _audit(uow: UnitOfWork, created: int) -> None:
    await uow.audit("incentive.pay_profile.imported", subject=("pay_profile", new_id()), after={"created": created})
