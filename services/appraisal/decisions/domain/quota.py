"""Quotas of grades in whole people, and whom a small unit is counted together with (APR-12)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from services.appraisal.library.domain.grade import Grade
from services.kit.errors import Text, joined
from services.kit.money import round_half_up

Path = tuple[UUID, ...]

ALONE = Text(
    "本单元 {own} 人，不少于 {minimum} 人，比例在本单元内计算。",
    "The unit has {own} people, no fewer than {minimum}: its quota is counted in it alone.",
)
MERGED = Text(
    "本单元 {own} 人，不足 {minimum} 人，比例按 {names} 共 {people} 人合并计算。",
    "The unit has {own} people, fewer than {minimum}: its quota is counted over {names}, {people} people in all.",
)
TOO_FEW = Text(
    "可合并的范围内共 {people} 人，仍不足 {minimum} 人，比例按 {names} 计算。",
    "All that can be merged has {people} people, fewer than {minimum}: the quota is counted over {names}.",
)
CUT = Text("允许人数 = 比例 × 人数，舍去小数取整。", "People allowed = share × people, rounded down to whole people.")


@dataclass(frozen=True)
class GradeCounts:
    """How many people have which grade: as computed, and as it is now after calibration, appeals and corrections."""

    computed: Mapping[Grade, int]
    present: Mapping[Grade, int]

    @property
    def people(self) -> int:
        """How many people there are."""
        return sum(self.present.values())


@dataclass(frozen=True)
class Share:
    """One grade's part of a unit. ``cumulative`` counts this grade and all better ones; percentages have 2 places.

    ``computed``: how many had it before any decision. ``reached`` and ``allowed`` count people with this grade or a
    better one among those over whom the quota is counted, who may be more than the unit's.
    """

    grade: Grade
    count: int
    computed: int
    percent: Decimal
    cumulative: Decimal
    quota: Decimal | None
    reached: int
    allowed: int | None

    @property
    def exceeded(self) -> bool:
        """Whether more people have this grade or a better one than the quota allows."""
        return self.allowed is not None and self.reached > self.allowed


def allowed_people(quota: Decimal, people: int) -> int:
    """``quota`` percent of ``people``, cut to whole people."""
    return int(Fraction(quota) * people / 100)


def distribution(unit: GradeCounts, quota: Mapping[Grade, Decimal], group: GradeCounts) -> list[Share]:
    """The grades of a unit from the best down, each compared with its cumulative quota among the
    people of ``group``.
    """
    shares, so_far, reached = [], 0, 0
    for grade in Grade:
        count = unit.present.get(grade, 0)
        so_far += count
        reached += group.present.get(grade, 0)
        share = quota.get(grade)
        shares.append(
            Share(
                grade,
                count,
                unit.computed.get(grade, 0),
                _percent(count, unit.people),
                _percent(so_far, unit.people),
                share,
                reached,
                None if share is None else allowed_people(share, group.people),
            )
        )
    return shares


def quota_group(path: Sequence[UUID], people: Mapping[Path, int], minimum: int) -> tuple[UUID, ...]:
    """The units over whose subtrees a unit's quota is counted.

    The unit itself, if it has ``minimum`` people; otherwise the unit together with its small siblings, if they have
    enough people together; otherwise its parent, by the same rule. Every unit of such a group has the same group.

    Args:
        path: the unit with everything above it, from the root on.
        people: how many people sit in the unit at the end of each path, subtrees not included.
        minimum: fewer people than this are merged.
    """
    totals: Counter[UUID] = Counter()
    children: dict[UUID, set[UUID]] = defaultdict(set)
    for way, count in people.items():
        for unit in way:
            totals[unit] += count
        for parent, child in pairwise(way):
            children[parent].add(child)
    for depth in range(len(path) - 1, 0, -1):
        unit, parent = path[depth], path[depth - 1]
        if totals[unit] >= minimum:
            return (unit,)
        small = {unit, *(child for child in children[parent] if 0 < totals[child] < minimum)}
        if sum(totals[each] for each in small) >= minimum:
            return tuple(sorted(small))
    return (path[0],)


def explained(own: int, people: int, minimum: int, names: Sequence[Text]) -> Text:
    """Whom a unit's quota is counted over, and how, for people.

    ``own``: people of the unit; ``people``: those of the units called ``names``.
    """
    said = ALONE if own >= minimum else MERGED if people >= minimum else TOO_FEW
    listed = joined(names)
    facts = {"own": own, "people": people, "minimum": minimum}
    return Text(
        said.zh.format(**facts, names=listed.zh) + CUT.zh, f"{said.en.format(**facts, names=listed.en)} {CUT.en}"
    )


def _percent(part: int, whole: int) -> Decimal:
    return round_half_up(Fraction(100 * part, whole) if whole else Fraction(0))
