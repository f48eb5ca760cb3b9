"""Assignments in a file (ORG-14): laid over those that are stored, then checked against each other and headcounts."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import Text
from services.kit.periods import Period
from services.kit.spreadsheets import Line
from services.kit.timeline import Version, gaps
from services.org.exchange.domain import structure_import
from services.org.exchange.domain.roster import ASSIGNMENTS, POSITIONS, AssignmentLine, Findings, Origin, covered
from services.org.people.domain.assignment import RotationLength, check_rotation
from services.org.structure.domain.occupancy import MAIN, AssignmentKind, first_over_headcount
from services.org.structure.domain.position import PositionFacts

POSITION, KIND, FIRST, LAST = "岗位编码", "任职类型", "开始日期", "结束日期"


@dataclass(frozen=True)
class Held:
    """An assignment as it is or would be. ``id`` None: new."""

    id: UUID | None
    employee_id: UUID
    position_id: UUID
    kind: AssignmentKind
    valid: Period
    note: str | None = None
    overfill_reason: str | None = None
    revision: int = 1


class Seat(NamedTuple):
    """An assignment and the row of the file that speaks of it, 0 if none does."""

    held: Held
    row: int


def lay_seats(
    lines: Sequence[Line[AssignmentLine]],
    employee_id: UUID | None,
    stored: Iterable[Held],
    position_ids: Mapping[str, UUID],
    left: Collection[date | None],
    findings: Findings,
) -> tuple[list[Seat], list[Held]]:
    """All assignments of a person with the rows of the file laid over them, and those that the rows make or change.

    ``left`` are the days from which on the person works here no more.
    """
    changed = []
    laid = {(held.position_id, held.kind, held.valid.start): Seat(held, 0) for held in stored}
    for line in lines:
        said = line.value
        days = findings.period(ASSIGNMENTS, line, LAST)
        position_id = findings.known(ASSIGNMENTS, line.row, POSITION, said.position, position_ids)
        if days is None or employee_id is None or position_id is None:
            continue
        key = position_id, said.kind, days.start
        known = laid.get(key)
        if known is not None and known.row:
            expected = Text(f"不与第 {known.row} 行重复", f"not the same as row {known.row}")
            findings.add(ASSIGNMENTS, line.row, FIRST, days.start, expected)
            continue
        if said.kind is AssignmentKind.ROTATION:
            _check_rotation(line, days, left, findings)
        held = (
            _as_told(said, days, known.held)
            if known
            else Held(None, employee_id, position_id, said.kind, days, said.note)
        )
        if known is None or held is not known.held:
            changed.append(held)
        laid[key] = Seat(held, line.row)
    return list(laid.values()), changed


def _as_told(said: AssignmentLine, days: Period, present: Held) -> Held:
    if (present.valid, present.note) == (days, said.note):
        return present
    return replace(present, valid=days, note=said.note, revision=present.revision + 1)


def _check_rotation(
    line: Line[AssignmentLine], days: Period, left: Collection[date | None], findings: Findings
) -> None:
    try:
        check_rotation(days, left)
    except RotationLength as refused:
        findings.add(ASSIGNMENTS, line.row, LAST, line.value.last, refused.field_errors[0].expected)


def check_overlaps(seats: Sequence[Seat], findings: Findings) -> None:
    """Find a position held at once by one person, and two main seats at once."""
    groups: dict[object, list[Seat]] = defaultdict(list)
    for seat in seats:
        groups[seat.held.position_id].append(seat)
        if seat.held.kind in MAIN:
            groups[MAIN].append(seat)
    told: set[int] = set()
    for group in groups.values():
        for clashing, other in _clashes(group):
            if clashing.row not in told:
                told.add(clashing.row)
                until = other.last or "…"
                expected = Text(
                    f"不与 {other.start} 至 {until} 的任职重叠",
                    f"no overlap with the assignment {other.start} to {until}",
                )
                findings.add(ASSIGNMENTS, clashing.row, FIRST, clashing.held.valid.start, expected)


def _clashes(seats: Iterable[Seat]) -> list[tuple[Seat, Period]]:
    """Seats of the file that overlap another of the group, with the days of that one.

    What is stored does not overlap, and rows of the file count as later, so that the finding falls on them.
    """
    found = []
    reach: Seat | None = None
    for seat in sorted(seats, key=lambda seat: (seat.held.valid.start, seat.row)):
        days = seat.held.valid
        if reach is not None and reach.held.valid.contains(days.start) and (seat.row or reach.row):
            found.append((seat, reach.held.valid) if seat.row else (reach, days))
        end = reach.held.valid.end if reach else date.min
        if end is not None and (days.end is None or days.end > end):
            reach = seat
    return found


def check_headcounts(
    seats: Iterable[Seat],
    touched: Container[UUID],
    positions: Mapping[UUID, Sequence[Version[PositionFacts]]],
    findings: Findings,
) -> None:
    """Find positions among ``touched`` in which ``seats`` puts more people than there are places."""
    main: dict[UUID, list[Seat]] = defaultdict(list)
    for seat in seats:
        if seat.held.position_id in touched and seat.held.kind in MAIN:
            main[seat.held.position_id].append(seat)
    for position_id, its_seats in main.items():
        limits = [(version.valid, version.facts.headcount) for version in positions.get(position_id, ())]
        worst = first_over_headcount(limits, [seat.held.valid for seat in its_seats])
        rows = [seat.row for seat in its_seats if worst and seat.held.valid.contains(worst[0])]
        if worst is not None and any(rows):
            day, count, headcount = worst
            expected = Text(
                f"{day} 不超过编制 {headcount} 人（现为 {count} 人）",
                f"at most {headcount} people on {day} (now {count})",
            )
            findings.add(ASSIGNMENTS, max(rows), POSITION, None, expected)


def check_positions(
    seats: Iterable[Seat],
    *,
    before: Mapping[UUID, Sequence[Version[PositionFacts]]],
    after: Mapping[UUID, Sequence[Version[PositionFacts]]],
    origins: Mapping[UUID, Origin],
    forced: bool,
    findings: Findings,
) -> None:
    """Find positions that a file ends while somebody is there of whom it says nothing, or, unless ``forced``, to which
    it gives fewer places than before and than are taken.
    """
    known = origins.keys() & before.keys()
    held_in: dict[UUID, list[Seat]] = defaultdict(list)
    for seat in seats if known else ():
        if seat.held.position_id in known:
            held_in[seat.held.position_id].append(seat)
    for position_id, its_seats in held_in.items():
        origin, in_force = origins[position_id], [version.valid for version in after[position_id]]
        outside = (seat.held.valid for seat in its_seats if not seat.row and not covered(seat.held.valid, in_force))
        for valid in islice(outside, 1):
            day = gaps(valid, in_force)[0].start
            expected = Text(f"更晚的日期：{day} 仍有人任职", f"a later day: somebody still holds it on {day}")
            findings.add(POSITIONS, origin.last_row, structure_import.LAST, None, expected)
        main = [seat.held.valid for seat in its_seats if seat.held.kind in MAIN]
        worst = None if forced else first_over_headcount(_lowered(before[position_id], after[position_id]), main)
        if worst is not None:
            day, count, headcount = worst
            expected = Text(f"{day} 不少于在职的 {count} 人", f"at least the {count} people there on {day}")
            findings.add(POSITIONS, origin.row(day), structure_import.HEADCOUNT, headcount, expected)


def _lowered(
    before: Iterable[Version[PositionFacts]], after: Sequence[Version[PositionFacts]]
) -> list[tuple[Period, int]]:
    """The new headcounts where they are lower than the old, with their days."""
    pairs = ((old.valid.overlap(new.valid), old.facts, new.facts) for old in before for new in after)
    return [(days, new.headcount) for days, old, new in pairs if days and new.headcount < old.headcount]
