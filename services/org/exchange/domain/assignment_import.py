"""Positions compared with everyone who would be in them after an import: headcounts, and
positions that end (ORG-14).
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import Text
from services.kit.periods import Period
from services.kit.timeline import Version, gaps
from services.org.exchange.domain import structure_import
from services.org.exchange.domain.roster import ASSIGNMENTS, POSITIONS, Findings, Origin, covered
from services.org.structure.domain.occupancy import MAIN, AssignmentKind, first_over_headcount
from services.org.structure.domain.position import PositionFacts

POSITION = "岗位编码"


class Occupant(NamedTuple):
    """A person in a position for some days, with the row of the file that says so, 0 if none does."""

    position_id: UUID
    kind: AssignmentKind
    valid: Period
    row: int = 0


def check_headcounts(
    occupants: Iterable[Occupant],
    touched: Container[UUID],
    positions: Mapping[UUID, Sequence[Version[PositionFacts]]],
    findings: Findings,
) -> None:
    """Find positions among ``touched`` in which ``occupants`` puts more people than there are places."""
    main: dict[UUID, list[Occupant]] = defaultdict(list)
    for each in occupants:
        if each.position_id in touched and each.kind in MAIN:
            main[each.position_id].append(each)
    for position_id, its_occupants in main.items():
        limits = [(version.valid, version.facts.headcount) for version in positions.get(position_id, ())]
        worst = first_over_headcount(limits, [each.valid for each in its_occupants])
        rows = [each.row for each in its_occupants if worst and each.valid.contains(worst[0])]
        if worst is not None and any(rows):
            day, count, headcount = worst
            expected = Text(
                f"{day} 不超过编制 {headcount} 人（现为 {count} 人）",
                f"at most {headcount} people on {day} (now {count})",
            )
            findings.add(ASSIGNMENTS, max(rows), POSITION, None, expected)


def check_positions(
    occupants: Iterable[Occupant],
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
    held_in: dict[UUID, list[Occupant]] = defaultdict(list)
    for each in occupants if known else ():
        if each.position_id in known:
            held_in[each.position_id].append(each)
    for position_id, its_occupants in held_in.items():
        origin, in_force = origins[position_id], [version.valid for version in after[position_id]]
        outside = (each.valid for each in its_occupants if not each.row and not covered(each.valid, in_force))
        for valid in islice(outside, 1):
            day = gaps(valid, in_force)[0].start
            expected = Text(f"更晚的日期：{day} 仍有人任职", f"a later day: somebody still holds it on {day}")
            findings.add(POSITIONS, origin.last_row, structure_import.LAST, None, expected)
        main = [each.valid for each in its_occupants if each.kind in MAIN]
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
