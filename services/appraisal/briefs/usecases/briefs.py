"""Monthly briefs: drafted from data, completed and signed by the head, archived as they were signed (APR-08)."""

from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID

from services.appraisal.briefs.domain.brief import (
    BRIEF,
    Brief,
    BriefAction,
    BriefArchived,
    BriefFacts,
    BriefState,
    Month,
    MonthNotOver,
    demand_complete,
    demand_reason,
    due_at,
)
from services.appraisal.briefs.store import briefs as store
from services.appraisal.briefs.store import deputies as deputy_store
from services.appraisal.briefs.store.tables import BriefRow, SignedBriefRow
from services.appraisal.briefs.usecases.deputies import ask_deputies
from services.appraisal.cycles.usecases.access import NotInThisCapacity, demand_revision
from services.appraisal.incidents.usecases.incidents import UnitUnknown
from services.appraisal.tracking.domain.obligation import Owner
from services.appraisal.tracking.store import charges as charge_store
from services.kit.database.codec import plain_object
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, NotFound, Text
from services.kit.explanation import canonical_json
from services.kit.identity import Caller, Role
from services.kit.periods import first_of_month, period_in_words
from services.kit.work.history import advance, trail_of
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

AT_ONCE: Final = 50
"""So many briefs a job drafts in one transaction."""
_NOUN: Final = "brief"
_SIGN: Final = "brief.sign"
_READERS: Final = (Role.HR, Role.AUDITOR, Role.EXECUTIVE)
_HEAD: Final = Text(
    "单元负责人{name}、其代理人、上级或该单元的人力资源",
    "the unit's head{name}, a deputy, a superior or HR of the unit",
)


class NoBrief(NotFound):
    """There is no such brief, or none that the caller may know of."""

    code = "no_brief"
    zh = "找不到该月度简报，或您无权查看。"
    en = "There is no such monthly brief, or you may not see it."


class BriefExists(Conflict):
    """One brief a unit and month."""

    code = "brief_exists"
    zh = "该单元 {month} 的简报已起草，请直接打开。"
    en = "The unit has a brief about {month} already; open that one."


async def draft(uow: UnitOfWork, *, unit_id: UUID, month: date) -> Brief:
    """Draft the brief of a unit about a month that has ended; it then waits for the head.

    Raises:
        UnitUnknown, NotInThisCapacity, MonthNotOver, BriefExists.
    """
    charge = await charge_store.charge_of(uow.session, unit_id)
    if charge is None:
        raise UnitUnknown
    await _demand_writer(uow, charge.head)
    if first_of_month(month, 1) > uow.today:
        raise MonthNotOver(month=f"{month:%Y-%m}")
    found = await _drafted(uow, charge, month)
    if found is None:
        raise BriefExists(month=f"{month:%Y-%m}")
    return await read(uow.session, caller=uow.caller, brief_id=found, today=uow.today)


async def draft_due(uow: UnitOfWork) -> int:
    """Draft last month's briefs of units with a head and something to say; how many."""
    month = first_of_month(uow.today, -1)
    units = await store.units_to_draft(uow.session, Month.of(month, uow.local_now), AT_ONCE)
    for unit_id in units:
        charge = await charge_store.charge_of(uow.session, unit_id)
        if charge is not None:
            await _drafted(uow, charge, month)
    return len(units)


async def refresh(uow: UnitOfWork, *, brief_id: UUID, revision: int) -> Brief:
    """Draft the figures anew; what people wrote stays.

    Raises:
        NoBrief, NotInThisCapacity, Stale, BriefArchived.
    """
    row = await _to_edit(uow, brief_id, revision)
    facts = await _facts(uow, row.unit_id, row.unit_code, row.month)
    return await _edited(uow, row, facts=store.written(facts))


async def edit(uow: UnitOfWork, *, brief_id: UUID, revision: int, analysis: str | None, measures: str | None) -> Brief:
    """Complete a brief: what the figures mean, and the measures for the next month; None leaves a text as it is.

    Raises:
        NoBrief, NotInThisCapacity, Stale, BriefArchived.
    """
    row = await _to_edit(uow, brief_id, revision)
    given = {"analysis": analysis, "measures": measures}
    return await _edited(uow, row, **{name: text for name, text in given.items() if text is not None})


async def sign(uow: UnitOfWork, *, brief_id: UUID, revision: int, reason: str | None) -> Brief:
    """Sign a brief exactly as it was seen, and archive it; whoever signs instead of the head says why.

    To whom the head delegated signs on the head's behalf, which the signature says; that needs no other reason.

    Raises:
        NoBrief, NotInThisCapacity, ReasonNeeded, BriefIncomplete, Stale, BriefArchived.
    """
    row = await _to_edit(uow, brief_id, revision)
    is_head = row.head_id is not None and row.head_id == uow.caller.employee_id
    is_deputy = not is_head and await _is_deputy(uow.session, uow.caller, store.head_of(row), uow.today)
    said = reason if is_head or is_deputy else demand_reason(reason)
    instead_of = row.head_name if is_deputy else None
    demand_complete(row.measures)
    brief = await read(uow.session, caller=uow.caller, brief_id=brief_id, today=uow.today)
    content = canonical_json(_signed(brief, uow.caller.name, said, instead_of))
    move = BRIEF.next(BriefState(row.state), BriefAction.SIGN, [Role.MANAGER])
    await advance(uow, BriefRow, row.id, move, note=said)
    archived = SignedBriefRow(
        brief_id=row.id,
        content=content.decode(),
        hash=sha256(content).hexdigest(),
        reason=said,
        signed_by=uow.caller.account_id,
        signed_by_person=uow.caller.employee_id,
        signed_by_name=uow.caller.name,
        on_behalf_of=instead_of,
        signed_at=uow.now,
    )
    uow.session.add(archived)
    await uow.session.flush()
    await close_tasks(uow, subject=(_NOUN, row.id))
    data = {"unit_id": row.unit_id, "month": f"{row.month:%Y-%m}", "hash": archived.hash}
    trail = trail_of(move.source.value, move.target.value, revision=revision, reason=said, **data)
    await uow.record("appraisal.brief.signed", subject=(_NOUN, row.id), data=data, **trail)
    return await read(uow.session, caller=uow.caller, brief_id=brief_id, today=uow.today)


async def read(session: ReadSession, *, caller: Caller, brief_id: UUID, today: date) -> Brief:
    """A brief, for the head, their deputies, those above them, and HR, auditors and executives over the unit.

    Raises:
        NoBrief.
    """
    found = await store.find(session, brief_id)
    if found is None or not await _sees(session, caller, found.head, today):
        raise NoBrief
    return found


async def list_briefs(
    session: ReadSession,
    *,
    caller: Caller,
    paging: Paging,
    unit_id: UUID | None,
    month: date | None,
    state: BriefState | None,
    today: date,
) -> Rows[Brief]:
    """Briefs that the caller may read, by month."""
    return await store.listed(
        session,
        paging,
        units=caller.units_of(*_READERS),
        employee_id=caller.employee_id,
        unit_id=unit_id,
        month=month,
        state=state,
        today=today,
    )


async def _drafted(uow: UnitOfWork, charge: charge_store.Charge, month: date) -> UUID | None:
    facts = await _facts(uow, charge.unit_id, charge.code, month)
    brief = Brief(
        new_id(), charge.unit_id, charge.code, charge.name, month, charge.head, facts, "", "", BriefState.DRAFTED, 1,
        uow.now,
    )  # fmt: skip
    if not await store.add(uow.session, brief):
        return None
    head, name = charge.head, charge.name
    said = period_in_words(f"{month:%Y-%m}")
    await open_task(
        uow,
        _SIGN,
        subject=(_NOUN, brief.id),
        assignee=Assignee(head.employee_id) if head.employee_id else Assignee(role=Role.HR, unit_path=head.unit_path),
        title=Text(f"签署{name.zh} {said.zh}简报", f"Sign the brief of {name.en} about {said.en}"),
        link=f"/v1/appraisal/briefs/{brief.id}",
        due_at=due_at(month, uow.local_now),
    )
    await ask_deputies(uow)
    after = {"unit_id": charge.unit_id, "month": f"{month:%Y-%m}"}
    await uow.record("appraisal.brief.drafted", subject=(_NOUN, brief.id), after=after, data=after)
    return brief.id


async def _facts(uow: UnitOfWork, unit_id: UUID, code: str, month: date) -> BriefFacts:
    return await store.facts_of(uow.session, unit_id, code, Month.of(month, uow.local_now))


async def _to_edit(uow: UnitOfWork, brief_id: UUID, revision: int) -> BriefRow:
    row = await store.locked(uow.session, brief_id)
    if row is None or not await _sees(uow.session, uow.caller, store.head_of(row), uow.today):
        raise NoBrief
    demand_revision(row.revision, revision)
    await _demand_writer(uow, store.head_of(row))
    found = await store.find(uow.session, brief_id)
    if found is not None and found.signature is not None:
        at = f"{found.signature.signed_at.astimezone(uow.zone):%Y-%m-%d %H:%M}"
        raise BriefArchived(name=found.signature.name, at=at)
    BRIEF.next(BriefState(row.state), BriefAction.EDIT, [Role.MANAGER])
    return row


async def _edited(uow: UnitOfWork, row: BriefRow, **changes: object) -> Brief:
    for name, value in changes.items():
        setattr(row, name, value)
    row.revision += 1
    await uow.session.flush()
    await uow.audit("appraisal.brief.edited", subject=(_NOUN, row.id), after={"fields": sorted(changes)})
    return await read(uow.session, caller=uow.caller, brief_id=row.id, today=uow.today)


async def _demand_writer(uow: UnitOfWork, head: Owner) -> None:
    if _in_line(uow.caller, head) or uow.caller.has_over(head.unit_path, Role.HR):
        return
    if not await _is_deputy(uow.session, uow.caller, head, uow.today):
        name = Text(f"（{head.name}）", f" ({head.name})") if head.name else Text("", "")
        raise NotInThisCapacity(needed=Text(_HEAD.zh.format(name=name.zh), _HEAD.en.format(name=name.en)))


async def _sees(session: ReadSession, caller: Caller, head: Owner, today: date) -> bool:
    if _in_line(caller, head) or caller.has_over(head.unit_path, *_READERS):
        return True
    return await _is_deputy(session, caller, head, today)


def _in_line(caller: Caller, head: Owner) -> bool:
    person = caller.employee_id
    return person is not None and (person == head.employee_id or person in head.chain)


async def _is_deputy(session: ReadSession, caller: Caller, head: Owner, today: date) -> bool:
    person = caller.employee_id
    return person is not None and await deputy_store.acts_for(session, person, head, today)


def _signed(brief: Brief, signed_by: str, reason: str | None, instead_of: str | None) -> dict[str, object]:
    """What is archived; who signs for themselves signs on nobody's behalf."""
    behalf = {} if instead_of is None else {"on_behalf_of": instead_of}
    return plain_object({"brief": brief, "signed_by": signed_by, "reason": reason, **behalf})
