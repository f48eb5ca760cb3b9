"""What a cycle, its grades and its indicators look like from above: for HR, executives, auditors and managers (APR-20).

Each counts what its reader may see: the units of a role, and the people below a manager.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.cycle import RESULTS_EXIST, Cycle, CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import CycleRow
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.library.domain.indicator import Indicator
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.reports.domain.comparison import (
    CardLine,
    Perspective,
    Tally,
    TrendPoint,
    attainment_of,
    compare,
    perspectives,
    weights_of,
)
from services.appraisal.reports.domain.lateness import Lateness
from services.appraisal.reports.domain.unit_rows import Counts, Unit, UnitRows, unit_rows
from services.appraisal.reports.store import reports as store
from services.appraisal.reports.store.reports import Sight
from services.appraisal.reports.store.tallies import Wanted, measured_items, tally
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Text, existing
from services.kit.identity import Caller, Role

READERS: Final = (Role.HR, Role.AUDITOR, Role.EXECUTIVE)
MOST_CYCLES: Final = 12
"""So many cycles back a trend reaches."""


class NoReport(NotFound):
    """There is nothing of that to report, or nothing that the caller may see."""

    code = "no_report"
    zh = "没有可查看的报表：没有该单元或指标的数据，或您无权查看。"
    en = "There is no such report: there is no data about that unit or indicator, or you may not see it."


@dataclass(frozen=True)
class UnitReport:
    """A cycle by units. ``late``: only of a report of progress."""

    cycle: Cycle
    rows: UnitRows
    lateness: Lateness | None = None


@dataclass(frozen=True)
class Trend:
    """An indicator over the cycles of one frequency; ``unit_name`` None: of everything that the caller sees."""

    indicator: Indicator
    frequency: Frequency
    kind: SubjectKind
    unit_name: Text | None
    points: Sequence[TrendPoint]


@dataclass(frozen=True)
class Scorecard:
    """A unit in a cycle by perspectives: by its own form, or by those of the people in it where it has none."""

    cycle: Cycle
    unit_id: UUID
    unit_name: Text
    kind: SubjectKind
    perspectives: Sequence[Perspective]
    attainment: Decimal | None


def sight_of(caller: Caller) -> Sight:
    """Whose forms count for a caller."""
    return Sight(caller.units_of(*READERS), caller.employee_id)


async def report_progress(
    session: ReadSession, *, caller: Caller, today: date, cycle_id: UUID, unit_id: UUID | None
) -> UnitReport:
    """How far a cycle is, by units, and who is late.

    Raises:
        NoCycle: there is none of that id.
        NoReport: nothing of it is for the caller.
    """
    row = await cycle_store.find(session, cycle_id)
    sight = sight_of(caller)
    counts = await store.goal_counts(session, cycle_id, sight)
    for unit, ratings in (await store.rating_counts(session, cycle_id, sight)).items():
        counts.setdefault(unit, Counter()).update(ratings)
    rows = await _rows(session, caller, row, counts, unit_id, minimum=0)
    due = {CycleState.GOAL_SETTING.value: row.goals_due_on, CycleState.EVALUATING.value: row.ratings_due_on}
    due_on = due.get(row.state)
    if due_on is None or due_on >= today:
        return UnitReport(row.value, rows, Lateness(due_on, 0, []))
    count, items = await store.late(session, row, sight, unit_id)
    return UnitReport(row.value, rows, Lateness(due_on, count, items))


async def report_grades(session: ReadSession, *, caller: Caller, cycle_id: UUID, unit_id: UUID | None) -> UnitReport:
    """How grades are distributed over units, before and after decisions; small groups do not show.

    Raises:
        NoCycle: there is none of that id.
        NotNow: nothing is scored yet.
        NoReport: nothing of it is for the caller.
    """
    row = await cycle_store.find(session, cycle_id)
    demand_state(row.state, *RESULTS_EXIST)
    counts = await store.grade_counts(session, cycle_id, sight_of(caller))
    return UnitReport(row.value, await _rows(session, caller, row, counts, unit_id))


async def report_trend(
    session: ReadSession,
    *,
    caller: Caller,
    indicator: str,
    frequency: Frequency,
    kind: SubjectKind,
    unit_id: UUID | None,
) -> Trend:
    """An indicator's actuals against targets, cycle by cycle.

    Raises:
        NoReport: there is no such indicator or unit, or nothing of it is for the caller.
    """
    sight = sight_of(caller)
    known = existing((await indicator_store.latest(session, [indicator])).get(indicator), NoReport)
    name, path = (None, []) if unit_id is None else existing(await store.place_of(session, unit_id), NoReport)
    cycles = await store.recent_cycles(session, frequency.value, MOST_CYCLES)
    ids = [row.id for row in cycles]
    wanted = await measured_items(session, ids, indicator)
    found = await tally(session, sight, cycle_ids=ids, wanted=wanted, kind=kind, unit_id=unit_id)
    if not found:
        await _demand_something(session, caller, sight, path)
    by_cycle = {each.cycle_id: each for each in found}
    points = [
        TrendPoint(row.id, row.code, row.name, row.value.period, compare(by_cycle[row.id], known.facts.rule, kind))
        for row in cycles
        if row.id in by_cycle
    ]
    return Trend(known, frequency, kind, name, points)


async def report_scorecard(session: ReadSession, *, caller: Caller, cycle_id: UUID, unit_id: UUID) -> Scorecard:
    """A unit by perspectives: actuals against targets of its own form, or of its people's where it has none.

    Raises:
        NoCycle: there is none of that id.
        NoReport: there is no such unit in it, or nothing of it is for the caller.
    """
    row = await cycle_store.find(session, cycle_id)
    sight = sight_of(caller)
    frozen = existing(await cycle_store.unit_path(session, cycle_id, unit_id), NoReport)
    wanted = await measured_items(session, [cycle_id], None)
    found: list[Tally] = []
    kind = SubjectKind.UNIT
    for kind in (SubjectKind.UNIT, SubjectKind.EMPLOYEE):
        found = await tally(session, sight, cycle_ids=[cycle_id], wanted=wanted, kind=kind, unit_id=unit_id)
        if found:
            break
    if not found:
        await _demand_something(session, caller, sight, frozen[1])
    lines = await _lines(session, found, wanted, kind)
    attainment = attainment_of([line for _, line in lines])
    return Scorecard(row.value, unit_id, frozen[0], kind, perspectives(lines), attainment)


async def _lines(
    session: ReadSession, found: Sequence[Tally], wanted: Sequence[Wanted], kind: SubjectKind
) -> list[tuple[str, CardLine]]:
    items = {each.item.indicator: each.item for each in wanted}
    known = await indicator_store.latest(session, [each.indicator for each in found])
    weights = weights_of(found, kind)
    lines = []
    for each in found:
        item = items[each.indicator]
        facts = known[each.indicator].facts
        value = compare(each, item.rule, kind)
        line = CardLine(each.indicator, item.name, facts.measure, weights[each.indicator], value)
        lines.append((facts.dimension, line))
    return lines


async def _rows(
    session: ReadSession,
    caller: Caller,
    cycle: CycleRow,
    counts: dict[UUID, Counts],
    unit_id: UUID | None,
    **options: int,
) -> UnitRows:
    scope = caller.units_of(*READERS)
    units = await store.units_of(session, cycle.id)
    mine = [unit for unit in units if scope is None or _touches(unit, scope, counts)]
    found = unit_rows(mine, counts, top=unit_id, **options)
    if found is None or (not counts and not caller.has(*READERS)):
        raise NoReport
    return found


def _touches(unit: Unit, scope: Sequence[UUID], counts: dict[UUID, Counts]) -> bool:
    """Whether a unit is in the scope of a role, or contains a person who counts."""
    return unit.id in counts or not set(scope).isdisjoint(unit.path)


async def _demand_something(session: ReadSession, caller: Caller, sight: Sight, path: Sequence[UUID]) -> None:
    over = caller.has_over(path, *READERS) if path else caller.has(*READERS)
    if not over and (path or not await store.sees_any(session, sight)):
        raise NoReport
