"""The indicator library as a workbook: imported all or nothing, and exported so that it can be imported again
(APR-01).
"""

import asyncio
from dataclasses import dataclass

from services.appraisal.library.store import indicators as store
from services.appraisal.library.usecases import indicators
from services.appraisal.workbooks.usecases.indicator_sheets import (
    INDICATOR_SHEET,
    INDICATOR_SHEETS,
    PARAMETER_SHEET,
    indicators_given,
    sheets_of,
)
from services.kit.database.sessions import ReadSession
from services.kit.errors import Language
from services.kit.files.reading import read_file
from services.kit.files.sheets import CellFault, SheetsRefused
from services.kit.files.writing import write_workbook
from services.kit.work.unit_of_work import UnitOfWork

MOST_FAULTS = 200


@dataclass(frozen=True)
class LibraryIntake:
    """What became of a workbook, or would; ``field_errors`` are there only after a dry run."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    field_errors: tuple[CellFault, ...] = ()


async def take_indicators(uow: UnitOfWork, *, data: bytes, dry_run: bool) -> LibraryIntake:
    """Add the indicators of a workbook, and the next version of those that differ from what the library has.

    Raises:
        SheetsRefused: cell by cell what is wrong.
        NotAWorkbook, TooManyCells, UnpacksTooLarge, ReadersBusy: the file as a whole cannot be read.
    """
    reading = await read_file(data, INDICATOR_SHEETS, is_csv=False)
    given, wrong = indicators_given(reading.rows(INDICATOR_SHEET), reading.rows(PARAMETER_SHEET))
    faults = (*reading.field_errors, *(() if reading.field_errors else wrong))
    if faults and dry_run:
        return LibraryIntake(field_errors=faults)
    if faults:
        raise SheetsRefused(count=len(faults), field_errors=[fault.as_fault() for fault in faults[:MOST_FAULTS]])
    present = await store.latest(uow.session, list(given))
    fresh = {code: facts for code, (_, facts) in given.items() if code not in present}
    changed = {code: facts for code, (_, facts) in given.items() if code in present and present[code].facts != facts}
    if not dry_run:
        for code, facts in {**fresh, **changed}.items():
            await indicators.create(uow, code=code, facts=facts)
    return LibraryIntake(len(fresh), len(changed), len(given) - len(fresh) - len(changed))


async def indicator_workbook(session: ReadSession, *, language: Language) -> bytes:
    """The newest version of every indicator as a workbook."""
    return await asyncio.to_thread(write_workbook, sheets_of(await store.library(session), language))
