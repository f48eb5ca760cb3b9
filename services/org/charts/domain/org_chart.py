"""An org chart as of a day: units with head, positions, people and vacancies, nested as the tree is (ORG-13)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from uuid import UUID

from services.org.structure.domain.occupancy import HOLDING, MAIN, AssignmentKind
from services.org.structure.domain.unit import UnitKind


@dataclass(frozen=True)
class Headcount:
    """How many people positions allow, how many have their main assignment there, how many are missing or too many."""

    headcount: int = 0
    filled: int = 0
    vacant: int = 0
    over_headcount: int = 0

    def __add__(self, other: "Headcount") -> "Headcount":
        """Both together."""
        return Headcount(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Person:
    """A person in a position."""

    id: UUID
    number: str
    name: str
    kind: AssignmentKind


@dataclass(frozen=True)
class ChartPosition:
    """A position with the people in it, who counts as holder first."""

    id: UUID
    code: str
    title: str
    title_en: str
    headcount: int
    people: tuple[Person, ...]

    @property
    def vacant(self) -> int:
        """Number of vacancies within the headcount."""
        return max(self.headcount - sum(1 for person in self.people if person.kind in MAIN), 0)

    @property
    def holder(self) -> Person | None:
        """Who counts as the holder: nobody who is there for a project only."""
        return next((person for person in self.people if person.kind in HOLDING), None)


@dataclass(frozen=True)
class ChartUnit:
    """A unit of the chart. ``children`` counts the units right beneath it, whether the chart shows them or not."""

    id: UUID
    parent_id: UUID | None
    level: int
    code: str
    name: str
    name_en: str
    kind: UnitKind
    head: ChartPosition | None
    positions: tuple[ChartPosition, ...]
    own: Headcount
    total: Headcount
    children: int


@dataclass(frozen=True)
class ChartNode:
    """A unit with the units beneath it that the chart shows, by code."""

    unit: ChartUnit
    beneath: tuple["ChartNode", ...]


def precedence(person: Person) -> tuple[int, str]:
    """The order of people within a position: main holders, acting, concurrent, then project members."""
    place = HOLDING.index(person.kind) if person.kind in HOLDING else len(HOLDING)
    return max(0, place - 1), person.number


def nested(units: Iterable[ChartUnit]) -> tuple[ChartNode, ...]:
    """The units as trees; those whose parent is not among them are roots."""
    known: Sequence[ChartUnit] = sorted(units, key=lambda unit: unit.code)
    ids = {unit.id for unit in known}
    beneath: dict[UUID | None, list[ChartUnit]] = defaultdict(list)
    for unit in known:
        beneath[unit.parent_id if unit.parent_id in ids else None].append(unit)
    finished: dict[UUID, ChartNode] = {}
    for unit in sorted(known, key=lambda each: -each.level):
        finished[unit.id] = ChartNode(unit, tuple(finished[child.id] for child in beneath[unit.id]))
    return tuple(finished[unit.id] for unit in beneath[None])
