"""Corrections after closing: requested by HR with a reason, made by a second person's approval (APR-14)."""

from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FORM_ROLE_NAMES, FormRole
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases.access import NotInThisCapacity, OwnMatter, demand_revision, owners
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.cycles.usecases.worker import FOLLOW_SUPPLIERS
from services.appraisal.decisions.domain.appeal import CORRECTION, CorrectionAction, CorrectionState
from services.appraisal.decisions.store import appeals as store
from services.appraisal.decisions.store.appeals import CHANGES, Correction
from services.appraisal.decisions.store.tables import CorrectionRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.scoring.domain.decision import Decision
from services.appraisal.scoring.domain.result import Cause
from services.appraisal.scoring.usecases.results import decide, get_newest, get_visible
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, NotFound, Text
from services.kit.identity import Caller, Role
from services.kit.jobs.queue import defer
from services.kit.release import require_second_person
from services.kit.work.assignees import whoever_may
from services.kit.work.history import advance, trail_of
from services.kit.work.refusal_notices import asked_in, refused, tell_refusal
from services.kit.work.tasks import close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["Correction"]

_APPROVE = "correction.approve"
_READERS = (Role.HR, Role.EXECUTIVE, Role.AUDITOR)


class NoCorrection(NotFound):
    """There is no such correction, or none that the caller may know of."""

    code = "no_correction"
    zh = "找不到该更正申请，或您无权查看。"
    en = "There is no such correction, or you may not see it."


class CorrectionPending(Conflict):
    """A result has one correction at a time."""

    code = "correction_pending"
    zh = "该结果已有一项更正待审批，请待其办结。"
    en = "A correction of this result is waiting for approval; wait until it is decided."


async def request_correction(
    uow: UnitOfWork, *, result_id: UUID, result_version: int, decision: Decision, reason: str
) -> Correction:
    """Request a correction of the version of a closed result that HR saw.

    Raises:
        NoResult, NotInThisCapacity, OwnMatter, NotNow, CorrectionPending, ResultChanged: as they say.
    """
    found = await get_visible(uow.session, caller=uow.caller, result_id=result_id)
    if FormRole.HR not in found.roles:
        raise NotInThisCapacity(needed=FORM_ROLE_NAMES[FormRole.HR])
    if FormRole.OWNER in found.roles:
        raise OwnMatter
    cycle = await cycle_store.locked(uow.session, found.cycle.id)
    demand_state(cycle.state, CycleState.CLOSED)
    if await store.is_pending(uow.session, result_id):
        raise CorrectionPending
    found = await get_visible(uow.session, caller=uow.caller, result_id=result_id)
    found.demand_version(result_version)
    row = CorrectionRow(
        id=new_id(),
        cycle_id=cycle.id,
        form_id=found.form.id,
        result_id=result_id,
        result_version=result_version,
        change=CHANGES.dump(decision),
        reason=reason,
        requested_by=uow.caller.account_id,
        requested_by_person=uow.caller.employee_id,
        requested_by_name=uow.caller.name,
        requested_at=uow.now,
        state=CorrectionState.REQUESTED.value,
        revision=1,
    )
    uow.session.add(row)
    await uow.session.flush()
    after = {"result_id": result_id, "change": row.change, "reason": reason}
    await uow.audit("appraisal.correction.requested", subject=("correction", row.id), after=after)
    requested = Correction(row, found.form, cycle)
    await _ask_for_approval(uow, requested)
    return requested


async def approve_correction(uow: UnitOfWork, *, correction_id: UUID, revision: int, reason: str) -> Correction:
    """Approve a correction as it was read: the result gets a new version, which later calculations pick up.

    Raises:
        SecondPersonNeeded, OwnMatter, NoCorrection, Stale, TransitionNotPossible, ResultChanged, NothingChanges:
        as they say.
    """
    row, roles = await _to_decide(uow, correction_id, revision)
    move = CORRECTION.next(CorrectionState(row.state), CorrectionAction.APPROVE, roles)
    found = await get_newest(uow.session, row.result_id)
    found.demand_version(row.result_version)
    result = await decide(
        uow,
        found=found,
        decision=CHANGES.load(row.change),
        cause=Cause.CORRECTION,
        reason=row.reason,
        source=f"correction:{correction_id}",
    )
    await advance(uow, CorrectionRow, correction_id, move, note=reason, values=_decided(uow, reason, result.version))
    await close_tasks(uow, _APPROVE, subject=("correction", correction_id))
    trail = trail_of(move.source.value, move.target.value, revision=revision, reason=reason, new_version=result.version)
    await uow.audit("appraisal.correction.approved", subject=("correction", correction_id), **trail)
    if result.subject_kind == SubjectKind.SUPPLIER.value:
        await defer(uow.session, FOLLOW_SUPPLIERS, lock=FOLLOW_SUPPLIERS, queueing_lock=FOLLOW_SUPPLIERS)
    return await get_correction(uow.session, caller=uow.caller, correction_id=correction_id)


async def refuse_correction(uow: UnitOfWork, *, correction_id: UUID, revision: int, reason: str) -> Correction:
    """Refuse a correction as it was read; the result is unchanged, and whoever asked finds a task to read why.

    Raises:
        SecondPersonNeeded, OwnMatter, NoCorrection, Stale, TransitionNotPossible: as they say.
    """
    row, roles = await _to_decide(uow, correction_id, revision)
    move = CORRECTION.next(CorrectionState(row.state), CorrectionAction.REFUSE, roles)
    subject = ("correction", correction_id)
    asked = await asked_in(uow.session, _APPROVE, subject)
    await advance(uow, CorrectionRow, correction_id, move, note=reason, values=_decided(uow, reason, None))
    await close_tasks(uow, _APPROVE, subject=subject)
    trail = trail_of(move.source.value, move.target.value, revision=revision, reason=reason)
    await uow.audit("appraisal.correction.refused", subject=subject, **trail)
    found = await get_correction(uow.session, caller=uow.caller, correction_id=correction_id)
    if asked is not None:
        title, link = asked
        await tell_refusal(uow, subject=subject, proposer=found.requester, title=refused(title), link=link)
    return found


async def get_correction(session: ReadSession, *, caller: Caller, correction_id: UUID) -> Correction:
    """A correction in the scope of the caller's HR, executive or auditor role.

    Raises:
        NoCorrection: there is none, or not for the caller.
    """
    found = await store.find_correction(session, correction_id)
    if found is None or not caller.has_over(found.form.unit_path, *_READERS):
        raise NoCorrection
    return found


async def list_corrections(
    session: ReadSession, *, caller: Caller, paging: Paging, cycle_id: UUID | None, state: CorrectionState | None
) -> Rows[Correction]:
    """Corrections in the scope of the caller's HR, executive or auditor role."""
    units = caller.units_of(*_READERS)
    return await store.list_corrections(session, paging, units=units, cycle_id=cycle_id, state=state)


async def _ask_for_approval(uow: UnitOfWork, requested: Correction) -> None:
    name, cycle = requested.form.subject, requested.cycle.name
    await open_task(
        uow,
        _APPROVE,
        subject=("correction", requested.correction.id),
        assignee=whoever_may(
            CORRECTION,
            CorrectionAction.APPROVE,
            CorrectionAction.REFUSE,
            unit_path=requested.form.unit_path,
            excluded_ids=(*owners(requested.form), *requested.requester.ids),
        ),
        title=Text(
            f"审批{name.zh}考核结果的更正（{cycle}）", f"Approve the correction of the result of {name.en} ({cycle})"
        ),
        link=f"/v1/appraisal/corrections/{requested.correction.id}",
    )


async def _to_decide(uow: UnitOfWork, correction_id: UUID, revision: int) -> tuple[CorrectionRow, frozenset[Role]]:
    """The correction, and the roles that the caller holds over whom it concerns."""
    found = await get_correction(uow.session, caller=uow.caller, correction_id=correction_id)
    require_second_person([found.requester], uow.caller)
    if uow.caller.employee_id is not None and uow.caller.employee_id == found.form.owner_id:
        raise OwnMatter
    await cycle_store.locked(uow.session, found.cycle.id)  # one decision about a cycle at a time
    row = (await get_correction(uow.session, caller=uow.caller, correction_id=correction_id)).correction
    demand_revision(row.revision, revision)
    return row, uow.caller.roles_over(found.form.unit_path)


def _decided(uow: UnitOfWork, reason: str, new_version: int | None) -> dict[str, object]:
    return {
        "decision": reason,
        "decided_by": uow.caller.account_id,
        "decided_by_name": uow.caller.name,
        "decided_at": uow.now,
        "new_version": new_version,
    }
