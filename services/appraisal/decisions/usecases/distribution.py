"""The distribution of grades, compared with a quota that small units share (APR-12)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.appraisal.cycles.domain.cycle import RESULTS_EXIST
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import POLICIES
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.quota import GradeCounts, Share, distribution, explained, quota_group
from services.appraisal.decisions.store import calibrations as calibration_store
from services.appraisal.library.domain.grade import Grade
from services.appraisal.scoring.store import results as store
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text
from services.kit.identity import Caller, Role

_READERS = (Role.HR, Role.AUDITOR)


@dataclass(frozen=True)
class QuotaGroup:
    """Whom a unit's quota is counted over: the units, by id, with their names; how many people; why, for people."""

    units: Mapping[UUID, Text]
    people: int
    explanation: Text


@dataclass(frozen=True)
class GradeDistribution:
    """A distribution; its group is None where there is no one unit."""

    people: int
    shares: list[Share]
    group: QuotaGroup | None


async def grade_distribution(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, unit_id: UUID | None
) -> GradeDistribution:
    """The grades of a unit's people, with the quota of its newest calibration; a small unit's over a larger group.

    Nothing outside the caller's scope is counted.

    Raises:
        NoCycle: there is none of that id.
        NotNow: nothing is scored yet.
    """
    cycle = await cycle_store.find(session, cycle_id)
    demand_state(cycle.state, *RESULTS_EXIST)
    units = caller.units_of(*_READERS)
    own = await _counts(session, cycle_id, None if unit_id is None else (unit_id,), units)
    frozen = None if unit_id is None else await cycle_store.unit_path(session, cycle_id, unit_id)
    if unit_id is None or frozen is None:
        return GradeDistribution(own.people, distribution(own, {}, own), None)
    minimum = POLICIES.load(cycle.policy).quota_minimum
    merged: tuple[UUID, ...] = (unit_id,)
    counted = own
    if own.people < minimum:
        people = await store.people_by_path(session, cycle_id, units)
        merged = quota_group(frozen[1], people, minimum)
        counted = await _counts(session, cycle_id, merged, units)
    names = await cycle_store.unit_names(session, cycle_id, merged)
    explanation = explained(own.people, counted.people, minimum, list(names.values()))
    quota = await calibration_store.newest_quota(session, cycle_id, unit_id)
    shares = distribution(own, {Grade(grade): Decimal(share) for grade, share in quota.items()}, counted)
    return GradeDistribution(own.people, shares, QuotaGroup(names, counted.people, explanation))


async def _counts(
    session: ReadSession, cycle_id: UUID, unit_ids: tuple[UUID, ...] | None, units: tuple[UUID, ...] | None
) -> GradeCounts:
    computed: Counter[Grade] = Counter()
    present: Counter[Grade] = Counter()
    for before, now, count in await store.grade_counts(session, cycle_id, unit_ids, units):
        computed[before] += count
        present[now] += count
    return GradeCounts(computed, present)
