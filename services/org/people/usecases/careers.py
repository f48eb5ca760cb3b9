"""Load a career, save what became of it: the way of every command on a person (ORG-07)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import Forbidden, NotFound, Stale, existing
from services.kit.identity import Caller
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.domain.absence import Absence
from services.org.people.domain.assignment import Assignment
from services.org.people.domain.career import AssignmentUnknown, Career
from services.org.people.domain.vacancy import positions_concerned, require_positions
from services.org.people.store import careers as rows
from services.org.people.store.tables import EmployeeRow
from services.org.structure.store import structure


class EmployeeUnknown(NotFound):
    """There is no such person on that day, or none whose absences the caller may see."""

    code = "employee_unknown"
    zh = "找不到该员工，或其在所查日期不在职，或您无权查看。"
    en = "There is no such employee on that day, or you may not see them."


class OwnCareer(Forbidden):
    """Nobody changes their own career, whatever role they hold: a position can carry authority (ORG-09)."""

    code = "own_career"
    zh = "不能办理本人的入职、任职、请假、离职等事项或汇报关系，请由其他有权限的人力资源同事办理。"
    en = "You cannot change your own employment, assignments, absences or reporting lines; an HR colleague has to."


def require_another(caller: Caller, *employee_ids: UUID) -> None:
    """Refuse a caller who is one of these people, by whichever account.

    Raises:
        OwnCareer.
    """
    if caller.employee_id in employee_ids:
        raise OwnCareer


async def lock_employee(uow: UnitOfWork, employee_id: UUID, revision: int | None = None) -> EmployeeRow:
    """A person, locked so that nobody else changes their career in the meantime; ``revision`` starts the next one.

    Raises:
        EmployeeUnknown, Stale.
    """
    await structure.share(uow.session)
    row = existing(await rows.lock(uow.session, employee_id), EmployeeUnknown)
    if revision is not None:
        structure.touch(row, revision)
    return row


async def for_update(uow: UnitOfWork, employee_id: UUID, revision: int | None = None) -> Career:
    """The career of a person, locked; see ``lock_employee``.

    Raises:
        EmployeeUnknown, Stale.
    """
    await lock_employee(uow, employee_id, revision)
    return await rows.get(uow.session, employee_id)


async def with_assignment(uow: UnitOfWork, assignment_id: UUID, revision: int) -> tuple[Career, Assignment]:
    """The career that has an assignment, locked, and the assignment.

    Raises:
        AssignmentUnknown, Stale.
    """
    employee_id = existing(await rows.employee_of(uow.session, assignment_id), AssignmentUnknown)
    career = await for_update(uow, employee_id)
    assignment = career.assignment(assignment_id)
    if assignment.revision != revision:
        raise Stale
    return career, assignment


async def save(uow: UnitOfWork, was: Career, now: Career, *, reason: str | None = None) -> None:
    """Write what differs, and record every assignment and absence that does.

    Raises:
        OwnCareer: it is the caller's.
        ReferenceNotInForce, HeadcountExceeded: a position that the person gets is not in force or has no room.
    """
    require_another(uow.caller, now.employee_id)
    positions = await rows.positions_in_use(uow.session, positions_concerned(was, now), besides=now.employee_id)
    require_positions(was, now, positions)
    await rows.write(uow.session, [(was, now)])
    about = ("employee", now.employee_id)
    for change in (*changed(was.assignments, now.assignments), *changed(was.absences, now.absences)):
        noun, said = ("absence" if isinstance(change.either, Absence) else "assignment"), change.either
        after = change.after or ({"reason": reason} if reason else None)
        data = event_data(now.employee_id, said)
        subject = (noun, said.id)
        await uow.record(
            f"org.{noun}.{change.verb}", subject=subject, before=change.before, after=after, data=data, about=about
        )


def event_data(employee_id: UUID, said: Assignment | Absence) -> dict[str, object]:
    """What an event of an assignment or absence says; of an absence whose it is and its days, never its kind."""
    days = {"valid_from": said.valid.start, "valid_to": said.valid.last}
    if isinstance(said, Absence):
        return {"employee_id": employee_id, **days}
    return {"employee_id": employee_id, "position_id": said.position_id, "kind": said.kind, **days}


class Change(NamedTuple):
    """A part of a career that differs, as it now is, or was if it is no more."""

    verb: str
    either: Assignment | Absence
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


def changed(was: Sequence[Assignment | Absence], now: Sequence[Assignment | Absence]) -> Iterator[Change]:
    """Each part that differs and what became of it: created, ended, changed or rescinded."""
    before, after = {each.id: each for each in was}, {each.id: each for each in now}
    for each in was:
        if each.id not in after:
            yield Change("rescinded", each, _facts(each), None)
    for each in now:
        old = before.get(each.id)
        if old is None:
            yield Change("created", each, None, _facts(each))
        elif old != each:
            ended = each.valid.end is not None and each.valid.overlap(old.valid) == each.valid != old.valid
            verb = "ended" if ended and each.valid.start == old.valid.start else "changed"
            yield Change(verb, each, _facts(old), _facts(each))


def _facts(part: Assignment | Absence) -> dict[str, object]:
    days = {"valid_from": part.valid.start, "valid_to": part.valid.last}
    if isinstance(part, Absence):
        return {"kind": part.kind, **days}
    facts = {"position_id": part.position_id, "kind": part.kind, **days}
    return {**facts, "note": part.note, "overfill_reason": part.overfill_reason}
