"""The whole organisation as the files that an import takes (ORG-14)."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from services.kit.database.sessions import ReadSession
from services.kit.files.writing import SheetContent, Value, write_csv, write_workbook
from services.kit.timeline import Version
from services.org.exchange.domain.people_import import Person
from services.org.exchange.store import imports as rows
from services.org.exchange.store import snapshots as code_rows
from services.org.exchange.usecases.sheets import SHEETS
from services.org.structure.domain.occupancy import ASSIGNMENT_KIND_NAMES
from services.org.structure.domain.position import TRACK_NAMES, PositionFacts
from services.org.structure.domain.unit import UNIT_KIND_NAMES, UnitFacts
from services.org.structure.store import positions as position_rows
from services.org.structure.store import units as unit_rows

Codes = Mapping[UUID, str]


async def workbook(session: ReadSession) -> bytes:
    """All four sheets with everything that was, is and will be; imported again it changes nothing."""
    contents = await _contents(session)
    return await asyncio.to_thread(write_workbook, list(contents.values()))


async def csv(session: ReadSession, *, sheet: str) -> bytes:
    """One of the sheets as CSV."""
    content = (await _contents(session))[sheet]
    return await asyncio.to_thread(write_csv, content.headers, content.rows)


async def _contents(session: ReadSession) -> dict[str, SheetContent]:
    unit_codes = await code_rows.unit_codes(session)
    position_codes = await code_rows.position_codes(session)
    people = await rows.people(session, list((await rows.employee_ids(session)).values()))
    lines: Mapping[str, Iterable[Sequence[Value]]] = {
        "units": _units(await unit_rows.timelines(session), unit_codes, position_codes),
        "positions": _positions(await position_rows.timelines(session), unit_codes, position_codes),
        "employees": _employees(people.values()),
        "assignments": _assignments(people.values(), position_codes),
    }
    return {
        name: SheetContent(form.name, [column.header for column in form.columns], list(lines[name]))
        for name, form in SHEETS.items()
    }


def _units(
    timelines: Mapping[UUID, Sequence[Version[UnitFacts]]], codes: Codes, position_codes: Codes
) -> Iterator[Sequence[Value]]:
    for unit_id, code in codes.items():
        for version in timelines.get(unit_id, ()):
            valid, facts = version.valid, version.facts
            kind, special = UNIT_KIND_NAMES[facts.kind].zh, "是" if facts.special else "否"
            parent, head = _code(codes, facts.parent_id), _code(position_codes, facts.head_position_id)
            yield code, facts.name, facts.name_en, kind, parent, head, special, valid.start, valid.last


def _positions(
    timelines: Mapping[UUID, Sequence[Version[PositionFacts]]], unit_codes: Codes, codes: Codes
) -> Iterator[Sequence[Value]]:
    for position_id, code in codes.items():
        for version in timelines.get(position_id, ()):
            valid, facts = version.valid, version.facts
            named = code, facts.title, facts.title_en, unit_codes[facts.unit_id], TRACK_NAMES[facts.track].zh
            superior = _code(codes, facts.reports_to_id)
            core = "是" if facts.core_talent else "否"
            yield *named, facts.grade, facts.headcount, superior, valid.start, valid.last, core


def _employees(people: Iterable[Person]) -> Iterator[Sequence[Value]]:
    for who in people:
        for each in who.career.employments:
            yield who.number, who.name, who.email, each.valid.start, each.probation_until, each.valid.last


def _assignments(people: Iterable[Person], codes: Codes) -> Iterator[Sequence[Value]]:
    for who in people:
        for each in who.career.assignments:
            kind = ASSIGNMENT_KIND_NAMES[each.kind].zh
            yield who.number, codes[each.position_id], kind, each.valid.start, each.valid.last, each.note


def _code(codes: Codes, row_id: UUID | None) -> str | None:
    return None if row_id is None else codes.get(row_id)
