"""Whether the positions into which people are put are in force and have room (ORG-02, ORG-07)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.kit.periods import Period
from services.kit.timeline import Version
from services.org.people.domain.career import Career, gained
from services.org.structure.domain.occupancy import require_headcount
from services.org.structure.domain.position import PositionFacts
from services.org.structure.domain.references import POSITION, require_in_force


@dataclass(frozen=True)
class PositionUse:
    """A position over time, and the days on which other people are mainly assigned to it."""

    versions: Sequence[Version[PositionFacts]] = ()
    filled: Sequence[Period] = ()


def positions_concerned(was: Career, now: Career) -> list[UUID]:
    """The positions of all assignments that differ, in the order in which they are to be locked."""
    return sorted({assignment.position_id for assignment in {*was.assignments} ^ {*now.assignments}})


def require_positions(was: Career, now: Career, positions: Mapping[UUID, PositionUse]) -> None:
    """Accept a change of a career if its positions are in force and have room from the first day that is new.

    A reason for exceeding the headcount makes up for missing room. ``positions`` has those of
    ``positions_concerned``.

    Raises:
        ReferenceNotInForce, HeadcountExceeded.
    """
    for assignment, added in gained(was, now):
        if not added:
            continue
        position_id = assignment.position_id
        use = positions[position_id]
        in_force = [version.valid for version in use.versions]
        require_in_force("/position_id", position_id, assignment.valid, in_force, POSITION)
        if assignment.is_main and assignment.overfill_reason is None:
            own = [each.valid for each in now.assignments if each.is_main and each.position_id == position_id]
            limits = [(version.valid, version.facts.headcount) for version in use.versions]
            require_headcount(limits, [*use.filled, *own], since=added[0].start, pointer="/position_id")
