"""Schemes as a workbook: imported all or nothing, and exported so that they can be imported again (APR-02, PLT-06)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from services.appraisal.library.domain.indicator import Indicator
from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.library.domain.scheme_draft import ItemDraft, SchemeDraft, SectionDraft
from services.appraisal.library.domain.scheme_version import SchemeVersion
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.library.store import schemes as store
from services.appraisal.library.usecases import schemes
from services.appraisal.workbooks.usecases.scheme_reading import GivenScheme, schemes_given
from services.appraisal.workbooks.usecases.scheme_sheets import SCHEME_SHEETS
from services.appraisal.workbooks.usecases.scheme_writing import scheme_sheets
from services.kit.database.sessions import ReadSession
from services.kit.errors import UNKNOWN, DomainError, Language, Part
from services.kit.files.reading import read_file
from services.kit.files.sheets import CellFault, SheetsRefused
from services.kit.files.writing import write_workbook
from services.kit.work.dry_runs import record_attempts
from services.kit.work.unit_of_work import UnitOfWork

MOST_FAULTS = 200


@dataclass(frozen=True)
class SchemeIntake:
    """What became of a workbook, or would; ``field_errors`` are there only after a dry run."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    field_errors: tuple[CellFault, ...] = ()


async def take_schemes(uow: UnitOfWork, *, data: bytes, dry_run: bool) -> SchemeIntake:
    """Add the schemes of a workbook, and the next version of those that differ from their newest.

    Raises:
        SheetsRefused: cell by cell what is wrong.
        NotAWorkbook, TooManyCells, UnpacksTooLarge, ReadersBusy: the file as a whole cannot be read.
    """
    reading = await read_file(data, SCHEME_SHEETS, is_csv=False)
    given, wrong = schemes_given(reading)
    faults = [*reading.field_errors, *(() if reading.field_errors else wrong)]
    present = {version.scheme.code: version for version in await store.newest(uow.session)}
    library = await indicator_store.latest(uow.session, [code for each in given for code in each.draft.indicators])
    differing = [each for each in given if not _is_present(each, present.get(each.draft.code), library)]
    parts: list[Part] = []
    if not faults:
        faults, parts = await _store(uow, differing, dry_run=dry_run)
    if faults and dry_run:
        await record_attempts(uow, parts)
        return SchemeIntake(field_errors=tuple(faults))
    if faults:
        named = [fault.as_fault() for fault in faults[:MOST_FAULTS]]
        raise SheetsRefused(count=len(faults), field_errors=named, parts=parts)
    changed = sum(each.draft.code in present for each in differing)
    return SchemeIntake(len(differing) - changed, changed, len(given) - len(differing))


async def scheme_workbook(session: ReadSession, *, language: Language) -> bytes:
    """The newest version of every scheme as a workbook."""
    versions = await store.newest(session)
    named = [item.indicator for version in versions for item in version.scheme.items]
    library = await indicator_store.latest(session, named)
    return await asyncio.to_thread(write_workbook, scheme_sheets(versions, library, language))


async def _store(uow: UnitOfWork, given: list[GivenScheme], *, dry_run: bool) -> tuple[list[CellFault], list[Part]]:
    """Store each scheme; what is refused about one is reported with its rows. A dry run keeps nothing."""
    faults: list[CellFault] = []
    parts: list[Part] = []
    async with uow.session.begin_nested() as attempt:
        for each in given:
            try:
                async with uow.session.begin_nested():
                    await schemes.create(
                        uow, draft=each.draft, valid_from=each.valid_from, subjects=list(each.subjects)
                    )
            except DomainError as refused:
                faults += each.faults_of(refused)
                parts.append(Part(("scheme", UNKNOWN), refused, each.draft.code))
        if dry_run:
            await attempt.rollback()
    return faults, parts


def _is_present(given: GivenScheme, version: SchemeVersion | None, library: Mapping[str, Indicator]) -> bool:
    """Whether the newest version says just that, whatever has become of its indicators since."""
    if version is None or (version.valid.start, version.subjects) != (given.valid_from, given.subjects):
        return False
    said = replace(given.draft, sections=tuple(_resolved(each, library) for each in given.draft.sections))
    return said == _draft_of(version.scheme)


def _resolved(section: SectionDraft, library: Mapping[str, Indicator]) -> SectionDraft:
    items = tuple(
        replace(each, rule=each.rule or (library[each.indicator].facts.rule if each.indicator in library else None))
        for each in section.items
    )
    return replace(section, items=items)


def _draft_of(scheme: Scheme) -> SchemeDraft:
    sections = tuple(
        SectionDraft(
            section.key,
            section.name,
            section.weight,
            tuple(
                ItemDraft(item.indicator, item.weight, item.key, item.rule, item.questions, item.veto)
                for item in section.items
            ),
        )
        for section in scheme.sections
    )
    same = {each.name for each in fields(SchemeDraft)} - {"sections"}
    return SchemeDraft(sections=sections, **{name: getattr(scheme, name) for name in same})
