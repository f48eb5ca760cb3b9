"""What waits on a delegation: its release by a second person, and its renewal by its delegator (ORG-09, PLT-02)."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from services.kit.database.sessions import period
from services.kit.errors import Text
from services.kit.periods import day_in_words, days_in_words
from services.kit.release import ReleaseAction, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_type import AUTHORITY_TYPE_NAMES, AuthorityType
from services.org.authority.domain.delegation import DELEGATION
from services.org.authority.store import delegations as rows
from services.org.authority.store.tables import DelegationRow
from services.org.people.store import employees as employee_rows
from services.org.structure.store import units as unit_rows

KIND: Final = "delegation.renew"
AHEAD: Final = timedelta(days=7)
"""How long before its end a delegation begins to wait."""


async def await_release(uow: UnitOfWork, row: DelegationRow, unit_path: Sequence[UUID]) -> None:
    """Let what was entered for the delegator wait for them, and for those who may release it in their place."""
    barred = {*Signature.of(uow.caller).ids, row.delegate_id, row.delegator_id}
    known = await employee_rows.names(uow.session, [row.delegator_id, row.delegate_id])
    giver, delegate = known[row.delegator_id].name, known[row.delegate_id].name
    what, valid = AUTHORITY_TYPE_NAMES[AuthorityType(row.authority_type)], period(row.valid)
    days = days_in_words(valid.start, valid.last or valid.start)
    where = await unit_rows.name_of(uow.session, row.unit_id, uow.today)
    by_role = whoever_may(DELEGATION, ReleaseAction.RELEASE, unit_path=unit_path, excluded_ids=barred)
    await open_task(
        uow,
        f"{DELEGATION.name}.release",
        subject=(DELEGATION.name, row.id),
        assignee=[Assignee(employee_id=row.delegator_id), *by_role],
        title=Text(
            f"确认{giver}给{delegate}的授权（{where.zh}{what.zh}，{days.zh}）",
            f"Release the delegation by {giver} to {delegate} ({what.en} in {where.en}, {days.en})",
        ),
        link=f"/v1/org/delegations/{row.id}",
    )


async def await_renewals(uow: UnitOfWork) -> None:
    """Let each delegation that ends within a week wait for its delegator, once, until the end of its last day."""
    for each in await rows.ending(uow.session, uow.today, uow.today + AHEAD, task_kind=KIND):
        what = AUTHORITY_TYPE_NAMES[each.authority_type]
        last, end = each.valid_to, day_in_words(each.valid_to)
        await open_task(
            uow,
            KIND,
            subject=("delegation", each.id),
            assignee=Assignee(employee_id=each.delegator_id),
            title=Text(
                f"给{each.delegate_name}的授权（{what.zh}）于 {end.zh}到期：需要继续的，请重新授权",
                f"Your delegation to {each.delegate_name} ({what.en}) ends on {end.en}; "
                "create another if it is to go on",
            ),
            link=f"/v1/org/delegations/{each.id}",
            due_at=datetime.combine(last + timedelta(days=1), time(), tzinfo=uow.zone),
        )


async def close_renewal(uow: UnitOfWork, row: DelegationRow) -> None:
    """Nothing waits on a delegation that has ended."""
    await close_tasks(uow, KIND, subject=("delegation", row.id))
