"""Excluding a subject from a running cycle, and cancelling a whole cycle (APR-04)."""

from uuid import UUID

from services.appraisal.cycles.domain.cycle import CYCLE, Cycle, CycleAction, CycleState, Exclusion
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import CycleRow
from services.appraisal.cycles.usecases.access import OwnMatter, demand_revision, locked_cycle
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.store import exclusions as store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, NotFound
from services.kit.identity import Caller, Role
from services.kit.work.history import advance, trail_of
from services.kit.work.tasks import close_tasks_among
from services.kit.work.unit_of_work import UnitOfWork

RUNNING = (CycleState.GOAL_SETTING, CycleState.EVALUATING)
"""The states in which people can be taken out and added."""


class SubjectNotInCycle(NotFound):
    """The cycle neither appraises this subject nor lists it as excluded, as far as the caller may know."""

    code = "subject_not_in_cycle"
    zh = "该人员或单元不在本考核周期内，或您无权查看。"
    en = "The cycle has no such person or unit, or you may not see it."


class AlreadyExcluded(Conflict):
    """The subject is not appraised already."""

    code = "already_excluded"
    zh = "“{name}”已不参加本次考核。"
    en = "'{name}' has been excluded already."


async def cancel_cycle(uow: UnitOfWork, *, cycle_id: UUID, revision: int, reason: str) -> Cycle:
    """Give a cycle up before its results are published; nothing waits in it any more, and its code is free again.

    Raises:
        Stale, NoCycle, CycleNotYours, TransitionNotPossible: as they say.
    """
    cycle = await locked_cycle(uow, cycle_id, revision)
    move = CYCLE.next(CycleState(cycle.state), CycleAction.CANCEL, uow.caller.roles)
    await advance(uow, CycleRow, cycle_id, move, note=reason)
    await close_tasks_among(uow, subjects=form_store.ids_of_cycle(cycle_id))
    await uow.record(
        "appraisal.cycle.cancelled",
        subject=("cycle", cycle_id),
        data={"code": cycle.code, "state": move.target.value},
        **trail_of(move.source.value, move.target.value, revision=revision, reason=reason),
    )
    cancelled = await cycle_store.read(uow.session, cycle_id)
    return (await cycle_store.with_cancellations(uow.session, [cancelled]))[0]


async def exclude_subject(
    uow: UnitOfWork, *, cycle_id: UUID, revision: int, subject_kind: SubjectKind, subject_id: UUID, reason: str
) -> Exclusion:
    """Exclude a person or a unit from a cycle whose evaluation has not ended; all others continue.

    For a person listed as recorded after opening, this decides that they stay excluded.

    Raises:
        SubjectNotInCycle: they have no form and are not listed, or lie outside the caller's scope.
        AlreadyExcluded: that was decided before, or follows from the cycle's policy.
        OwnMatter: the caller would take themselves out.
        NotNow, Stale, NoCycle: as they say.
    """
    cycle = await cycle_store.locked(uow.session, cycle_id)
    demand_revision(cycle.revision, revision)
    demand_state(cycle.state, *RUNNING)
    forms = await store.forms_of_subject(uow.session, cycle_id, subject_kind, subject_id)
    listed = await store.find(uow.session, cycle_id, subject_kind, subject_id)
    paths = [form.unit_path for form in forms] or ([listed.unit_path] if listed else [])
    if not paths or not all(uow.caller.has_over(path, Role.HR) for path in paths):
        raise SubjectNotInCycle
    person = uow.caller.employee_id
    if person is not None and person in {subject_id, *(form.owner_id for form in forms)}:
        raise OwnMatter
    if listed is not None and listed.reason != store.AFTER_OPENING:
        raise AlreadyExcluded(name=listed.name)
    taken_out = await store.take_out(uow, forms=forms, listed=listed, note=reason)
    await close_tasks_among(uow, subjects=store.form_ids(cycle_id, subject_kind, subject_id))
    await uow.record(
        "appraisal.cycle.subject_excluded",
        subject=("cycle", cycle_id),
        after={
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "name": taken_out.subject_name,
            "reason": reason,
        },
        data={"subject_kind": subject_kind, "subject_id": subject_id},
    )
    return taken_out


async def list_exclusions(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, reason: str | None, paging: Paging
) -> Rows[Exclusion]:
    """Who is not appraised in a cycle, in the units of HR and auditors.

    Raises:
        NoCycle: there is none of that id.
    """
    await cycle_store.find(session, cycle_id)
    units = caller.units_of(Role.HR, Role.AUDITOR)
    return await store.listed(session, cycle_id, paging, units=units, reason=reason)
