"""Entering and reading bonus plans (INC-02)."""

from datetime import date
from typing import Any
from uuid import UUID

from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.rules import Rule
from services.incentive.plans.store import plans as store
from services.incentive.plans.store.tables import PlanVersionRow
from services.kit.database import ReadSession, new_id
from services.kit.errors import NotFound, Text
from services.kit.pages import Paging, Rows
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork


class PlanUnknown(NotFound):
    """There is no such plan, or no such version of it."""

    code = "plan_unknown"
    zh = "找不到该奖金方案，或您无权查看。"
    en = "There is no such bonus plan, or you may not see it."


async def enter_plan(
    uow: UnitOfWork,
    *,
    code: str,
    name: Text,
    rule: Rule,
    policy: Policy,
    validity: Period,
    note: str | None,
) -> PlanVersionRow:
    """Enter a new plan, or the next version of one."""
    number = await store.newest(uow.session, code) + 1
    version = PlanVersion(new_id(), code, number, name, rule, policy, validity)
    row = await store.insert(uow.session, version, note=note, created_at=uow.now, created_by=uow.caller.account_id)
    await uow.audit(
        "incentive.plan_version.entered",
        subject=("plan_version", row.id),
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
