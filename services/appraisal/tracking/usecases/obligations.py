"""Obligations: opened for an occasion, handed in by whoever owes them, settled by the superior (APR-07)."""

from datetime import datetime
from uuid import UUID

from services.appraisal.cycles.store import departures
from services.appraisal.cycles.usecases.access import NotInThisCapacity, OwnMatter, demand_revision
from services.appraisal.tracking.domain.obligation import (
    OBLIGATION,
    Obligation,
    ObligationAction,
    ObligationState,
    Owner,
)
from services.appraisal.tracking.store import obligations as store
from services.appraisal.tracking.store.obligations import NOUN, ObligationFilter
from services.appraisal.tracking.store.tables import ObligationRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Text, existing
from services.kit.identity import Caller, Role
from services.kit.release import Signature
from services.kit.work.history import advance, trail_of
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["ObligationFilter"]

_READERS = (Role.HR, Role.AUDITOR, Role.EXECUTIVE)
SUBMIT, _DECIDE = "obligation.submit", "obligation.decide"


class NoObligation(NotFound):
    """There is no such obligation, or none that the caller may know of."""

    code = "no_obligation"
    zh = "找不到该督办事项，或您无权查看。"
    en = "There is no such obligation, or you may not see it."


async def open_obligation(uow: UnitOfWork, obligation: Obligation) -> bool:
    """Let somebody owe something; False where the same occasion has opened it already, and nothing changes.

    Raises:
        CalendarUnknown: the deadline runs into days that the calendar does not know.
    """
    if not await store.add(uow.session, obligation):
        return False
    await ask_owner(uow, obligation)
    data = {"origin": obligation.origin, "demand": obligation.demand, "due_at": obligation.due_at.isoformat()}
    await uow.record("appraisal.obligation.opened", subject=(NOUN, obligation.id), after=data, data=data)
    return True


async def submit(uow: UnitOfWork, *, obligation_id: UUID, revision: int, submission: str) -> Obligation:
    """Hand in what is owed: the owner does, or HR over the unit where nobody else owes it.

    Raises:
        NoObligation, NotInThisCapacity, Stale, TransitionNotPossible.
    """
    row = await to_move(uow, obligation_id, revision)
    owes = row.owner_id is not None and row.owner_id == uow.caller.employee_id
    if not owes and not (row.owner_id is None and uow.caller.has_over(row.unit_path, Role.HR)):
        raise NotInThisCapacity(needed=Text("责任人", "whoever owes it"))
    values = {
        "submission": submission,
        "submitted_by": uow.caller.account_id,
        "submitted_by_person": uow.caller.employee_id,
        "submitted_by_name": uow.caller.name,
        "submitted_at": uow.now,
    }
    await move(uow, row, ObligationAction.SUBMIT, Role.EMPLOYEE, values=values)
    await close_tasks(uow, SUBMIT, subject=(NOUN, row.id))
    await _ask_superior(uow, row)
    return await _now(uow, row.id)


async def accept(uow: UnitOfWork, *, obligation_id: UUID, revision: int, note: str | None) -> Obligation:
    """Accept what was handed in, exactly as it was seen: the owner's superior, or HR over the unit.

    Raises:
        NoObligation, NotInThisCapacity, OwnMatter, Stale, TransitionNotPossible.
    """
    return await _decide(uow, obligation_id, revision, ObligationAction.ACCEPT, note)


async def send_back(uow: UnitOfWork, *, obligation_id: UUID, revision: int, reason: str) -> Obligation:
    """Return what was handed in, with the reason; the term runs anew.

    Raises:
        NoObligation, NotInThisCapacity, OwnMatter, Stale, TransitionNotPossible.
    """
    await _decide(uow, obligation_id, revision, ObligationAction.RETURN, reason)
    row = existing(await store.locked(uow.session, obligation_id), NoObligation)
    found = store.obligation_of(row)
    await ask_owner(uow, found)
    row.submitted_at, row.overdue_announced = None, False
    await uow.session.flush()
    await store.follow_tasks(uow.session)
    return await _now(uow, obligation_id)


async def withdraw(uow: UnitOfWork, *, obligation_id: UUID, revision: int, reason: str) -> Obligation:
    """Let an obligation go, with a reason: HR over the unit, but nobody their own.

    Raises:
        NoObligation, NotInThisCapacity, OwnMatter, Stale, TransitionNotPossible.
    """
    row = await to_move(uow, obligation_id, revision)
    if not uow.caller.has_over(row.unit_path, Role.HR):
        raise NotInThisCapacity(needed=Text("人力资源", "HR"))
    demand_stranger(uow.caller, row)
    await end(uow, row, reason, by_system=False)
    return await _now(uow, obligation_id)


async def end(uow: UnitOfWork, row: ObligationRow, reason: str, *, by_system: bool) -> None:
    """Withdraw an obligation that the caller may; nothing waits on it any more.

    Raises:
        TransitionNotPossible: it is settled already.
    """
    values = {**decided(uow, reason), "withdrawn_by_system": by_system}
    role = Role.SERVICE if by_system else Role.HR
    await move(uow, row, ObligationAction.WITHDRAW, role, values=values, note=reason)
    await close_tasks(uow, subject=(NOUN, row.id))


async def reopen(uow: UnitOfWork, row: ObligationRow, reason: Text) -> None:
    """Open an obligation again whose reason has come back; the term runs anew."""
    values = {
        "reason_zh": reason.zh, "reason_en": reason.en, "withdrawn_by_system": False, "decision": None,
        "decided_by": None, "decided_by_name": None, "decided_at": None, "submitted_at": None,
        "overdue_announced": False,
    }  # fmt: skip
    await move(uow, row, ObligationAction.REOPEN, Role.SERVICE, values=values)
    found = store.obligation_of(row)
    await ask_owner(uow, found)
    await store.follow_tasks(uow.session)


async def read(session: ReadSession, *, caller: Caller, obligation_id: UUID) -> Obligation:
    """An obligation, for the owner, those above them, and HR, auditors and executives over the unit.

    Raises:
        NoObligation.
    """
    found = await store.find(session, obligation_id)
    if found is None or not _sees(caller, found.owner):
        raise NoObligation
    return found


async def list_obligations(
    session: ReadSession, *, caller: Caller, wanted: ObligationFilter, paging: Paging, now: datetime
) -> Rows[Obligation]:
    """Obligations that the caller may read, the earliest deadline first."""
    return await store.listed(
        session,
        paging,
        wanted=wanted,
        units=caller.units_of(*_READERS),
        employee_id=caller.employee_id,
        now=now,
    )


async def _decide(
    uow: UnitOfWork, obligation_id: UUID, revision: int, action: ObligationAction, said: str | None
) -> Obligation:
    row = await to_move(uow, obligation_id, revision)
    superior = uow.caller.employee_id in row.chain
    if not superior and not uow.caller.has_over(row.unit_path, Role.HR):
        raise NotInThisCapacity(needed=Text("上级或人力资源", "the superior or HR"))
    demand_stranger(uow.caller, row)
    await move(uow, row, action, Role.MANAGER, values=decided(uow, said), note=said)
    await close_tasks(uow, _DECIDE, subject=(NOUN, row.id))
    return await _now(uow, row.id)


def demand_stranger(caller: Caller, row: ObligationRow) -> None:
    """Refuse a decision of whoever owes it, or handed it in.

    Raises:
        OwnMatter.
    """
    mine = (row.owner_id, row.submitted_by_person)
    if (caller.employee_id is not None and caller.employee_id in mine) or caller.account_id == row.submitted_by:
        raise OwnMatter


async def to_move(uow: UnitOfWork, obligation_id: UUID, revision: int) -> ObligationRow:
    """An obligation that the caller sees, locked, as they saw it.

    Raises:
        NoObligation, Stale.
    """
    row = await store.locked(uow.session, obligation_id)
    if row is None or not _sees(uow.caller, store.owner_of(row)):
        raise NoObligation
    demand_revision(row.revision, revision)
    return row


def _sees(caller: Caller, owner: Owner) -> bool:
    person = caller.employee_id
    mine = person is not None and (person == owner.employee_id or person in owner.chain)
    return mine or caller.has_over(owner.unit_path, *_READERS)


async def move(
    uow: UnitOfWork,
    row: ObligationRow,
    action: ObligationAction,
    acting: Role,
    *,
    values: dict[str, object],
    note: str | None = None,
) -> None:
    """Transition an obligation, with its event.

    Raises:
        TransitionNotPossible: from where it stands.
    """
    step, seen = OBLIGATION.next(ObligationState(row.state), action, [acting]), row.revision
    await advance(uow, ObligationRow, row.id, step, values=values, note=note)
    await uow.session.refresh(row)
    data = {"state": step.target, "demand": row.demand}
    trail = trail_of(step.source.value, step.target.value, revision=seen, demand=row.demand, reason=note)
    await uow.record(f"appraisal.obligation.{_PAST[action]}", subject=(NOUN, row.id), data=data, **trail)


_PAST = {
    ObligationAction.SUBMIT: "submitted",
    ObligationAction.ACCEPT: "accepted",
    ObligationAction.RETURN: "returned",
    ObligationAction.WITHDRAW: "withdrawn",
    ObligationAction.REOPEN: "reopened",
    ObligationAction.ASSIGN: "assigned",
}


def decided(uow: UnitOfWork, said: str | None) -> dict[str, object]:
    """The columns of a decision of the caller's."""
    return {
        "decision": said,
        "decided_by": uow.caller.account_id,
        "decided_by_name": uow.caller.name,
        "decided_at": uow.now,
    }


async def ask_owner(uow: UnitOfWork, owed: Obligation) -> None:
    """A term runs from now; a deadline that is a day of the calendar stays what it is."""
    owner = owed.owner
    assignee = Assignee(owner.employee_id) if owner.employee_id else Assignee(role=Role.HR, unit_path=owner.unit_path)
    await open_task(
        uow,
        SUBMIT,
        subject=(NOUN, owed.id),
        assignee=assignee,
        title=owed.title,
        link=f"/v1/appraisal/obligations/{owed.id}",
        term=owed.term,
        due_at=owed.due_at if owed.term is None else None,
    )


async def _ask_superior(uow: UnitOfWork, row: ObligationRow) -> None:
    gone = await departures.gone(uow.session, row.chain, uow.today)
    superiors = [person for person in row.chain if person not in gone]
    signed = Signature.of(uow.caller).ids
    hr = Assignee(role=Role.HR, unit_path=row.unit_path, excluded_ids=signed)
    await open_task(
        uow,
        _DECIDE,
        subject=(NOUN, row.id),
        assignee=Assignee(superiors[0]) if superiors else hr,
        title=Text(
            f"审阅{uow.caller.name}提交的“{row.title_zh}”", f"Review '{row.title_en}', handed in by {uow.caller.name}"
        ),
        link=f"/v1/appraisal/obligations/{row.id}",
    )


async def _now(uow: UnitOfWork, obligation_id: UUID) -> Obligation:
    return await read(uow.session, caller=uow.caller, obligation_id=obligation_id)
