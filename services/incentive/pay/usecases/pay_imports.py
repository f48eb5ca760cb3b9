"""Importing a pay file as people keep it: every fault by its cell, then all rows or none (INC-01)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.incentive.pay.domain.pay_change import NewTerms
from services.incentive.pay.domain.pay_profile import Terms, TermsNotAcceptable
from services.incentive.pay.store import pay_profiles as store
from services.incentive.pay.usecases.pay_changes import check_payees, differing, propose
from services.kit.errors import Text
from services.kit.files.cells import code, day, decimal, text
from services.kit.files.reading import read_file
from services.kit.files.sheets import CellFault, Column, Line, SheetForm, SheetsRefused
from services.kit.work.unit_of_work import UnitOfWork

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
_NUMBER: Final = f"/{SHEET}/{HEADERS['number']}"


@dataclass(frozen=True)
class PayImportOutcome:
    """What came of the file. ``unknown_numbers`` are those of which org has said nothing so far.

    ``change_id`` is the pay change that waits for release; None for a trial, and where nothing changes.
    ``field_errors`` are there only after a dry run: otherwise such a file is refused.
    """

    dry_run: bool
    rows: int
    changed: int
    unchanged: int
    unknown_numbers: list[str]
    change_id: UUID | None = None
    field_errors: tuple[CellFault, ...] = ()


async def import_file(uow: UnitOfWork, *, data: bytes, is_csv: bool, dry_run: bool) -> PayImportOutcome:
    """Enter the terms of every row for release; with ``dry_run`` only say what would be entered.

    Raises:
        SheetsRefused: with a fault for each bad cell; nothing was stored.
        NotCsv, NotAWorkbook, TooManyCells, UnpacksTooLarge, ReadersBusy, EmployeeUnknown, OutsideYourUnits, OwnPay.
    """
    reading = await read_file(data, [FORM], is_csv=is_csv)
    rows, field_errors = _checked(reading.rows(FORM), reading.field_errors)
    if field_errors and dry_run:
        return PayImportOutcome(dry_run, len(rows), 0, 0, [], field_errors=tuple(field_errors))
    if field_errors:
        raise SheetsRefused(count=len(field_errors), field_errors=[fault.as_fault() for fault in field_errors[:200]])
    new = [NewTerms(row.number, terms, row.valid_from) for row, terms in rows]
    known = await store.people(uow.session, [each.number for each in new])
    unknown = sorted({each.number for each in new} - known.keys())
    await check_payees(uow, [each for each in new if each.number in known or not dry_run], _NUMBER)
    changed = await differing(uow.session, new)
    proposed = await propose(uow, new=changed) if changed and not dry_run else None
    change_id = None if proposed is None else proposed.id
    return PayImportOutcome(dry_run, len(rows), len(changed), len(rows) - len(changed), unknown, change_id)


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
