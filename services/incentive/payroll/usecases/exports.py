"""The output of a posted run: the payroll file and the summary by cost centre, the same bytes each time (INC-17)."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from io import StringIO
from typing import Final
from uuid import UUID

from services.incentive.journal.store import balances
from services.incentive.payroll.store import payroll_files as store
from services.incentive.payroll.store.payroll_files import PayrollFile
from services.incentive.payroll.usecases.payroll_files import DEFAULT, NotPosted
from services.incentive.runs.store import runs as run_store
from services.incentive.runs.store.tables import RunRow
from services.incentive.runs.usecases.runs import RunUnknown
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text, existing
from services.kit.files.csv_records import unguarded
from services.kit.files.writing import SheetContent, Value, write_csv, write_workbook
from services.kit.identity import Caller, Role
from services.kit.scope import require_whole

COST_CENTRE_HEADERS: Final = (
    Text("周期", "Period"),
    Text("成本中心", "Cost centre"),
    Text("币种", "Currency"),
    Text("入账", "Booked"),
    Text("冲销", "Reversed"),
    Text("净额", "Net"),
)
MIXED_HEADERS: Final = (
    "周期 period",
    "成本中心 cost_centre",
    "币种 currency",
    "入账 booked",
    "冲销 reversed",
    "净额 net",
)
"""Of files that were stored before they had a language: what was exported of them never changes."""
PAYROLL_SHEET: Final = Text("工资文件", "Payroll file")
COST_CENTRE_SHEET: Final = Text("成本中心汇总", "Cost centres")


class Format(StrEnum):
    """The format in which a table is exported."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class Export:
    """A file to take away, of a version of the payroll file."""

    name: Text
    run: RunRow
    version: int
    format: Format
    content: bytes


async def payroll(session: ReadSession, *, caller: Caller, run_id: UUID, version: int | None, as_: Format) -> Export:
    """A version of the payroll file, as it was stored; the newest, where none is named.

    Raises:
        RunUnknown, NotPosted, WholeOrganisationOnly.
    """
    run, stored = await _stored(session, caller, run_id, version)
    content = stored.content
    if as_ is Format.XLSX:
        headers, rows = _read(content)
        content = write_workbook([SheetContent(PAYROLL_SHEET.in_language(stored.language or DEFAULT), headers, rows)])
    return Export(PAYROLL_SHEET, run, stored.version, as_, content)


async def cost_centres(
    session: ReadSession, *, caller: Caller, run_id: UUID, version: int | None, as_: Format
) -> Export:
    """What cost centres bear of the run, as the journal had it when that version of the payroll file was made.

    The journal is only added to, so that the same version always gives the same.

    Raises:
        RunUnknown, NotPosted, WholeOrganisationOnly.
    """
    run, stored = await _stored(session, caller, run_id, version)
    expenses = await balances.expenses(session, run_id, until=stored.created_at)
    rows: list[Sequence[Value]] = [
        (run.period, each.cost_centre, each.currency, each.booked, each.reversed, each.booked + each.reversed)
        for each in expenses
    ]
    language = stored.language
    headers = MIXED_HEADERS if language is None else [each.in_language(language) for each in COST_CENTRE_HEADERS]
    if as_ is Format.CSV:
        return Export(COST_CENTRE_SHEET, run, stored.version, as_, write_csv(headers, rows))
    content = write_workbook([SheetContent(COST_CENTRE_SHEET.in_language(language or DEFAULT), headers, rows)])
    return Export(COST_CENTRE_SHEET, run, stored.version, as_, content)


async def _stored(
    session: ReadSession, caller: Caller, run_id: UUID, version: int | None
) -> tuple[RunRow, PayrollFile]:
    require_whole(caller, Role.COMPENSATION, Role.FINANCE)
    run = existing(await run_store.one(session, run_id), RunUnknown)
    stored = existing(await store.of_run(session, run_id, version), NotPosted)
    return run, stored


def _read(content: bytes) -> tuple[list[str], Iterator[Sequence[Value]]]:
    """The headings and the rows of a stored payroll file; the last cell of each row is an amount."""
    reader = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))
    return next(reader), _rows(reader)


def _rows(reader: Iterator[list[str]]) -> Iterator[Sequence[Value]]:
    for *words, amount in reader:
        yield *(unguarded(word) for word in words), Decimal(amount)
