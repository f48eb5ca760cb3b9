"""Who reports to whom (ORG-08).

A position's superior is the position it reports to; if none is named, the head of its unit, or, for a head, the head
of the next unit above that has one. A person's managers are the holders of the positions on that way up; vacant
positions are skipped, and so is the person themselves where they stand in for their own superior.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.kit.periods import Period
from services.kit.timeline import Version, at
from services.org.people.domain.incumbent import Incumbent, holder
from services.org.structure.domain.position import PositionFacts
from services.org.structure.domain.tree import Edge
from services.org.structure.domain.unit import UnitFacts

Units = Mapping[UUID, Sequence[Version[UnitFacts]]]
Positions = Mapping[UUID, Sequence[Version[PositionFacts]]]


def superior(position_id: UUID, day: date, units: Units, positions: Positions) -> UUID | None:
    """The position to which ``position_id`` reports on ``day``, None at the top or when it is not in force."""
    position = at(positions.get(position_id, ()), day)
    if position is None:
        return None
    if position.facts.reports_to_id is not None:
        return position.facts.reports_to_id
    unit_id: UUID | None = position.facts.unit_id
    while unit_id is not None:
        unit = at(units.get(unit_id, ()), day)
        if unit is None:
            return None
        if unit.facts.head_position_id not in {None, position_id}:
            return unit.facts.head_position_id
        unit_id = unit.facts.parent_id
    return None


def superiors(units: Units, positions: Positions) -> dict[UUID, list[Edge]]:
    """Every position's superior over all its days. Needs a unit tree without circles."""
    return {
        position_id: [edge for version in versions for edge in _edges(position_id, version, units)]
        for position_id, versions in positions.items()
    }


def _edges(position_id: UUID, version: Version[PositionFacts], units: Units) -> Iterable[Edge]:
    if version.facts.reports_to_id is not None:
        yield Edge(version.valid, version.facts.reports_to_id)
        return
    waiting: list[tuple[UUID, Period]] = [(version.facts.unit_id, version.valid)]
    while waiting:
        unit_id, days = waiting.pop()
        for unit in units.get(unit_id, ()):
            shared = unit.valid.overlap(days)
            if shared is None:
                continue
            if unit.facts.head_position_id not in {None, position_id}:
                yield Edge(shared, unit.facts.head_position_id)
            elif unit.facts.parent_id is None:
                yield Edge(shared, None)
            else:
                waiting.append((unit.facts.parent_id, shared))


class ReportingLines:
    """Managers of many people at once, each way up walked once a day that is asked for."""

    def __init__(self, units: Units, positions: Positions, incumbents: Iterable[Incumbent]) -> None:
        self._units = units
        self._positions = positions
        self._incumbents: dict[UUID, list[Incumbent]] = defaultdict(list)
        for incumbent in incumbents:
            self._incumbents[incumbent.position_id].append(incumbent)
        self._above: dict[tuple[UUID, date], tuple[UUID, ...]] = {}

    def holder(self, position_id: UUID, day: date) -> UUID | None:
        """Who counts as the holder of a position."""
        held = holder(self._incumbents.get(position_id, ()), day)
        return None if held is None else held.employee_id

    def chain(self, employee_id: UUID, position_id: UUID, day: date) -> list[UUID]:
        """The managers of a person in ``position_id``, the nearest first, each only once."""
        return [manager for manager in self.holders_above(position_id, day) if manager != employee_id]

    def holders_above(self, position_id: UUID, day: date) -> tuple[UUID, ...]:
        """Who holds the positions above a position, the nearest first, nobody twice."""
        known = self._above.get((position_id, day))
        if known is not None:
            return known
        way = self._way_up(position_id, day)
        holders: tuple[UUID, ...] = self._above.get((way[-1], day), ())
        for above, below in reversed(list(zip(way[1:], way[:-1], strict=True))):
            held = holder(self._incumbents.get(above, ()), day)
            if held is not None:
                holders = (held.employee_id, *(other for other in holders if other != held.employee_id))
            self._above[below, day] = holders
        self._above.setdefault((position_id, day), ())
        return self._above[position_id, day]

    def _way_up(self, position_id: UUID, day: date) -> list[UUID]:
        """The positions from this one up to the top or to one whose way is known already; ends even in a circle."""
        way = [position_id]
        while (way[-1], day) not in self._above:
            above = superior(way[-1], day, self._units, self._positions)
            if above is None or above in way:
                break
            way.append(above)
        return way
