"""The whole organisation as the files that an import takes (ORG-14)."""

import asyncio
from collections.abc import Mapping, Sequence

from services.kit.database import ReadSession
from services.kit.spreadsheet_writing import SheetContent, Value, write_csv, write_workbook
from services.org.exchange.store import imports as rows
from services.org.exchange.store import snapshots as code_rows
from services.org.exchange.usecases.sheets import SHEETS
from services.org.structure.domain.occupancy import ASSIGNMENT_KIND_NAMES
from services.org.structure.domain.position import TRACK_NAMES
from services.org.structure.domain.unit import UNIT_KIND_NAMES
from services.org.structure.store import positions as position_rows
from services.org.structure.store import units as unit_rows


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
    units = await unit_rows.timelines(session)
    positions = await position_rows.timelines(session)
    people = await rows.people(session)
    held = await rows.held(session)
    unit_lines = [
        (
            code,
            version.facts.name,
            version.facts.name_en,
            UNIT_KIND_NAMES[version.facts.kind].zh,
            unit_codes.get(version.facts.parent_id) if version.facts.parent_id else None,
            position_codes.get(version.facts.head_position_id) if version.facts.head_position_id else None,
            "是" if version.facts.special else "否",
            version.valid.start,
            version.valid.last,
        )
        for unit_id, code in unit_codes.items()
        for version in units.get(unit_id, [])
    ]
    position_lines = [
        (
            code,
            version.facts.title,
            version.facts.title_en,
            unit_codes[version.facts.unit_id],
            TRACK_NAMES[version.facts.track].zh,
            version.facts.grade,
            version.facts.headcount,
            position_codes.get(version.facts.reports_to_id) if version.facts.reports_to_id else None,
            version.valid.start,
            version.valid.last,
        )
        for position_id, code in position_codes.items()
        for version in positions.get(position_id, [])
    ]
    employee_lines = [
        (person.number, person.name, person.email, job.valid.start, job.probation_until, job.valid.last)
        for person in people.values()
        for job in person.employments
    ]
    assignment_lines = [
        (
            people[seat.employee_id].number,
            position_codes[seat.position_id],
            ASSIGNMENT_KIND_NAMES[seat.kind].zh,
            seat.valid.start,
            seat.valid.last,
            seat.note,
        )
        for seat in sorted(held, key=lambda seat: (people[seat.employee_id].number, seat.valid.start, str(seat.id)))
    ]
    lines: Mapping[str, Sequence[Sequence[Value]]] = {
        "units": unit_lines,
        "positions": position_lines,
        "employees": employee_lines,
        "assignments": assignment_lines,
    }
    return {
        name: SheetContent(form.name, [column.header for column in form.columns], lines[name])
        for name, form in SHEETS.items()
    }
