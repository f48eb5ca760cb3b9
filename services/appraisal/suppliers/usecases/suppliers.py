"""The register of suppliers: entered and kept by HR over the whole organisation (APR-03)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.appraisal.cycles.usecases.access import NotInThisCapacity, demand_revision
from services.appraisal.participants.domain.outside_party import OutsideParty
from services.appraisal.suppliers.domain.supplier import (
    SUPPLIER,
    Supplier,
    SupplierAction,
    SupplierFilter,
    SupplierState,
)
from services.appraisal.suppliers.store import policies as policy_store
from services.appraisal.suppliers.store import suppliers as store
from services.appraisal.suppliers.store.tables import SupplierRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Text, existing
from services.kit.identity import Caller, Role
from services.kit.periods import Period
from services.kit.work.history import advance, decision_shown, last_decisions, trail_of
from services.kit.work.unit_of_work import UnitOfWork

NOUN = "supplier"
CONFIDENTIAL_READERS = (Role.HR, Role.AUDITOR, Role.EXECUTIVE)
"""Who reads prices, findings and decisions; that a supplier exists, and its class, may know everybody who orders."""


class NoSupplier(NotFound):
    """There is no such supplier."""

    code = "no_supplier"
    zh = "找不到该供应商，请刷新列表后重试。"
    en = "There is no such supplier."


class SupplierCodeTaken(Conflict):
    """Another supplier has the code."""

    code = "supplier_code_taken"
    zh = "供应商编码“{found}”已被使用，请换一个。"
    en = "The supplier code '{found}' is already taken; choose another one."


class SupplierUnitUnknown(Invalid):
    """A supplier is said to work with a unit that org has not reported."""

    code = "supplier_unit_unknown"
    zh = "没有编码为“{found}”的单元，或尚未从组织服务同步。"
    en = "There is no unit with the code '{found}', or it is not known here yet."


async def create(uow: UnitOfWork, *, code: str, name: str, unit_code: str) -> Supplier:
    """Register a supplier with the unit that works with it, whose head answers for its forms.

    Raises:
        SupplierCodeTaken, SupplierUnitUnknown.
    """
    if await store.by_code(uow.session, [code]):
        expected = Text("未使用的编码", "a code not in use")
        raise SupplierCodeTaken(found=code, field_errors=[FieldError("/code", code, expected)])
    await _demand_unit(uow.session, unit_code)
    row = SupplierRow(
        id=new_id(),
        code=code,
        name=name,
        unit_code=unit_code,
        state=SupplierState.ACTIVE.value,
        revision=1,
        created_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    after = {"code": code, "name": name, "unit_code": unit_code}
    await uow.record("appraisal.supplier.registered", subject=(NOUN, row.id), after=after, data={"code": code})
    return await get(uow.session, caller=uow.caller, supplier_id=row.id, as_of=uow.today)


async def update(
    uow: UnitOfWork, *, supplier_id: UUID, revision: int, name: str | None, unit_code: str | None
) -> Supplier:
    """Rename a supplier or let another unit work with it; forms of running cycles stay as they are.

    Raises:
        NoSupplier, Stale, SupplierUnitUnknown.
    """
    row = existing(await store.locked(uow.session, supplier_id), NoSupplier)
    demand_revision(row.revision, revision)
    before = {"name": row.name, "unit_code": row.unit_code}
    after = {"name": name or row.name, "unit_code": unit_code or row.unit_code}
    if after["unit_code"] != row.unit_code:
        await _demand_unit(uow.session, after["unit_code"])
    if after != before:
        row.name, row.unit_code = after["name"], after["unit_code"]
        row.revision += 1
        await uow.session.flush()
        await uow.record(
            "appraisal.supplier.changed", subject=(NOUN, row.id), before=before, after=after, data={"code": row.code}
        )
    return await get(uow.session, caller=uow.caller, supplier_id=supplier_id, as_of=uow.today)


async def reinstate(uow: UnitOfWork, *, supplier_id: UUID, revision: int, reason: str) -> Supplier:
    """Take up again with an eliminated supplier, for a reason.

    Raises:
        NoSupplier, Stale, TransitionNotPossible.
    """
    row = existing(await store.locked(uow.session, supplier_id), NoSupplier)
    demand_revision(row.revision, revision)
    await move(uow, row, SupplierAction.REINSTATE, reason)
    return await get(uow.session, caller=uow.caller, supplier_id=supplier_id, as_of=uow.today)


async def move(uow: UnitOfWork, row: SupplierRow, action: SupplierAction, reason: str) -> None:
    """Eliminate a locked supplier or take up with it again.

    Raises:
        TransitionNotPossible, TransitionForbidden.
    """
    step = SUPPLIER.next(SupplierState(row.state), action, uow.caller.roles)
    trail = trail_of(step.source.value, step.target.value, revision=row.revision, reason=reason)
    await advance(uow, SupplierRow, row.id, step, note=reason)
    done = {SupplierAction.ELIMINATE: "eliminated", SupplierAction.REINSTATE: "reinstated"}[action]
    await uow.record(
        f"appraisal.supplier.{done}",
        subject=(NOUN, row.id),
        data={"code": row.code, "state": step.target},
        **trail,
    )


async def get(session: ReadSession, *, caller: Caller, supplier_id: UUID, as_of: date) -> Supplier:
    """One supplier as of a day.

    Raises:
        NoSupplier: there is none of that id.
    """
    policy = (await policy_store.in_force(session, as_of)).policy
    found = existing(await store.find(session, supplier_id, as_of=as_of, policy=policy), NoSupplier)
    return (await _with_decisions(session, caller, [found]))[0]


async def list_suppliers(
    session: ReadSession, *, caller: Caller, paging: Paging, wanted: SupplierFilter, as_of: date
) -> Rows[Supplier]:
    """Suppliers as of a day, by code."""
    policy = (await policy_store.in_force(session, as_of)).policy
    found = await store.listed(session, paging, wanted=wanted, as_of=as_of, policy=policy)
    return Rows(await _with_decisions(session, caller, found.items), found.next)


async def _with_decisions(session: ReadSession, caller: Caller, found: Sequence[Supplier]) -> list[Supplier]:
    """These with who eliminated or reinstated them last, when and why, where the caller may read that."""
    mine = [each.id for each in found if caller.has_over(each.unit_path, *CONFIDENTIAL_READERS)]
    made = await last_decisions(session, SupplierRow, mine) if mine else {}
    return [replace(each, **decision_shown(made.get(each.id))) for each in found]


async def parties(session: ReadSession, period: Period) -> list[OutsideParty]:
    """The suppliers that a cycle of this period appraises: active ones with a framework agreement in it."""
    return await store.parties(session, period)


async def demand_confidential(session: ReadSession, caller: Caller, supplier_id: UUID) -> None:
    """Refuse what is not for everybody who orders: prices, findings, decisions.

    Raises:
        NoSupplier: there is none of that id.
        NotInThisCapacity: the caller has no role over the unit that works with the supplier.
    """
    path = existing(await store.unit_path(session, supplier_id), NoSupplier)
    if not caller.has_over(path, *CONFIDENTIAL_READERS):
        raise NotInThisCapacity(needed=Text("负责单元的人力资源、审计或高管", "HR, auditors or executives of its unit"))


async def _demand_unit(session: ReadSession, unit_code: str) -> None:
    if unit_code not in await store.units_known(session, [unit_code]):
        expected = Text("单元的编码", "the code of a unit")
        raise SupplierUnitUnknown(found=unit_code, field_errors=[FieldError("/unit_code", unit_code, expected)])
