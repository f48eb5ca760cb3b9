"""Files of the organisation: read, checked as a whole, then imported entirely or not at all (ORG-14)."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from services.kit.database import ReadSession, new_id
from services.kit.identity import Caller
from services.kit.spreadsheet_files import read_file
from services.kit.spreadsheets import CellFault, Reading, SheetsRefused
from services.kit.timeline import Version
from services.kit.unit_of_work import UnitOfWork
from services.org.exchange.domain import people_import, structure_import
from services.org.exchange.domain.assignment_import import Held, check_positions
from services.org.exchange.domain.people_import import People, Person
from services.org.exchange.domain.roster import Findings, check_distinct
from services.org.exchange.domain.structure_import import Structure
from services.org.exchange.store import imports as rows
from services.org.exchange.store import snapshots as code_rows
from services.org.exchange.usecases import import_trail
from services.org.exchange.usecases.import_trail import Change
from services.org.exchange.usecases.sheets import ASSIGNMENT_SHEET, EMPLOYEE_SHEET, POSITION_SHEET, SHEETS, UNIT_SHEET
from services.org.structure.domain.position import PositionFacts
from services.org.structure.domain.unit import UnitFacts
from services.org.structure.store import positions as position_rows
from services.org.structure.store import structure
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.scope import require_hr

MOST_FAULTS = 200
Record = TypeVar("Record")


@dataclass(frozen=True)
class Present:
    """Everything that is stored now."""

    units: Mapping[UUID, list[Version[UnitFacts]]]
    positions: Mapping[UUID, list[Version[PositionFacts]]]
    people: Mapping[UUID, Person]
    held: list[Held]
    unit_ids: Mapping[str, UUID]
    position_ids: Mapping[str, UUID]


@dataclass(frozen=True)
class Plan:
    """What a file would change. The ``new_…`` map codes and numbers to ids given just now."""

    new_units: dict[str, UUID] = field(default_factory=dict)
    new_positions: dict[str, UUID] = field(default_factory=dict)
    new_people: dict[str, UUID] = field(default_factory=dict)
    units: dict[UUID, list[Version[UnitFacts]]] = field(default_factory=dict)
    positions: dict[UUID, list[Version[PositionFacts]]] = field(default_factory=dict)
    people: dict[UUID, Person] = field(default_factory=dict)
    held: dict[UUID, Held] = field(default_factory=dict)
    field_errors: tuple[CellFault, ...] = ()

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """How many are created and how many changed, by kind of record."""
        fresh = sum(1 for held in self.held.values() if held.id is None)
        return {
            "units": (len(self.new_units), len(self.units) - len(self.new_units)),
            "positions": (len(self.new_positions), len(self.positions) - len(self.new_positions)),
            "employees": (len(self.new_people), len(self.people) - len(self.new_people)),
            "assignments": (fresh, len(self.held) - fresh),
        }


async def read(data: bytes, *, sheet: str | None) -> Reading:
    """Read a workbook, or the CSV file of one ``sheet``.

    Raises:
        NotAWorkbook, UnpacksTooLarge, TooManyCells, NotCsv, ReadersBusy: the file as a whole cannot be read.
    """
    return await read_file(data, list(SHEETS.values()) if sheet is None else [SHEETS[sheet]], is_csv=sheet is not None)


async def try_out(session: ReadSession, *, caller: Caller, reading: Reading, overfill_reason: str | None) -> Plan:
    """What a file would change and everything that is wrong with it; nothing is stored.

    Raises:
        OutOfScope: the caller is not HR over the whole organisation.
    """
    require_hr(caller, [])
    present = await _load(session)
    return await asyncio.to_thread(_planned, reading, present, forced=overfill_reason is not None)


async def import_file(uow: UnitOfWork, *, data: bytes, reading: Reading, overfill_reason: str | None) -> Plan:
    """Store what a file says, all of it or nothing. The same file again changes nothing.

    Raises:
        SheetsRefused: cell by cell what is wrong.
        OutOfScope: the caller is not HR over the whole organisation.
    """
    require_hr(uow.caller, [])
    await structure.lock(uow.session)
    present = await _load(uow.session)
    plan = await asyncio.to_thread(_planned, reading, present, forced=overfill_reason is not None)
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
    await rows.write_people(uow.session, plan.people, fresh=set(plan.new_people.values()))
    await rows.write_held(uow.session, plan.held, overfill_reason=overfill_reason)
    file = {"sha256": hashlib.sha256(data).hexdigest(), "overfill_reason": overfill_reason}
    await _record(uow, file=file, present=present, plan=plan)
    return plan


async def _load(session: ReadSession) -> Present:
    return Present(
        units=await unit_rows.timelines(session),
        positions=await position_rows.timelines(session),
        people=await rows.people(session),
        held=await rows.held(session),
        unit_ids={code: row_id for row_id, code in (await code_rows.unit_codes(session)).items()},
        position_ids={code: row_id for row_id, code in (await code_rows.position_codes(session)).items()},
    )


def _planned(reading: Reading, present: Present, *, forced: bool) -> Plan:
    findings = Findings(list(reading.field_errors))
    units, positions = reading.rows(UNIT_SHEET), reading.rows(POSITION_SHEET)
    employees, assignments = reading.rows(EMPLOYEE_SHEET), reading.rows(ASSIGNMENT_SHEET)
    employee_ids = {person.number: row_id for row_id, person in present.people.items()}
    for form, lines, known in (
        (UNIT_SHEET, units, present.unit_ids),
        (POSITION_SHEET, positions, present.position_ids),
        (EMPLOYEE_SHEET, employees, employee_ids),
    ):
        codes = ((line.row, line.value[0]) for line in lines)
        check_distinct(form.name, form.columns[0].header, codes, known, findings)
    new_units = _fresh((line.value.code for line in units), present.unit_ids)
    new_positions = _fresh((line.value.code for line in positions), present.position_ids)
    new_people = _fresh((line.value.number for line in employees), employee_ids)
    unit_ids = {**present.unit_ids, **new_units}
    position_ids = {**present.position_ids, **new_positions}
    laid = structure_import.planned(
        units,
        positions,
        unit_ids=unit_ids,
        position_ids=position_ids,
        present_units=present.units,
        present_positions=present.positions,
        findings=findings,
    )
    people = people_import.planned(
        employees,
        assignments,
        employee_ids={**employee_ids, **new_people},
        position_ids=position_ids,
        present_people=present.people,
        present_held=present.held,
        findings=findings,
    )
    if not findings.field_errors:  # what hangs on a faulty row would only be reported again and again
        unit_codes = {row_id: code for code, row_id in unit_ids.items()}
        position_codes = {row_id: code for code, row_id in position_ids.items()}
        structure_import.check(laid, unit_codes=unit_codes, position_codes=position_codes, findings=findings)
        people_import.check(
            people,
            positions=laid.positions,
            present_people=present.people,
            present_held=present.held,
            forced=forced,
            findings=findings,
        )
        check_positions(
            people_import.everybody(people, present.held),
            before=present.positions,
            after=laid.positions,
            origins=laid.position_origins,
            forced=forced,
            findings=findings,
        )
    if findings.field_errors:
        return Plan(field_errors=tuple(sorted(findings.field_errors, key=_place)))
    return _changes(present, laid, people, new_units, new_positions, new_people)


def _changes(
    present: Present,
    laid: Structure,
    people: People,
    new_units: dict[str, UUID],
    new_positions: dict[str, UUID],
    new_people: dict[str, UUID],
) -> Plan:
    return Plan(
        new_units=new_units,
        new_positions=new_positions,
        new_people=new_people,
        units={row_id: its for row_id, its in laid.units.items() if present.units.get(row_id) != its},
        positions={row_id: its for row_id, its in laid.positions.items() if present.positions.get(row_id) != its},
        people={row_id: person for row_id, person in people.people.items() if present.people.get(row_id) != person},
        held={held.id or new_id(): held for held in people.changed},
    )


def _place(fault: CellFault) -> tuple[int, int]:
    """Faults are shown from the first sheet's first row on; sheets that we do not know come before."""
    return next((place for place, form in enumerate(SHEETS.values()) if form.name == fault.sheet), -1), fault.row


def _fresh(codes: Iterable[str], known: Mapping[str, UUID]) -> dict[str, UUID]:
    return {code: new_id() for code in dict.fromkeys(codes) if code not in known}


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
    await import_trail.leave_all(uow, import_id=import_id, changes=records)


def _records(present: Present, plan: Plan) -> Iterator[Change]:
    """Each record made or changed; a person before the assignments, as they were made."""
    codes = {row_id: code for code, row_id in (*plan.new_units.items(), *plan.new_positions.items())}
    held = {held.id: held for held in present.held} if present.held else {}
    for row_id, unit in plan.units.items():
        yield Change("unit", row_id, present.units.get(row_id), unit, codes.get(row_id))
    for row_id, position in plan.positions.items():
        yield Change("position", row_id, present.positions.get(row_id), position, codes.get(row_id))
    for row_id, person in plan.people.items():
        yield Change("employee", row_id, present.people.get(row_id), person)
    for row_id, seat in plan.held.items():
        yield Change("assignment", row_id, held.get(row_id), seat)
