"""Eliminations: opened by scores, decided by a person with a reason, unmade by corrections (APR-03, APR-15)."""

from collections.abc import Collection
from uuid import UUID

from services.appraisal.cycles.usecases.access import NotInThisCapacity, OwnMatter, demand_revision
from services.appraisal.suppliers.domain.elimination import (
    ELIMINATION,
    UNMADE,
    Elimination,
    EliminationAction,
    EliminationState,
    QuarterScore,
    follow,
)
from services.appraisal.suppliers.domain.policy import PolicyVersion
from services.appraisal.suppliers.domain.supplier import SupplierAction, SupplierState
from services.appraisal.suppliers.store import eliminations as store
from services.appraisal.suppliers.store import policies as policy_store
from services.appraisal.suppliers.store import scores as score_store
from services.appraisal.suppliers.store import suppliers as supplier_store
from services.appraisal.suppliers.store.eliminations import EliminationFilter
from services.appraisal.suppliers.store.tables import GROUNDS, SupplierEliminationRow, SupplierRow
from services.appraisal.suppliers.usecases.suppliers import CONFIDENTIAL_READERS, NoSupplier, move
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.deadlines import Term, TimeUnit
from services.kit.errors import Conflict, NotFound, Text, existing
from services.kit.identity import Caller, Role
from services.kit.money import plain
from services.kit.work.assignees import whoever_may
from services.kit.work.history import advance, trail_of
from services.kit.work.tasks import close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["EliminationFilter"]

NOUN = "supplier_elimination"
_DECIDE = "supplier_elimination.decide"
_DECIDERS = (Role.HR, Role.EXECUTIVE)
_DECISIONS = (EliminationAction.CONFIRM, EliminationAction.REJECT)
_LINK = "/v1/appraisal/supplier_eliminations"


class NoElimination(NotFound):
    """There is no such elimination, or none that the caller may know of."""

    code = "no_elimination"
    zh = "找不到该淘汰事项，或您无权查看。"
    en = "There is no such elimination, or you may not see it."


class GroundsChanged(Conflict):
    """The scores that opened an elimination have been corrected."""

    code = "grounds_changed"
    zh = "依据的得分已被更正，不再满足淘汰条件；该事项将自动撤销。"
    en = "The scores have been corrected and no longer call for an elimination; it is about to be withdrawn."


async def follow_scores(uow: UnitOfWork) -> None:
    """Open, withdraw and reopen what the present scores of all suppliers lead to. Doing it again changes nothing."""
    await supplier_store.lock_all(uow.session)
    policy = await policy_store.in_force(uow.session, uow.today)
    scores, known = await score_store.scores(uow.session), await store.all_by_supplier(uow.session)
    for row in await supplier_store.all_rows(uow.session):
        own = known.get(row.id, [])
        active = row.state == SupplierState.ACTIVE.value
        found = follow(scores.get(row.id, []), own, policy, active=active)
        for each in own:
            if each.id in found.withdraw:
                await _unmake(uow, each, EliminationAction.WITHDRAW)
                await close_tasks(uow, _DECIDE, subject=(NOUN, each.id))
            elif each.id in found.reopen:
                await _unmake(uow, each, EliminationAction.REOPEN)
                await _ask(uow, each, policy)
        if found.grounds:
            await _open(uow, row, found.grounds, policy)


async def confirm(uow: UnitOfWork, *, elimination_id: UUID, revision: int, reason: str) -> Elimination:
    """Eliminate the supplier: it takes part in no further cycle, and no agreement is made with it.

    Raises:
        NoElimination, NotInThisCapacity, OwnMatter, Stale, TransitionNotPossible.
        GroundsChanged: a correction has unmade the scores.
    """
    seen, supplier = await _to_decide(uow, elimination_id, revision)
    scores = (await score_store.scores(uow.session, seen.supplier_id)).get(seen.supplier_id, [])
    if seen.state is EliminationState.OPEN and not seen.holds({each.cycle_id: each for each in scores}):
        raise GroundsChanged
    await _decide(uow, seen, EliminationAction.CONFIRM, reason)
    if supplier.state == SupplierState.ACTIVE.value:
        await move(uow, supplier, SupplierAction.ELIMINATE, reason)
    return await get(uow.session, caller=uow.caller, elimination_id=elimination_id)


async def reject(uow: UnitOfWork, *, elimination_id: UUID, revision: int, reason: str) -> Elimination:
    """Keep the supplier; one that was eliminated on scores corrected since is reinstated.

    Raises:
        NoElimination, NotInThisCapacity, OwnMatter, Stale, TransitionNotPossible.
    """
    seen, supplier = await _to_decide(uow, elimination_id, revision)
    await _decide(uow, seen, EliminationAction.REJECT, reason)
    if supplier.state == SupplierState.ELIMINATED.value:
        await move(uow, supplier, SupplierAction.REINSTATE, reason)
    return await get(uow.session, caller=uow.caller, elimination_id=elimination_id)


async def get(session: ReadSession, *, caller: Caller, elimination_id: UUID) -> Elimination:
    """One, for HR, executives and auditors of the unit that works with the supplier.

    Raises:
        NoElimination.
    """
    found = existing(await store.find(session, elimination_id), NoElimination)
    if not caller.has_over(found.unit_path, *CONFIDENTIAL_READERS):
        raise NoElimination
    return found


async def list_eliminations(
    session: ReadSession, *, caller: Caller, wanted: EliminationFilter, paging: Paging
) -> Rows[Elimination]:
    """Those in the scope of the caller's roles, in the order of opening."""
    return await store.listed(session, paging, units=caller.units_of(*CONFIDENTIAL_READERS), wanted=wanted)


async def _open(
    uow: UnitOfWork, supplier: SupplierRow, grounds: tuple[QuarterScore, ...], policy: PolicyVersion
) -> None:
    elimination_id = new_id()
    opened = Elimination(
        id=elimination_id,
        supplier_id=supplier.id,
        supplier_code=supplier.code,
        supplier_name=supplier.name,
        unit_code=supplier.unit_code,
        unit_path=await supplier_store.unit_path(uow.session, supplier.id) or (),
        grounds=grounds,
        below=policy.policy.elimination_below,
        policy_version=policy.version,
        state=EliminationState.OPEN,
        revision=1,
        opened_at=uow.now,
        decision=None,
        decided_by=None,
        decided_by_name=None,
        decided_at=None,
    )
    await store.add(uow.session, opened)
    await _ask(uow, opened, policy)
    data = {"supplier_id": supplier.id, "grounds": GROUNDS.dump(grounds), "below": plain(opened.below)}
    await uow.record(
        "appraisal.supplier_elimination.opened",
        subject=(NOUN, elimination_id),
        after={**data, "policy_version": policy.version},
        data=data,
    )


async def _ask(uow: UnitOfWork, opened: Elimination, policy: PolicyVersion) -> None:
    name, scores = opened.supplier_name, [f"{each.cycle_code} {plain(each.total)}" for each in opened.grounds]
    concerned = await score_store.answerable(uow.session, [each.result_id for each in opened.grounds])
    await open_task(
        uow,
        _DECIDE,
        subject=(NOUN, opened.id),
        assignee=whoever_may(ELIMINATION, *_DECISIONS, unit_path=opened.unit_path, excluded_ids=concerned),
        title=Text(
            f"决定是否淘汰供应商“{name}”（{'、'.join(scores)}）",
            f"Decide whether the supplier '{name}' is eliminated ({', '.join(scores)})",
        ),
        link=f"{_LINK}/{opened.id}",
        term=Term(policy.policy.decision_days, TimeUnit.WORKING_DAYS),
    )


async def _unmake(uow: UnitOfWork, seen: Elimination, action: EliminationAction) -> None:
    step = ELIMINATION.next(seen.state, action, {Role.SERVICE})
    await advance(uow, SupplierEliminationRow, seen.id, step, note=UNMADE.zh)
    await _record(uow, seen, step.target, UNMADE.zh)


async def _to_decide(uow: UnitOfWork, elimination_id: UUID, revision: int) -> tuple[Elimination, SupplierRow]:
    seen = await get(uow.session, caller=uow.caller, elimination_id=elimination_id)
    if not uow.caller.has_over(seen.unit_path, *_DECIDERS):
        raise NotInThisCapacity(needed=Text("人力资源或高管", "HR or an executive"))
    supplier = existing(await supplier_store.locked(uow.session, seen.supplier_id), NoSupplier)
    seen = await get(uow.session, caller=uow.caller, elimination_id=elimination_id)
    _demand_stranger(uow.caller, await score_store.answerable(uow.session, [each.result_id for each in seen.grounds]))
    demand_revision(seen.revision, revision)
    return seen, supplier


def _demand_stranger(caller: Caller, concerned: Collection[UUID]) -> None:
    if caller.employee_id in concerned:
        raise OwnMatter


async def _decide(uow: UnitOfWork, seen: Elimination, action: EliminationAction, reason: str) -> None:
    step = ELIMINATION.next(seen.state, action, uow.caller.roles)
    values = {
        "decision": reason,
        "decided_by": uow.caller.account_id,
        "decided_by_name": uow.caller.name,
        "decided_at": uow.now,
    }
    await advance(uow, SupplierEliminationRow, seen.id, step, note=reason, values=values)
    await close_tasks(uow, _DECIDE, subject=(NOUN, seen.id))
    await _record(uow, seen, step.target, reason)


async def _record(uow: UnitOfWork, seen: Elimination, target: EliminationState, reason: str) -> None:
    await uow.record(
        f"appraisal.supplier_elimination.{target.value}",
        subject=(NOUN, seen.id),
        data={"supplier_id": seen.supplier_id, "state": target},
        **trail_of(seen.state.value, target.value, revision=seen.revision, reason=reason),
    )
