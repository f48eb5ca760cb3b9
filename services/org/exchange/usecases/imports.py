"""Files of the organisation: read, checked as a whole, then imported entirely or not at all (ORG-14)."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from typing import Any
from uuid import UUID

from services.kit.database.sessions import ReadSession, new_id
from services.kit.files.reading import read_file
from services.kit.files.sheets import CellFault, Reading, SheetForm, SheetsRefused
from services.kit.identity import Caller
from services.kit.timeline import Version
from services.kit.work.unit_of_work import UnitOfWork
from services.org.exchange.domain import people_import, structure_import
from services.org.exchange.domain.assignment_import import Occupant, check_positions
from services.org.exchange.domain.people_import import People, Person
from services.org.exchange.domain.roster import Findings, check_distinct
from services.org.exchange.domain.structure_import import Structure
from services.org.exchange.store import imports as rows
from services.org.exchange.store import snapshots as code_rows
from services.org.exchange.usecases.import_trail import Change, PersonChange, record_changes, timeline_change
from services.org.exchange.usecases.sheets import ASSIGNMENT_SHEET, EMPLOYEE_SHEET, POSITION_SHEET, SHEETS, UNIT_SHEET
from services.org.structure.domain.position import PositionFacts
from services.org.structure.domain.unit import UnitFacts
from services.org.structure.store import positions as position_rows
from services.org.structure.store import structure
from services.org.structure.store import units as unit_rows

MOST_FAULTS = 200


@dataclass(frozen=True)
class Present:
    """The stored data: all units and positions, the people of the file, and who else is in which position."""

    units: Mapping[UUID, list[Version[UnitFacts]]]
    positions: Mapping[UUID, list[Version[PositionFacts]]]
    people: Mapping[UUID, Person]
    others: Sequence[Occupant]
    unit_ids: Mapping[str, UUID]
    position_ids: Mapping[str, UUID]
    employee_ids: Mapping[str, UUID]


@dataclass(frozen=True)
class Plan:
    """What a file would change. The ``new_…`` map codes and numbers to ids given just now."""

    new_units: dict[str, UUID] = field(default_factory=dict)
    new_positions: dict[str, UUID] = field(default_factory=dict)
    units: dict[UUID, list[Version[UnitFacts]]] = field(default_factory=dict)
    positions: dict[UUID, list[Version[PositionFacts]]] = field(default_factory=dict)
    people: list[PersonChange] = field(default_factory=list)
    field_errors: tuple[CellFault, ...] = ()

    @cached_property
    def counts(self) -> dict[str, tuple[int, int]]:
        """How many are created and how many changed, by kind of record."""
        made = sum(1 for each in self.people if each.was is None)
        changed = sum(1 for each in self.people if each.was is not None and each.was.facts != each.now.facts)
        verbs = Counter(change.verb == "created" for each in self.people for change in each.assignments)
        return {
            "units": (len(self.new_units), len(self.units) - len(self.new_units)),
            "positions": (len(self.new_positions), len(self.positions) - len(self.new_positions)),
            "employees": (made, changed),
            "assignments": (verbs[True], verbs[False]),
        }


async def read(data: bytes, *, sheet: str | None) -> Reading:
    """Read a workbook, or the CSV file of one ``sheet``.

    Raises:
        NotAWorkbook, UnpacksTooLarge, TooManyCells, NotCsv, ReadersBusy: the file as a whole cannot be read.
    """
    return await read_file(data, list(SHEETS.values()) if sheet is None else [SHEETS[sheet]], is_csv=sheet is not None)


async def try_out(session: ReadSession, *, caller: Caller, reading: Reading, overfill_reason: str | None) -> Plan:
    """What a file would change and everything that is wrong with it; nothing is stored."""
    present = await _load(session, reading)
    return await asyncio.to_thread(_planned, reading, present, overfill_reason, caller.employee_id)


async def import_file(uow: UnitOfWork, *, data: bytes, reading: Reading, overfill_reason: str | None) -> Plan:
    """Store what a file says, all of it or nothing. The same file again changes nothing.

    Raises:
        SheetsRefused: cell by cell what is wrong.
    """
    await structure.lock(uow.session)
    present = await _load(uow.session, reading)
    plan = await asyncio.to_thread(_planned, reading, present, overfill_reason, uow.caller.employee_id)
    if plan.field_errors:
        field_errors = [fault.as_fault() for fault in plan.field_errors[:MOST_FAULTS]]
        raise SheetsRefused(count=len(plan.field_errors), field_errors=field_errors)
    if not any(any(pair) for pair in plan.counts.values()):
        return plan
    await rows.write_structure(
        uow.session,
        new_units=plan.new_units,
        changed_units=plan.units,
        new_positions=plan.new_positions,
        changed_positions=plan.positions,
    )
    await rows.write_people(uow.session, [(each.was, each.now) for each in plan.people])
    file = {"sha256": hashlib.sha256(data).hexdigest(), "overfill_reason": overfill_reason}
    await _record(uow, file=file, present=present, plan=plan)
    return plan


async def _load(session: ReadSession, reading: Reading) -> Present:
    employee_ids = await rows.employee_ids(session)
    numbers = {line.value.number for line in reading.rows(EMPLOYEE_SHEET)}
    numbers |= {line.value.number for line in reading.rows(ASSIGNMENT_SHEET)}
    concerned = [employee_ids[number] for number in numbers if number in employee_ids]
    return Present(
        units=await unit_rows.timelines(session),
        positions=await position_rows.timelines(session),
        people=await rows.people(session, concerned),
        others=await rows.occupants(session, besides=concerned),
        unit_ids={code: row_id for row_id, code in (await code_rows.unit_codes(session)).items()},
        position_ids={code: row_id for row_id, code in (await code_rows.position_codes(session)).items()},
        employee_ids=employee_ids,
    )


def _planned(reading: Reading, present: Present, overfill_reason: str | None, own_id: UUID | None) -> Plan:
    findings = Findings(list(reading.field_errors))
    new_units = _new_ids(UNIT_SHEET, reading, present.unit_ids, findings)
    new_positions = _new_ids(POSITION_SHEET, reading, present.position_ids, findings)
    new_people = _new_ids(EMPLOYEE_SHEET, reading, present.employee_ids, findings)
    unit_ids = {**present.unit_ids, **new_units}
    position_ids = {**present.position_ids, **new_positions}
    laid = structure_import.planned(
        reading.rows(UNIT_SHEET),
        reading.rows(POSITION_SHEET),
        unit_ids=unit_ids,
        position_ids=position_ids,
        present_units=present.units,
        present_positions=present.positions,
        findings=findings,
    )
    people = people_import.planned(
        reading.rows(EMPLOYEE_SHEET),
        reading.rows(ASSIGNMENT_SHEET),
        employee_ids={**present.employee_ids, **new_people},
        position_ids=position_ids,
        present=present.people,
        overfill_reason=overfill_reason,
        new_id=new_id,
        findings=findings,
    )
    if not findings.field_errors:  # what hangs on a faulty row would only be reported again and again
        unit_codes = {row_id: code for code, row_id in unit_ids.items()}
        position_codes = {row_id: code for code, row_id in position_ids.items()}
        structure_import.check(laid, unit_codes=unit_codes, position_codes=position_codes, findings=findings)
        _check_people(people, laid, present, forced=overfill_reason is not None, findings=findings)
        people_import.check_own(people, present=present.people, own_id=own_id, findings=findings)
    if findings.field_errors:
        return Plan(field_errors=tuple(sorted(findings.field_errors, key=_place)))
    before = present.people
    return Plan(
        new_units=new_units,
        new_positions=new_positions,
        units={row_id: its for row_id, its in laid.units.items() if present.units.get(row_id) != its},
        positions={row_id: its for row_id, its in laid.positions.items() if present.positions.get(row_id) != its},
        people=[PersonChange.of(before.get(each), now) for each, now in people.now.items() if before.get(each) != now],
    )


def _check_people(people: People, laid: Structure, present: Present, *, forced: bool, findings: Findings) -> None:
    people_import.check(
        people,
        positions=laid.positions,
        present=present.people,
        others=present.others,
        forced=forced,
        findings=findings,
    )
    check_positions(
        chain(people.occupants(), present.others),
        before=present.positions,
        after=laid.positions,
        origins=laid.position_origins,
        forced=forced,
        findings=findings,
    )


def _place(fault: CellFault) -> tuple[int, int]:
    """Faults are shown from the first sheet's first row on; sheets that we do not know come before."""
    return next((place for place, form in enumerate(SHEETS.values()) if form.name == fault.sheet), -1), fault.row


def _new_ids(form: SheetForm[Any], reading: Reading, known: Mapping[str, UUID], findings: Findings) -> dict[str, UUID]:
    """Ids for the codes of a sheet, its first column, that are new; none may be taken for another."""
    codes = [(line.row, line.value[0]) for line in reading.rows(form)]
    check_distinct(form.name, form.columns[0].header, codes, known, findings)
    return {code: new_id() for code in dict.fromkeys(code for _, code in codes) if code not in known}


async def _record(
    uow: UnitOfWork,
    *,
    file: Mapping[str, object],
    present: Present,
    plan: Plan,
) -> None:
    """One line and one event for the file, then those of every record."""
    import_id = new_id()
    counts: dict[str, Any] = {
        kind: {"created": created, "changed": changed} for kind, (created, changed) in plan.counts.items()
    }
    await uow.record("org.import.completed", subject=("import", import_id), after={**file, **counts}, data=counts)
    records = partial(_records, present, plan)
    await record_changes(uow, import_id=import_id, changes=records)


def _records(present: Present, plan: Plan) -> Iterator[Change]:
    """Each record made or changed; a person before the assignments, as they were made."""
    codes = {row_id: code for code, row_id in (*plan.new_units.items(), *plan.new_positions.items())}
    for row_id, unit in plan.units.items():
        yield timeline_change("unit", row_id, present.units.get(row_id), unit, codes.get(row_id))
    for row_id, position in plan.positions.items():
        yield timeline_change("position", row_id, present.positions.get(row_id), position, codes.get(row_id))
    for each in plan.people:
        yield from each.records()
