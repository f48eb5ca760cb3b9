"""The job that finds out who may release a team pool: nobody who worked in its unit since its year began (INC-05).

org is asked before any transaction opens. A repetition of the job finds its work done.
"""

import asyncio
import json
from datetime import date
from tempfile import TemporaryFile
from typing import BinaryIO, Final
from uuid import UUID

from services.incentive.clients.org import OrgClient
from services.incentive.currencies import YUAN, amount_text
from services.incentive.pools.store import pools as store
from services.incentive.pools.store.tables import TeamPoolRow
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.periods import Period, calendar_period
from services.kit.release import ReleaseState, Signature
from services.kit.work.tasks import Assignee, open_task
from services.kit.work.unit_of_work import SystemWork, UnitOfWork

FIND_RELEASERS: Final = "find_pool_releasers"
"""The job; the jobs floor registers it."""


async def find_releasers(system: SystemWork, *, org: OrgClient, pool_id: UUID) -> None:
    """Ask org who worked in the unit or below it, and let the pool wait for finance without them.

    Raises:
        Unavailable: org does not answer; the job is repeated.
    """
    async with system.begin() as uow:
        row, today = await store.one(uow.session, pool_id), uow.today
    if row is None or not _waits(row):
        return
    members: set[UUID] = set()
    for span in _spans(row.year, today):
        with TemporaryFile() as structure:
            await org.copy_snapshot(span, structure.write)
            members |= await asyncio.to_thread(members_of, str(row.unit_id), structure)
    async with system.begin() as uow:
        row = await store.one(uow.session, pool_id, lock=True)
        if row is not None and _waits(row):
            await store.set_values(uow.session, pool_id, barred_ids=sorted(members))
            await await_release(uow, row, members)


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


async def await_release(uow: UnitOfWork, row: TeamPoolRow, members: set[UUID]) -> None:
    """The pool waits for finance, without the person who entered it and the members."""
    amount = amount_text(row.amount, YUAN)
    signed = Signature(row.entered_by, row.entered_by_person)
    await open_task(
        uow,
        "team_pool.release",
        subject=("team_pool", row.id),
        assignee=Assignee(role=Role.FINANCE, excluded_ids={*signed.ids, *members}),
        title=Text(
            f"确认{row.unit_name} {row.year} 年度团队奖金池数据（{amount.zh}）",
            f"Release the team pool figures of {row.unit_name_en}, {row.year} ({amount.en})",
        ),
        link=f"/v1/incentive/team_pools/{row.id}",
    )


def _waits(row: TeamPoolRow) -> bool:
    return row.state == ReleaseState.PROPOSED and row.barred_ids is None


def _spans(year: int, today: date) -> list[Period]:
    """The year by which it is shared out, and those since, until today: who moved in later is a member as well.

    org says where everybody sat at the end of a span, so that one over all the years would not know of those whose
    position or unit has moved out since, and it covers three years at most.
    """
    years = [calendar_period(str(each)) for each in range(year, max(year + 1, today.year))]
    if year < today.year:
        years.append(Period.closed(date(today.year, 1, 1), today))
    return years
