"""Appeals within the public notice, decided by HR with reasons (APR-13)."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FORM_ROLE_NAMES, FormRole, form_roles
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases.access import (
    NotInThisCapacity,
    OwnMatter,
    demand_revision,
    owners,
    ownership,
)
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.appeal import APPEAL, AppealAction, AppealState
from services.appraisal.decisions.store import appeals as store
from services.appraisal.decisions.store.appeals import Appeal
from services.appraisal.decisions.store.tables import AppealRow
from services.appraisal.decisions.usecases.publication import notice_of
from services.appraisal.scoring.domain.decision import Decision
from services.appraisal.scoring.domain.result import Cause
from services.appraisal.scoring.usecases.results import VisibleResult, decide, get_visible
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, NotFound, Text, existing
from services.kit.identity import Caller, Role
from services.kit.release import Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.history import advance, trail_of
from services.kit.work.refusal_notices import tell_refusal
from services.kit.work.tasks import close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["Appeal"]

_DECIDE = "appeal.decide"


class NoAppeal(NotFound):
    """There is no such appeal, or none that the caller may know of."""

    code = "no_appeal"
    zh = "找不到该申诉，或您无权查看。"
    en = "There is no such appeal, or you may not see it."


class AlreadyAppealed(Conflict):
    """One appeal a result."""

    code = "already_appealed"
    zh = "您已对该结果提出申诉，每个结果只能申诉一次；处理进度可在“申诉”中查看。"
    en = "You have already appealed against this result; only one appeal is possible. See its progress under appeals."


async def file_appeal(uow: UnitOfWork, *, result_id: UUID, result_version: int, grounds: str, zone: ZoneInfo) -> Appeal:
    """File an appeal against one's own result, until the end of the last day of the public notice.

    Raises:
        PublicNoticeOver: results are not, or no longer, being shown.
        AlreadyAppealed, NoResult, ResultChanged, NotInThisCapacity, NotNow: as they say.
    """
    found = await get_visible(uow.session, caller=uow.caller, result_id=result_id)
    if FormRole.OWNER not in found.roles:
        raise NotInThisCapacity(needed=FORM_ROLE_NAMES[FormRole.OWNER])
    cycle = await cycle_store.shared(uow.session, found.cycle.id)  # closing waits for us, or we see it closed
    if cycle.public_notice is not None:
        notice_of(cycle).demand_running(uow.now, zone)
    demand_state(cycle.state, CycleState.PUBLISHED)
    found.demand_version(result_version)
    row = AppealRow(
        id=new_id(),
        cycle_id=cycle.id,
        form_id=found.form.id,
        result_id=result_id,
        result_version=result_version,
        grounds=grounds,
        filed_by=uow.caller.account_id,
        filed_by_name=uow.caller.name,
        filed_at=uow.now,
        state=AppealState.FILED.value,
        revision=1,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise AlreadyAppealed from clash
    await uow.audit("appraisal.appeal.filed", subject=("appeal", row.id), after={"result_id": result_id})
    filed = Appeal(row, found.form, found.cycle)
    await _ask_for_decision(uow, filed)
    return filed


async def accept_appeal(
    uow: UnitOfWork, *, appeal_id: UUID, revision: int, result_version: int, decision: Decision, reason: str
) -> Appeal:
    """Accept an appeal against the result version that HR saw: the result gets a new version.

    Raises:
        NoAppeal, OwnMatter, NotInThisCapacity, Stale, TransitionNotPossible, ResultChanged, NothingChanges,
        StillMissing: as they say.
    """
    row, found = await _to_decide(uow, appeal_id, revision)
    move = APPEAL.next(AppealState(row.state), AppealAction.ACCEPT, uow.caller.roles)
    found.demand_version(result_version)
    result = await decide(
        uow, found=found, decision=decision, cause=Cause.APPEAL, reason=reason, source=f"appeal:{appeal_id}"
    )
    await advance(uow, AppealRow, appeal_id, move, note=reason, values=_decided(uow, reason, result.version))
    await close_tasks(uow, _DECIDE, subject=("appeal", appeal_id))
    trail = trail_of(move.source.value, move.target.value, revision=revision, reason=reason, new_version=result.version)
    await uow.audit("appraisal.appeal.accepted", subject=("appeal", appeal_id), **trail)
    return await get_appeal(uow.session, caller=uow.caller, appeal_id=appeal_id)


async def reject_appeal(uow: UnitOfWork, *, appeal_id: UUID, revision: int, result_version: int, reason: str) -> Appeal:
    """Reject an appeal; the result version that HR saw is upheld, and whoever appealed finds a task to read why.

    Raises:
        NoAppeal, OwnMatter, NotInThisCapacity, Stale, TransitionNotPossible, ResultChanged: as they say.
    """
    row, found = await _to_decide(uow, appeal_id, revision)
    move = APPEAL.next(AppealState(row.state), AppealAction.REJECT, uow.caller.roles)
    found.demand_version(result_version)
    await advance(uow, AppealRow, appeal_id, move, note=reason, values=_decided(uow, reason, None))
    await close_tasks(uow, _DECIDE, subject=("appeal", appeal_id))
    trail = trail_of(
        move.source.value, move.target.value, revision=revision, reason=reason, result_version=result_version
    )
    await uow.audit("appraisal.appeal.rejected", subject=("appeal", appeal_id), **trail)
    rejected = await get_appeal(uow.session, caller=uow.caller, appeal_id=appeal_id)
    await _tell_rejection(uow, rejected)
    return rejected


async def get_appeal(session: ReadSession, *, caller: Caller, appeal_id: UUID) -> Appeal:
    """An appeal, for the person who filed it, HR and auditors.

    Raises:
        NoAppeal: there is none, or not for the caller.
    """
    found = existing(await store.find(session, appeal_id), NoAppeal)
    capacities = form_roles(caller, ownership(found.form))
    if capacities.isdisjoint({FormRole.OWNER, FormRole.HR, FormRole.AUDITOR}):
        raise NoAppeal
    return found


async def list_appeals(
    session: ReadSession, *, caller: Caller, paging: Paging, cycle_id: UUID | None, state: AppealState | None
) -> Rows[Appeal]:
    """The caller's own appeals, and those in the scope of their HR or auditor role."""
    units = caller.units_of(Role.HR, Role.AUDITOR)
    return await store.listed(session, paging, units=units, owner_id=caller.employee_id, cycle_id=cycle_id, state=state)


async def _ask_for_decision(uow: UnitOfWork, filed: Appeal) -> None:
    name, cycle = filed.form.subject, filed.cycle.name
    await open_task(
        uow,
        _DECIDE,
        subject=("appeal", filed.appeal.id),
        assignee=whoever_may(
            APPEAL,
            AppealAction.ACCEPT,
            AppealAction.REJECT,
            unit_path=filed.form.unit_path,
            excluded_ids=owners(filed.form),
        ),
        title=Text(f"处理{name.zh}的申诉（{cycle}）", f"Decide the appeal of {name.en} ({cycle})"),
        link=f"/v1/appraisal/appeals/{filed.appeal.id}",
    )


async def _tell_rejection(uow: UnitOfWork, rejected: Appeal) -> None:
    name, cycle = rejected.form.subject, rejected.cycle.name
    await tell_refusal(
        uow,
        subject=("appeal", rejected.appeal.id),
        proposer=Signature(rejected.appeal.filed_by, rejected.form.owner_id),
        title=Text(f"申诉不成立，请查阅理由：{name.zh}（{cycle}）", f"Appeal rejected, read why: {name.en} ({cycle})"),
        link=f"/v1/appraisal/appeals/{rejected.appeal.id}",
    )


async def _to_decide(uow: UnitOfWork, appeal_id: UUID, revision: int) -> tuple[AppealRow, VisibleResult]:
    seen = await get_appeal(uow.session, caller=uow.caller, appeal_id=appeal_id)
    capacities = form_roles(uow.caller, ownership(seen.form))
    if FormRole.HR not in capacities:
        raise NotInThisCapacity(needed=FORM_ROLE_NAMES[FormRole.HR])
    if FormRole.OWNER in capacities:
        raise OwnMatter
    await cycle_store.locked(uow.session, seen.cycle.id)  # one decision about a cycle at a time
    row = (await get_appeal(uow.session, caller=uow.caller, appeal_id=appeal_id)).appeal
    demand_revision(row.revision, revision)
    return row, await get_visible(uow.session, caller=uow.caller, result_id=row.result_id)


def _decided(uow: UnitOfWork, reason: str, new_version: int | None) -> dict[str, object]:
    return {
        "decision": reason,
        "decided_by": uow.caller.account_id,
        "decided_by_name": uow.caller.name,
        "decided_at": uow.now,
        "new_version": new_version,
    }
