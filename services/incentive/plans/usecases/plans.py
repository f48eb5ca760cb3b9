"""Creating and reading bonus plans (INC-02)."""

from datetime import date
from uuid import UUID

from services.incentive.plans.domain.lint import Finding, PlanFindings, findings
from services.incentive.plans.domain.plan import PLAN_VERSION, PlanRecord, PlanVersion, check_figures
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.rules import Rule
from services.incentive.plans.store import plans as store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import NotFound, Text, existing
from services.kit.periods import Period
from services.kit.release import ReleaseAction, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork


class PlanUnknown(NotFound):
    """There is no such plan, or no such version of it."""

    code = "plan_unknown"
    zh = "找不到该奖金方案，或您无权查看。"
    en = "There is no such bonus plan, or you may not see it."


async def create_plan_version(
    uow: UnitOfWork,
    *,
    code: str,
    name: Text,
    rule: Rule,
    policy: Policy,
    validity: Period,
    note: str | None,
) -> PlanRecord:
    """Enter a new plan, or the next version of one; it counts once another person has released it.

    Raises:
        PolicyNotAcceptable: the policy lacks what the rule needs.
    """
    check_figures(rule, policy)
    number = await store.newest(uow.session, code) + 1
    version = PlanVersion(new_id(), code, number, name, rule, policy, validity)
    record = await store.add(uow, version, note)
    await uow.record(
        "incentive.plan.version_created",
        subject=("plan", version.id),
        after={"code": code, "version": number, "rule": rule, "policy": policy},
        data={"code": code, "version": number},
    )
    await open_task(
        uow,
        "plan_version.release",
        subject=("plan_version", version.id),
        assignee=whoever_may(PLAN_VERSION, ReleaseAction.RELEASE, excluded_ids=Signature.of(uow.caller).ids),
        title=Text(f"确认奖金方案“{name.zh}”第 {number} 版", f"Release version {number} of the bonus plan {name.en}"),
        link=f"/v1/incentive/plans/{version.id}",
    )
    return record


async def decide_version(
    uow: UnitOfWork,
    *,
    version_id: UUID,
    action: ReleaseAction,
    revision: int,
    reason: str | None = None,
    accepts_findings: bool = False,
) -> PlanRecord:
    """Release or refuse a version that another person entered; who entered it may take it back.

    Raises:
        PlanUnknown, Stale, SecondPersonNeeded, TransitionNotPossible.
        PlanFindings: something in it needs a look, and the caller does not say that they have had it.
    """
    row = existing(await store.locked(uow.session, version_id), PlanUnknown)
    found = await list_findings(uow.session, version_id=version_id)
    state = await decide(uow, PLAN_VERSION, row, action, revision=revision, reason=reason)
    if found and action is ReleaseAction.RELEASE and not accepts_findings:
        raise PlanFindings.of(found)
    about = {"code": row.code, "version": row.version}
    await uow.record(
        f"incentive.plan.version_{state.value}",
        subject=("plan", version_id),
        **release_trail(state, revision=revision, reason=reason, findings=[each.message.zh for each in found], **about),
        data=about,
    )
    return await read_plan(uow.session, version_id=version_id)


async def read_plan(session: ReadSession, *, version_id: UUID) -> PlanRecord:
    """One version.

    Raises:
        PlanUnknown.
    """
    return existing(await store.one(session, version_id), PlanUnknown)


async def list_findings(session: ReadSession, *, version_id: UUID) -> list[Finding]:
    """What to look at in a version before it is released, beside what is released by now.

    Raises:
        PlanUnknown.
    """
    record = await read_plan(session, version_id=version_id)
    released = await store.of_kind(session, record.version.rule.kind)
    return findings(record.version, [other for other in released if other.id != version_id])


async def list_plans(session: ReadSession, *, code: str | None, as_of: date | None, paging: Paging) -> Rows[PlanRecord]:
    """Versions by code and number; with ``as_of``, those in force on that day."""
    return await store.listed(session, code=code, as_of=as_of, paging=paging)
