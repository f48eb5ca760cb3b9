"""Dividends that were shared out by holdings which have changed since wait to be shared out again (INC-07)."""

from collections.abc import Sequence
from typing import Final

from services.incentive.shares.store import shares as store
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.tasks import Assignee, close_tasks, open_task
from services.kit.unit_of_work import UnitOfWork

SUBJECT: Final = "share_dividend"
SHARE_TASK: Final = "share_dividend.share_out"


async def ask_to_share_out_again(uow: UnitOfWork, plan_codes: Sequence[str], year: int, why: Text) -> None:
    """Let compensation share out anew the dividends of these plans of ``year`` and later; ``why`` says what changed."""
    for row in await store.dividends_from(uow.session, plan_codes, year):
        subject = (SUBJECT, row.id)
        await close_tasks(uow, SHARE_TASK, subject=subject)
        title = Text(
            f"{why.zh}，请重新分配 {row.year} 年度虚拟股票分红",
            f"{why.en}: share out the dividend on virtual shares for {row.year} again",
        )
        link = f"/v1/incentive/share_dividends/{row.id}"
        assignee = Assignee(role=Role.COMPENSATION)
        await open_task(uow, SHARE_TASK, subject=subject, assignee=assignee, title=title, link=link)
