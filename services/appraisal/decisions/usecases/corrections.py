"""Corrections after closing: asked for by HR with a reason, made by a second person's approval (APR-14)."""

from typing import Any
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import STANDING_NAMES, Standing
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.cycles.usecases.access import NotInThisCapacity, OwnMatter
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.appeal import CORRECTION, CorrectionAction, CorrectionState
from services.appraisal.decisions.store import appeals as store
from services.appraisal.decisions.store.tables import CorrectionRow
from services.appraisal.library.domain.grade import Grade
from services.appraisal.scoring.domain.decision import Decision
from services.appraisal.scoring.domain.result import Cause
from services.appraisal.scoring.store import results as result_store
from services.appraisal.scoring.usecases.results import Seen, decide, seen
from services.kit.database import ReadSession, WriteSession, new_id
from services.kit.errors import Conflict, Forbidden, NotFound
from services.kit.history import advance
from services.kit.identity import Caller, Role
from services.kit.money import exact, plain
from services.kit.unit_of_work import UnitOfWork

_SEES = (Role.HR, Role.EXECUTIVE, Role.AUDITOR)


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


class SecondPersonNeeded(Forbidden):
    """Whoever asked for a correction cannot approve it."""

    code = "second_person_needed"
    zh = "更正须由申请人以外的同事审批。"
    en = "A correction must be approved by somebody other than its requester."


class ChangedSince(Conflict):
    """The result has a newer version than the one that the correction was asked for."""

    code = "changed_since"
    zh = "申请之后结果又有新版本，请核对后重新申请。"
    en = "The result has changed since the correction was requested; check it and request again."


async def ask(uow: UnitOfWork, *, result_id: UUID, decision: Decision, reason: str) -> CorrectionRow:
    """Ask for a correction of a closed result (HR).

    Raises:
        NoResult, NotInThisCapacity, OwnMatter, NotNow, CorrectionPending: as they say.
    """
    found = await seen(uow.session, caller=uow.caller, result_id=result_id)
    if Standing.HR not in found.standings:
        raise NotInThisCapacity(needed=STANDING_NAMES[Standing.HR])
    if Standing.OWNER in found.standings:
        raise OwnMatter
    cycle = await cycle_store.locked(uow.session, found.cycle.id)
    demand_state(cycle.state, CycleState.CLOSED)
    if await store.pending_correction(uow.session, result_id):
        raise CorrectionPending
    row = CorrectionRow(
        id=new_id(),
        cycle_id=cycle.id,
        form_id=found.form.id,
        result_id=result_id,
        result_version=found.result.version,
        change=change_body(decision),
        reason=reason,
        requested_by=uow.caller.account_id,
        requested_by_name=uow.caller.name,
        requested_at=uow.now,
        state=CorrectionState.REQUESTED.value,
        revision=1,
    )
    uow.session.add(row)
    await uow.session.flush()
    after = {"result_id": str(result_id), "change": row.change, "reason": reason}
    await uow.audit("appraisal.correction.requested", subject=("correction", row.id), after=after)
    return row


async def approve(uow: UnitOfWork, *, correction_id: UUID, reason: str) -> CorrectionRow:
    """Approve: the result gets a new version, which later calculations pick up as a difference.

    Raises:
        SecondPersonNeeded, OwnMatter, ChangedSince, NoCorrection, TransitionNotPossible, NothingChanges: as they say.
    """
    row, form = await _to_decide(uow, correction_id)
    move = CORRECTION.next(CorrectionState(row.state), CorrectionAction.APPROVE, uow.caller.roles)
    found = await _current(uow.session, row, form)
    result = await decide(
        uow,
        found=found,
        decision=decision_of(row.change),
        cause=Cause.CORRECTION,
        reason=row.reason,
        source=f"correction:{correction_id}",
    )
    values = {
        "decision": reason,
        "decided_by_name": uow.caller.name,
        "decided_at": uow.now,
        "new_version": result.version,
    }
    await advance(uow, CorrectionRow, correction_id, move, note=reason, values=values)
    return (await visible(uow.session, caller=uow.caller, correction_id=correction_id))[0]


async def refuse(uow: UnitOfWork, *, correction_id: UUID, reason: str) -> CorrectionRow:
    """Refuse: the result stands.

    Raises:
        SecondPersonNeeded, OwnMatter, NoCorrection, TransitionNotPossible: as they say.
    """
    row, _ = await _to_decide(uow, correction_id)
    move = CORRECTION.next(CorrectionState(row.state), CorrectionAction.REFUSE, uow.caller.roles)
    values = {"decision": reason, "decided_by_name": uow.caller.name, "decided_at": uow.now}
    await advance(uow, CorrectionRow, correction_id, move, note=reason, values=values)
    return (await visible(uow.session, caller=uow.caller, correction_id=correction_id))[0]


async def visible(session: ReadSession, *, caller: Caller, correction_id: UUID) -> tuple[CorrectionRow, FormRow]:
    """A correction in the scope of the caller's HR, executive or auditor role.

    Raises:
        NoCorrection: there is none, or not for the caller.
    """
    row = await store.correction(session, correction_id)
    found = await form_store.find(session, row.form_id) if row else None
    if row is None or found is None or not caller.has_over(found[0].unit_path, *_SEES):
        raise NoCorrection
    return row, found[0]


def change_body(decision: Decision) -> dict[str, Any]:
    """A decision as JSON."""
    return {
        "grade": decision.grade.value if decision.grade else None,
        "total": None if decision.total is None else plain(decision.total),
        "rescore": decision.rescore,
    }


def decision_of(body: dict[str, Any]) -> Decision:
    """The decision that ``change_body`` wrote."""
    return Decision(
        grade=Grade(body["grade"]) if body["grade"] else None,
        total=None if body["total"] is None else exact(body["total"]),
        rescore=body["rescore"],
    )


async def _to_decide(uow: UnitOfWork, correction_id: UUID) -> tuple[CorrectionRow, FormRow]:
    row, form = await visible(uow.session, caller=uow.caller, correction_id=correction_id)
    if row.requested_by == uow.caller.account_id:
        raise SecondPersonNeeded
    if uow.caller.employee_id is not None and uow.caller.employee_id == form.owner_id:
        raise OwnMatter
    return row, form


async def _current(session: WriteSession, row: CorrectionRow, form: FormRow) -> Seen:
    found = await result_store.find(session, row.result_id)
    if found is None or found[0].version != row.result_version:
        raise ChangedSince
    return Seen(found[0], form, found[2], frozenset())
