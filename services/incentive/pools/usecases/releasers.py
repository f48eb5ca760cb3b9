"""Who may release a team pool: nobody who worked in its unit since its year began, unless everybody did (INC-05).

A job asks org who that is, so that the task goes to nobody in vain. What counts is what org says of the person who
releases, at that moment. org is asked before any transaction opens; a repetition of the job finds its work done.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import date
from tempfile import TemporaryFile
from typing import BinaryIO, Final
from uuid import UUID

from services.incentive.clients.org import OrgClient
from services.incentive.currencies import YUAN, amount_text
from services.incentive.pools.domain.pool import POOL
from services.incentive.pools.store import pools as store
from services.incentive.pools.store.tables import TeamPoolRow
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text
from services.kit.identity import Caller
from services.kit.periods import Period, calendar_period
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.refusal_notices import asked_in
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import SystemWork, UnitOfWork

FIND_RELEASERS: Final = "find_pool_releasers"
"""The job; the jobs floor registers it."""
RELEASE: Final = "team_pool.release"
"""The task."""


@dataclass(frozen=True)
class MembershipQuestion:
    """Whether a person worked in a unit on one of these days: the pool's year and those since."""

    unit_id: UUID
    employee_id: UUID
    days: Period


@dataclass(frozen=True)
class Membership:
    """Whether somebody worked in a pool's unit since its year began, and whether it is the unit of all people."""

    worked_there: bool
    is_everybodys: bool


async def find_releasers(system: SystemWork, *, org: OrgClient, pool_id: UUID) -> None:
    """Ask org who worked in the unit or below it, and let the pool wait for finance without them; where everybody
    works in the unit, for all of finance.

    Raises:
        Unavailable: org does not answer; the job is repeated.
    """
    async with system.begin() as uow:
        row, today = await store.one(uow.session, pool_id), uow.today
        if row is None or not await _awaits_task(uow, row):
            return
    members: set[UUID] = set()
    for span in () if await org.is_only_root(row.unit_id) else _spans(row.year, today):
        with TemporaryFile() as structure:
            await org.copy_snapshot(span, structure.write)
            members |= await asyncio.to_thread(members_of, str(row.unit_id), structure)
    async with system.begin() as uow:
        row = await store.one(uow.session, pool_id, lock=True)
        if row is not None and await _awaits_task(uow, row):
            await _await_release(uow, row, members)


def members_of(unit_id: str, structure: BinaryIO) -> set[UUID]:
    """Everybody in org's snapshot who held an assignment in the unit or below it, of whatever kind."""
    units, held = set(), []
    structure.seek(0)
    for raw in structure:
        line = json.loads(raw)
        if line["kind"] == "unit" and unit_id in line["path"]:
            units.add(line["id"])
        elif line["kind"] == "assignment":
            held.append((line["employee_id"], line["unit_id"]))
    return {UUID(employee) for employee, unit in held if unit in units}


async def _await_release(uow: UnitOfWork, row: TeamPoolRow, members: set[UUID]) -> None:
    """The pool waits for finance, without the person who entered it and the members."""
    amount = amount_text(row.amount, YUAN)
    signed = Signature(row.entered_by, row.entered_by_person)
    await open_task(
        uow,
        RELEASE,
        subject=("team_pool", row.id),
        assignee=whoever_may(POOL, ReleaseAction.RELEASE, excluded_ids={*signed.ids, *members}),
        title=Text(
            f"确认{row.unit_name} {row.year} 年度团队奖金池数据（{amount.zh}）",
            f"Release the team pool figures of {row.unit_name_en}, {row.year} ({amount.en})",
        ),
        link=f"/v1/incentive/team_pools/{row.id}",
    )


async def _awaits_task(uow: UnitOfWork, row: TeamPoolRow) -> bool:
    """Whether the pool waits for release and nobody has the task yet."""
    asked = await asked_in(uow.session, RELEASE, ("team_pool", row.id))
    return row.state == ReleaseState.PROPOSED and asked is None


async def membership_question(
    session: ReadSession, *, caller: Caller, pool_id: UUID, today: date
) -> MembershipQuestion | None:
    """What to ask of org before the caller releases a pool; None where there is no such pool or person."""
    row = await store.one(session, pool_id)
    if row is None or caller.employee_id is None:
        return None
    days = Period.closed(date(row.year, 1, 1), max(today, date(row.year, 12, 31)))
    return MembershipQuestion(row.unit_id, caller.employee_id, days)


async def ask_membership(org: OrgClient, question: MembershipQuestion) -> Membership:
    """What org says of it.

    Raises:
        NeighbourAway, Refused.
    """
    worked_there = await org.has_worked_in(question.unit_id, question.employee_id, question.days)
    return Membership(worked_there, worked_there and await org.is_only_root(question.unit_id))


def _spans(year: int, today: date) -> list[Period]:
    """The year by which it is shared out, and those since, until today: who moved in later is a member as well.

    org says where everybody sat at the end of a span, so that one over all the years would not know of those whose
    position or unit has moved out since, and it covers three years at most.
    """
    years = [calendar_period(str(each)) for each in range(year, max(year + 1, today.year))]
    if year < today.year:
        years.append(Period.closed(date(today.year, 1, 1), today))
    return years
