"""Entering and reading bonus plans (INC-02)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.incentive.domain.plan import PlanVersion
from services.incentive.domain.policy import Policy
from services.incentive.domain.rules import Rule
from services.incentive.store import plans as store
from services.incentive.store.tables import PlanVersionRow
from services.kit import audit
from services.kit.database import ReadSession, WriteSession, new_id
from services.kit.errors import NotFound, Text
from services.kit.identity import Caller
from services.kit.pages import Paging, Rows
from services.kit.periods import Period


class PlanUnknown(NotFound):
    """There is no such plan, or no such version of it."""

    code = "plan_unknown"
    zh = "找不到该奖金方案，或您无权查看。"
    en = "There is no such bonus plan, or you may not see it."


async def enter_plan(
    session: WriteSession,
    *,
    caller: Caller,
    code: str,
    name: Text,
    rule: Rule,
    policy: Policy,
    validity: Period,
    note: str | None,
    now: datetime,
) -> PlanVersionRow:
    """Enter a new plan, or the next version of one."""
    number = await store.newest(session, code) + 1
    version = PlanVersion(new_id(), code, number, name, rule, policy, validity)
    row = await store.insert(session, version, note=note, created_at=now, created_by=caller.account_id)
    await audit.record(
        session,
        caller=caller,
        action="enter",
        resource="plan_version",
        resource_id=row.id,
        now=now,
        after={"code": code, "version": number, "rule": row.rule, "policy": row.policy},
    )
    return row


async def read_plan(session: ReadSession, *, version_id: UUID) -> PlanVersionRow:
    """One version.

    Raises:
        PlanUnknown.
    """
    row = await store.one(session, version_id)
    if row is None:
        raise PlanUnknown
    return row


async def list_plans(session: ReadSession, *, code: str | None, as_of: date | None, paging: Paging) -> Rows[Any]:
    """Versions by code and number; with ``as_of``, those in force on that day."""
    return await store.listed(session, code=code, as_of=as_of, paging=paging)
