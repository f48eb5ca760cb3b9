"""The whole organisation over some days as one consistent stream, for other services to keep (design §6)."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.kit.database.sessions import ReadSession
from services.kit.periods import Period
from services.kit.timeline import Facts, Version, at
from services.org.exchange.store import snapshots as rows
from services.org.people.domain.incumbent import Incumbent
from services.org.people.domain.reporting import Positions, ReportingLines, Units
from services.org.structure.store import positions as position_rows
from services.org.structure.store import units as unit_rows

Line = dict[str, object]


@dataclass(frozen=True)
class Organisation:
    """The content of a snapshot, loaded at one moment."""

    span: Period
    last: date
    unit_codes: Mapping[UUID, str]
    units: Units
    places: Mapping[UUID, Sequence[rows.Place]]
    position_codes: Mapping[UUID, str]
    positions: Positions
    people: Sequence[rows.Person]
    assignments: Sequence[tuple[UUID, Incumbent]]
    absences: Sequence[rows.Away]


async def load(session: ReadSession, *, span: Period, last: date, absences: bool, people: bool = True) -> Organisation:
    """Read what is needed for ``span``, which ends with ``last``; at most eight statements, whatever the size.

    ``session`` must see one moment throughout.
    """
    return Organisation(
        span=span,
        last=last,
        unit_codes=await rows.unit_codes(session),
        units=await unit_rows.timelines(session),
        places=await rows.places(session, span),
        position_codes=await rows.position_codes(session),
        positions=await position_rows.timelines(session),
        people=await rows.people(session, span) if people else (),
        assignments=await rows.assignments(session, span) if people else (),
        absences=await rows.absences(session, span) if absences else (),
    )


async def lines(organisation: Organisation, *, taken_at: datetime) -> AsyncIterator[Line]:
    """The lines of the snapshot, the end line left out.

    Units and positions appear as of their last day in the span; managers as of the last day of the assignment in it.
    """
    first, last = organisation.span.start, organisation.last
    yield {"kind": "snapshot", "valid_from": str(first), "valid_to": str(last), "taken_at": taken_at.isoformat()}
    reporting = ReportingLines(
        organisation.units, organisation.positions, (assignment for _, assignment in organisation.assignments)
    )
    for part in (_units(organisation, reporting), _positions(organisation), _people(organisation)):
        for line in part:
            yield line
    assignments = _Assignments(organisation, reporting)
    for assignment_id, assignment in organisation.assignments:
        yield assignments.line(assignment_id, assignment)
    for away in organisation.absences:
        yield {
            "kind": "absence",
            "id": str(away.id),
            "employee_id": str(away.employee_id),
            "absence_kind": away.kind,
            "valid_from": str(away.valid.start),
            "valid_to": _text(away.valid.last),
        }


def _units(organisation: Organisation, reporting: ReportingLines) -> Iterator[Line]:
    for unit_id, code in organisation.unit_codes.items():
        version = _latest(organisation.units.get(unit_id, ()), organisation)
        if version is None:
            continue
        day = _last_day(version.valid, organisation)
        head = version.facts.head_position_id
        yield {
            "kind": "unit",
            "id": str(unit_id),
            "code": code,
            "name": version.facts.name,
            "name_en": version.facts.name_en,
            "unit_kind": version.facts.kind.value,
            "special": version.facts.special,
            "parent_id": _text(version.facts.parent_id),
            "path": _path(organisation, unit_id, day),
            "head_position_id": _text(head),
            "head_employee_id": _text(reporting.holder(head, day) if head else None),
        }


def _positions(organisation: Organisation) -> Iterator[Line]:
    for position_id, code in organisation.position_codes.items():
        version = _latest(organisation.positions.get(position_id, ()), organisation)
        if version is not None:
            yield {
                "kind": "position",
                "id": str(position_id),
                "code": code,
                "title": version.facts.title,
                "title_en": version.facts.title_en,
                "unit_id": str(version.facts.unit_id),
                "track": version.facts.track.value,
                "grade": version.facts.grade,
            }


def _people(organisation: Organisation) -> Iterator[Line]:
    for person in organisation.people:
        yield {
            "kind": "employee",
            "id": str(person.id),
            "number": person.number,
            "name": person.name,
            "hired_on": str(person.employed.start),
            "probation_until": person.probation_until,
            "left_on": _text(person.employed.last),
        }


class _Place(NamedTuple):
    """What is the same for everyone who holds a position on a day."""

    position_id: str
    unit_id: str | None
    path: list[str]
    managers: list[str]


class _Assignments:
    """Writes assignments; the common data of a position's holders is serialised only once."""

    def __init__(self, organisation: Organisation, reporting: ReportingLines) -> None:
        self._organisation = organisation
        self._reporting = reporting
        self._places: dict[tuple[UUID, date], _Place] = {}

    def line(self, assignment_id: UUID, assignment: Incumbent) -> Line:
        """One assignment, with unit and managers as of its last day in the span."""
        place = self._place(assignment.position_id, _last_day(assignment.valid, self._organisation))
        employee_id = str(assignment.employee_id)
        chain = place.managers
        if employee_id in chain:
            chain = [manager for manager in chain if manager != employee_id]
        return {
            "kind": "assignment",
            "id": str(assignment_id),
            "employee_id": employee_id,
            "position_id": place.position_id,
            "unit_id": place.unit_id,
            "unit_path": place.path,
            "assignment_kind": assignment.kind.value,
            "valid_from": str(assignment.valid.start),
            "valid_to": _text(assignment.valid.last),
            "manager_id": chain[0] if chain else None,
            "manager_chain": chain,
        }

    def _place(self, position_id: UUID, day: date) -> _Place:
        known = self._places.get((position_id, day))
        if known is None:
            position = at(self._organisation.positions.get(position_id, ()), day)
            unit_id = position.facts.unit_id if position else None
            path = _path(self._organisation, unit_id, day) if unit_id else []
            managers = [str(manager) for manager in self._reporting.holders_above(position_id, day)]
            known = _Place(str(position_id), _text(unit_id), path, managers)
            self._places[position_id, day] = known
        return known


def _latest(versions: Sequence[Version[Facts]], organisation: Organisation) -> Version[Facts] | None:
    """The last version in the span, None if there is none in it."""
    within = [version for version in versions if version.valid.overlap(organisation.span)]
    return max(within, key=lambda version: version.valid.start, default=None)


def _last_day(valid: Period, organisation: Organisation) -> date:
    return organisation.last if valid.last is None else min(valid.last, organisation.last)


def _path(organisation: Organisation, unit_id: UUID, day: date) -> list[str]:
    for place in organisation.places.get(unit_id, ()):
        if place.valid.contains(day):
            return [str(step) for step in place.path]
    return []


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
