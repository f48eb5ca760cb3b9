"""Appeals within the window, decided by HR with reasons (APR-13)."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import STANDING_NAMES, Standing, standings
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.cycles.usecases.access import NotInThisCapacity, OwnMatter, ownership
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.appeal import APPEAL, AppealAction, AppealState
from services.appraisal.decisions.store import appeals as store
from services.appraisal.decisions.store.tables import AppealRow
from services.appraisal.decisions.usecases.publication import window_of
from services.appraisal.scoring.domain.decision import Decision
from services.appraisal.scoring.domain.result import Cause
from services.appraisal.scoring.usecases.results import decide, seen
from services.kit.database import ReadSession, new_id
from services.kit.errors import Conflict, NotFound
from services.kit.history import advance
from services.kit.identity import Caller
from services.kit.unit_of_work import UnitOfWork


class NoAppeal(NotFound):
    """There is no such appeal, or none that the caller may know of."""

    code = "no_appeal"
    zh = "找不到该申诉，或您无权查看。"
    en = "There is no such appeal, or you may not see it."


class AlreadyAppealed(Conflict):
    """One appeal a result."""

    code = "already_appealed"
    zh = "您已对该结果提出申诉，每个结果只能申诉一次；处理进度可在“申诉”中查看。"
    en = "You have already appealed against this result, which is possible once; see its progress under appeals."


async def file(uow: UnitOfWork, *, result_id: UUID, grounds: str, zone: ZoneInfo) -> AppealRow:
    """Object to one's own result, until the last second of the window.

    Raises:
        WindowClosed: results are not, or no longer, being shown.
        AlreadyAppealed, NoResult, NotInThisCapacity, NotNow: as they say.
    """
    found = await seen(uow.session, caller=uow.caller, result_id=result_id)
    if Standing.OWNER not in found.standings:
        raise NotInThisCapacity(needed=STANDING_NAMES[Standing.OWNER])
    cycle = await cycle_store.shared(uow.session, found.cycle.id)  # closing waits for us, or we see it closed
    if cycle.publicity is not None:
        window_of(cycle).demand_running(uow.now, zone)
    demand_state(cycle.state, CycleState.PUBLISHED)
    if await store.of_result(uow.session, result_id) is not None:
        raise AlreadyAppealed
    row = AppealRow(
        id=new_id(),
        cycle_id=cycle.id,
        form_id=found.form.id,
        result_id=result_id,
        result_version=found.result.version,
        grounds=grounds,
        filed_by=uow.caller.account_id,
        filed_at=uow.now,
        state=AppealState.FILED.value,
        revision=1,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:  # filed twice at the same moment
        raise AlreadyAppealed from clash
    after = {"result_id": str(result_id)}
    await uow.audit("appraisal.appeal.filed", subject=("appeal", row.id), after=after)
    return row


async def uphold(uow: UnitOfWork, *, appeal_id: UUID, decision: Decision, reason: str) -> AppealRow:
    """Give an appeal its way: the result gets a new version.

    Raises:
        NoAppeal, OwnMatter, NotInThisCapacity, TransitionNotPossible, NothingChanges, StillMissing: as they say.
    """
    row = await _for_hr(uow, appeal_id)
    move = APPEAL.next(AppealState(row.state), AppealAction.UPHOLD, uow.caller.roles)
    found = await seen(uow.session, caller=uow.caller, result_id=row.result_id)
    source = f"appeal:{appeal_id}"
    result = await decide(
        uow,
        found=found,
        decision=decision,
        cause=Cause.APPEAL,
        reason=reason,
        source=source,
    )
    values = {
        "decision": reason,
        "decided_by_name": uow.caller.name,
        "decided_at": uow.now,
        "new_version": result.version,
    }
    await advance(uow, AppealRow, appeal_id, move, note=reason, values=values)
    return (await visible(uow.session, caller=uow.caller, appeal_id=appeal_id))[0]


async def reject(uow: UnitOfWork, *, appeal_id: UUID, reason: str) -> AppealRow:
    """Turn an appeal down; the result stands.

    Raises:
        NoAppeal, OwnMatter, NotInThisCapacity, TransitionNotPossible: as they say.
    """
    row = await _for_hr(uow, appeal_id)
    move = APPEAL.next(AppealState(row.state), AppealAction.REJECT, uow.caller.roles)
    values = {"decision": reason, "decided_by_name": uow.caller.name, "decided_at": uow.now}
    await advance(uow, AppealRow, appeal_id, move, note=reason, values=values)
    return (await visible(uow.session, caller=uow.caller, appeal_id=appeal_id))[0]


async def visible(session: ReadSession, *, caller: Caller, appeal_id: UUID) -> tuple[AppealRow, FormRow]:
    """An appeal for whoever filed it, HR and auditors.

    Raises:
        NoAppeal: there is none, or not for the caller.
    """
    row = await store.find(session, appeal_id)
    found = await form_store.find(session, row.form_id) if row else None
    if row is None or found is None:
        raise NoAppeal
    capacities = standings(caller, ownership(found[0]))
    if capacities.isdisjoint({Standing.OWNER, Standing.HR, Standing.AUDITOR}):
        raise NoAppeal
    return row, found[0]


async def _for_hr(uow: UnitOfWork, appeal_id: UUID) -> AppealRow:
    row, form = await visible(uow.session, caller=uow.caller, appeal_id=appeal_id)
    capacities = standings(uow.caller, ownership(form))
    if Standing.HR not in capacities:
        raise NotInThisCapacity(needed=STANDING_NAMES[Standing.HR])
    if Standing.OWNER in capacities:
        raise OwnMatter
    return row
