"""What a delegation that is about to end lets wait: its delegator renews it or lets it end (ORG-09, PLT-02)."""

from datetime import datetime, time, timedelta
from typing import Final

from services.kit.errors import Text
from services.kit.tasks import Assignee, close_tasks, open_task
from services.kit.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_type import AUTHORITY_TYPE_NAMES
from services.org.authority.store import delegations as rows
from services.org.authority.store.tables import DelegationRow

KIND: Final = "delegation.renew"
AHEAD: Final = timedelta(days=7)
"""How long before its end a delegation begins to wait."""


async def await_renewals(uow: UnitOfWork) -> None:
    """Let each delegation that ends within a week wait for its delegator, once, until the end of its last day."""
    for each in await rows.ending(uow.session, uow.today, uow.today + AHEAD, task_kind=KIND):
        what = AUTHORITY_TYPE_NAMES[each.authority_type]
        last = each.valid_to
        await open_task(
            uow,
            KIND,
            subject=("delegation", each.id),
            assignee=Assignee(employee_id=each.delegator_id),
            title=Text(
                f"给{each.delegate_name}的授权（{what.zh}）于 {last} 到期：需要继续的，请重新授权",
                f"Your delegation to {each.delegate_name} ({what.en}) ends on {last}; create another if it is to go on",
            ),
            link=f"/v1/org/delegations/{each.id}",
            due_at=datetime.combine(last + timedelta(days=1), time(), tzinfo=uow.zone),
        )


async def close_renewal(uow: UnitOfWork, row: DelegationRow) -> None:
    """Nothing waits on a delegation that has ended."""
    await close_tasks(uow, KIND, subject=("delegation", row.id))
