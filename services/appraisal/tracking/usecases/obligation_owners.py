"""Others owe what somebody owed: the next superior of whoever has left, or whom HR names (APR-07)."""

from typing import Final
from uuid import UUID

from services.appraisal.cycles.store import departures
from services.appraisal.cycles.usecases.access import NotInThisCapacity
from services.appraisal.tracking.domain.obligation import Obligation, ObligationAction, Owner, successor
from services.appraisal.tracking.store import obligations as store
from services.appraisal.tracking.store.obligations import NOUN
from services.appraisal.tracking.store.tables import ObligationRow
from services.appraisal.tracking.usecases.obligations import (
    SUBMIT,
    ask_owner,
    decided,
    demand_stranger,
    move,
    read,
    to_move,
)
from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork

AT_ONCE: Final = 200
"""So many obligations a job transfers in one transaction."""


class OwnerInvalid(Invalid):
    """Somebody unknown, who has left, or who owes it already."""

    code = "obligation_owner_invalid"
    zh = "所选人员不能作为责任人，请按下列提示修改。"
    en = "This person cannot owe it; choose somebody as follows."


async def assign(uow: UnitOfWork, *, obligation_id: UUID, revision: int, owner_id: UUID, reason: str) -> Obligation:
    """Let somebody else owe an open obligation, with the whole time again: HR over the unit, but nobody their own.

    Raises:
        NoObligation, NotInThisCapacity, OwnMatter, OwnerInvalid, Stale, TransitionNotPossible.
    """
    row = await to_move(uow, obligation_id, revision)
    if not uow.caller.has_over(row.unit_path, Role.HR):
        raise NotInThisCapacity(needed=Text("人力资源", "HR"))
    demand_stranger(uow.caller, row)
    owner = await store.named(uow.session, owner_id, row.unit_path)
    gone = await departures.gone(uow.session, [owner_id], uow.today)
    if owner is None or gone or owner_id == row.owner_id:
        expected = Text(
            "已开始的考核周期内的在职员工，且不是现责任人", "an employee of a cycle that has opened, not the owner"
        )
        raise OwnerInvalid(field_errors=[FieldError("/owner_id", str(owner_id), expected)])
    await move(uow, row, ObligationAction.ASSIGN, Role.HR, values=_columns(owner) | decided(uow, reason), note=reason)
    await _ask(uow, row)
    return await read(uow.session, caller=uow.caller, obligation_id=obligation_id)


async def hand_over_obligations(uow: UnitOfWork) -> int:
    """Let the next superior, or HR, owe what somebody owed who has left; how many changed owner."""
    rows = await store.left_behind(uow.session, uow.today, AT_ONCE)
    people = {person for row in rows for person in row.chain}
    gone = await departures.gone(uow.session, people, uow.today)
    names = await store.names(uow.session, people)
    for row in rows:
        before = row.owner_id
        heir = successor(store.owner_of(row), gone)
        for name, value in _columns(heir).items():
            setattr(row, name, value)
        row.owner_name = None if heir.employee_id is None else names.get(heir.employee_id)
        row.revision += 1
        await uow.session.flush()
        await _ask(uow, row)
        subject, after = (NOUN, row.id), {"owner_id": heir.employee_id}
        await uow.audit("appraisal.obligation.handed_over", subject=subject, before={"owner_id": before}, after=after)
    return len(rows)


def _columns(owner: Owner) -> dict[str, object]:
    chain = list(owner.chain)
    return {"owner_id": owner.employee_id, "owner_name": owner.name, "chain": chain, "overdue_announced": False}


async def _ask(uow: UnitOfWork, row: ObligationRow) -> None:
    await close_tasks(uow, SUBMIT, subject=(NOUN, row.id))
    await ask_owner(uow, store.obligation_of(row))
    await store.follow_tasks(uow.session)
