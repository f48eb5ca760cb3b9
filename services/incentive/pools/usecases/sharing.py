"""The job of a team pool: ask who the members were and how they were graded, share out, claim (INC-05).

org and appraisal are asked before any transaction opens. A repetition of the job finds its work done.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from services.incentive.calculation.domain.calculation_input import EARNING_KINDS, Absence, Assignment, CalculationInput
from services.incentive.claims.domain.claim import Claim
from services.incentive.claims.store import claims as claim_store
from services.incentive.claims.usecases.claims import Origin, state_claims
from services.incentive.clients.cycle import Cycle
from services.incentive.pay.domain.pay_profile import PayProfile
from services.incentive.pay.store import pay_profiles as pay_store
from services.incentive.plans.domain.absences import AbsenceKind
from services.incentive.plans.domain.cycle import check_cycle
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.rules.team_pool import TeamPool
from services.incentive.plans.domain.unit import Result
from services.incentive.plans.store import plans as plan_store
from services.incentive.pools.domain.pool import KIND, Figures, Part, claims_of, share_out
from services.incentive.pools.store import pools as store
from services.incentive.pools.store.tables import TeamPoolRow
from services.incentive.runs.usecases.snapshot_taking import Neighbours
from services.kit.database.sessions import ReadSession
from services.kit.errors import DomainError, Text, Unavailable
from services.kit.identity import Role
from services.kit.periods import Period, calendar_period
from services.kit.release import ReleaseState
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import SystemWork, UnitOfWork

SHARE_TASK = "team_pool.share_out"


@dataclass
class PoolSources:
    """What org and appraisal said of the unit's people. ``units`` are the ids of the unit and those below it."""

    units: set[str] = field(default_factory=set)
    employees: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    assignments: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    absences: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    cycle_code: str | None = None


async def share_out_pool(system: SystemWork, *, neighbours: Neighbours, pool_id: UUID, attempt: int) -> None:
    """Share the pool out and state what its members are owed; what keeps it from being shared is noted and waits.

    Raises:
        Unavailable: a neighbour does not answer; the job is repeated.
    """
    async with system.sessions.read() as session:
        row = await store.one(session, pool_id)
        plan = None if row is None else await plan_store.one(session, row.plan_version_id)
    if row is None or plan is None or not _is_current(row, attempt):
        return
    try:
        sources = await _ask(neighbours, row, plan.version)
        async with system.begin() as uow:
            await _share(uow, pool_id, attempt, plan.version, sources)
    except Unavailable:
        raise
    except DomainError as problem:
        async with system.begin() as uow:
            await _note(uow, pool_id, attempt, problem)


async def _ask(neighbours: Neighbours, row: TeamPoolRow, plan: PlanVersion) -> PoolSources:
    period = calendar_period(str(row.year))

    codes: list[str] = []

    def check(cycle: Cycle) -> None:
        codes.append(cycle.code)
        check_cycle(cycle, period, plan.policy.cycle)

    with TemporaryFile() as structure, TemporaryFile() as results:
        await neighbours.appraisal.copy_results(row.cycle_id, results.write, check)
        await neighbours.org.copy_snapshot(period, structure.write)
        sources = await asyncio.to_thread(_sources, str(row.unit_id), structure, results)
    return replace(sources, cycle_code=codes[0])


def _sources(unit_id: str, structure: BinaryIO, results: BinaryIO) -> PoolSources:
    sources = PoolSources()
    structure.seek(0)
    for raw in structure:
        line = json.loads(raw)
        if line["kind"] == "unit" and unit_id in line["path"]:
            sources.units.add(line["id"])
        elif line["kind"] == "employee":
            sources.employees[line["id"]] = line
        elif line["kind"] == "assignment" and line["assignment_kind"] in EARNING_KINDS:
            sources.assignments.setdefault(line["employee_id"], []).append(line)
        elif line["kind"] == "absence":
            sources.absences.setdefault(line["employee_id"], []).append(line)
    results.seek(0)
    for raw in results:
        line = json.loads(raw)
        if line["kind"] == "result" and line["subject_kind"] == "employee":
            result = Result(line["id"], line["version"], line["grade"], line["total"])
            known = sources.results.get(line["employee_id"])
            if known is None or known.version < result.version:
                sources.results[line["employee_id"]] = result
    return sources


async def _share(uow: UnitOfWork, pool_id: UUID, attempt: int, plan: PlanVersion, sources: PoolSources) -> None:
    row = await store.one(uow.session, pool_id, lock=True)
    if row is None or not _is_current(row, attempt) or not isinstance(plan.rule, TeamPool):
        return
    if await store.newest_released(uow.session, row.unit_id, row.year) != pool_id:
        return
    figures = Figures(
        id=row.id,
        unit_id=row.unit_id,
        unit_code=row.unit_code,
        unit_name=Text(row.unit_name, row.unit_name_en),
        year=row.year,
        attainment=row.attainment,
        profit=row.profit,
    )
    people = await _people(uow.session, sources)
    parts = await asyncio.to_thread(share_out, figures, plan, plan.rule, people, sources.units)
    await store.add_members(uow.session, pool_id, attempt, parts)
    await store.set_values(uow.session, pool_id, shared_at=uow.now, cycle_code=sources.cycle_code)
    await close_tasks(uow, SHARE_TASK, subject=("team_pool", pool_id))
    await _claim(uow, figures, parts, str(attempt))
    data = {"year": row.year, "people": len(parts)}
    await uow.record("incentive.team_pool.shared_out", subject=("team_pool", pool_id), after=data, data=data)


async def _people(session: ReadSession, sources: PoolSources) -> list[CalculationInput]:
    """Those who held an assignment in the unit or below, with everything that their weight is made from."""
    ids = [
        employee
        for employee, held in sources.assignments.items()
        if employee in sources.employees and any(each["unit_id"] in sources.units for each in held)
    ]
    profiles = await pay_store.timelines(session, [sources.employees[each]["number"] for each in ids])
    return [_input(sources, each, profiles.get(sources.employees[each]["number"], ())) for each in ids]


def _input(sources: PoolSources, employee_id: str, profiles: Sequence[PayProfile]) -> CalculationInput:
    employee = sources.employees[employee_id]
    assignments = tuple(
        Assignment(
            each["id"],
            each["assignment_kind"],
            each["unit_id"] or "",
            _period(each),
        )
        for each in sources.assignments[employee_id]
    )
    absences = tuple(
        Absence(each["id"], AbsenceKind(each["absence_kind"]), _period(each))
        for each in sources.absences.get(employee_id, ())
    )
    return CalculationInput(
        employee_id=employee_id,
        number=employee["number"],
        name=employee["name"],
        probation_until=_day(employee["probation_until"]),
        left_on=_day(employee["left_on"]),
        assignments=assignments,
        profiles=tuple(profiles),
        result=sources.results.get(employee_id),
        absences=absences,
    )


def _period(line: Mapping[str, Any]) -> Period:
    return Period.closed(date.fromisoformat(line["valid_from"]), _day(line["valid_to"]))


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


async def _claim(uow: UnitOfWork, figures: Figures, parts: Sequence[Part], version: str) -> None:
    """What the members are owed now; former members are owed nothing."""
    claims = claims_of(figures, parts, uow.today, version)
    members = {each.employee_id for each in claims}
    reason = Text("重新分配后不再是成员", "no longer a member when the pool was shared out again")
    gone: list[Claim] = [
        replace(each.claim.withdrawn(reason), source=claims[0].source)
        for each in await claim_store.of_occasion(uow.session, KIND, figures.occasion)
        if each.claim.employee_id not in members and each.claim.amount
    ]
    name = Text(
        f"{figures.unit_name.zh} {figures.year} 年度团队奖金池",
        f"the team pool of {figures.unit_name.en}, {figures.year}",
    )
    await state_claims(uow, [*claims, *gone], Origin(name, f"/v1/incentive/team_pools/{figures.id}"))


async def _note(uow: UnitOfWork, pool_id: UUID, attempt: int, problem: DomainError) -> None:
    row = await store.one(uow.session, pool_id, lock=True)
    if row is None or not _is_current(row, attempt):
        return
    said = {"code": problem.code, "zh": problem.text("zh"), "en": problem.text("en")}
    await store.set_values(uow.session, pool_id, problem=said)
    subject = ("team_pool", pool_id)
    await close_tasks(uow, SHARE_TASK, subject=subject)
    title = Text(
        f"补齐数据并重新分配{row.unit_name} {row.year} 年度团队奖金池",
        f"Supply what is missing and share out the team pool of {row.unit_name_en}, {row.year}",
    )
    link = f"/v1/incentive/team_pools/{pool_id}"
    await open_task(uow, SHARE_TASK, subject=subject, assignee=Assignee(role=Role.COMPENSATION), title=title, link=link)


def _is_current(row: TeamPoolRow, attempt: int) -> bool:
    return row.state == ReleaseState.RELEASED and row.attempt == attempt and row.shared_at is None
