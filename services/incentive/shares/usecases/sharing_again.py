"""Dividends that were shared out by holdings which have changed since wait to be shared out again (INC-07)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.incentive.claims.store import claims as claim_store
from services.incentive.claims.usecases.claims import Origin, state_claims
from services.incentive.shares.domain.dividend import KIND, occasion_of
from services.incentive.shares.store import shares as store
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

SUBJECT: Final = "share_dividend"
SHARE_TASK: Final = "share_dividend.share_out"


async def ask_to_share_out_again(uow: UnitOfWork, plan_codes: Sequence[str], year: int, why: Text) -> None:
    """Let compensation share out anew the dividends of these plans of ``year`` and later; ``why`` says what changed."""
    for row in await store.dividends_from(uow.session, plan_codes, year):
        subject = (SUBJECT, row.id)
        await close_tasks(uow, SHARE_TASK, subject=subject)
        title = Text(
            f"{why.zh}，请重新分配虚拟股票 {row.year} 年度分红",
            f"{why.en}: share out the dividend on virtual shares for {row.year} again",
        )
        link = f"/v1/incentive/share_dividends/{row.id}"
        assignee = Assignee(role=Role.COMPENSATION)
        await open_task(uow, SHARE_TASK, subject=subject, assignee=assignee, title=title, link=link)


async def claim_nothing(uow: UnitOfWork, plan_code: str, year: int, employee_id: UUID, why: Text) -> None:
    """Owe a person nothing of the dividends of ``year`` and later until they are shared out again.

    A run under way that has their share among its inputs is out of date by it, so it can be neither posted nor paid.
    """
    for row in await store.dividends_from(uow.session, [plan_code], year):
        of_all = await claim_store.of_occasion(uow.session, KIND, occasion_of(row.plan_code, row.year))
        own = [each.claim for each in of_all if each.claim.employee_id == employee_id and each.claim.amount]
        name = Text(f"虚拟股票 {row.year} 年度分红", f"the dividend on virtual shares for {row.year}")
        origin = Origin(name, f"/v1/incentive/share_dividends/{row.id}")
        await state_claims(uow, [claim.withdrawn(why) for claim in own], origin)
