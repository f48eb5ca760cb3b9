"""Framework agreements: registered, amended by the next version, ended early with a reason (APR-03)."""

from datetime import date
from uuid import UUID

from services.appraisal.cycles.usecases.access import demand_revision
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.suppliers.domain.agreement import (
    Agreement,
    AgreementTerms,
    amended,
    demand_measurable,
    demand_signed,
    terminated,
)
from services.appraisal.suppliers.domain.supplier import SupplierState
from services.appraisal.suppliers.store import agreements as store
from services.appraisal.suppliers.store import suppliers as supplier_store
from services.appraisal.suppliers.store.tables import TERMS
from services.appraisal.suppliers.usecases.suppliers import NoSupplier, demand_confidential
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, NotFound, existing
from services.kit.identity import Caller
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork

NOUN = "supplier_agreement"


class NoAgreement(NotFound):
    """There is no such agreement."""

    code = "no_agreement"
    zh = "找不到该框架协议，请刷新列表后重试。"
    en = "There is no such framework agreement."


class SupplierEliminated(Conflict):
    """No agreement is made with an eliminated supplier."""

    code = "supplier_eliminated"
    zh = "供应商“{name}”已被淘汰，恢复合作后才能签订框架协议。"
    en = "The supplier '{name}' is eliminated; an agreement is possible only once it is reinstated."


async def register(
    uow: UnitOfWork, *, supplier_id: UUID, number: str, valid: Period, signed_on: date, terms: AgreementTerms
) -> Agreement:
    """Register an agreement, or its amendment: the next version of the same number, which ends the one before it.

    Raises:
        NoSupplier, SupplierEliminated, AgreementNotLater, SignedAhead, IndicatorNotKnown, StandardTwice.
    """
    demand_signed(signed_on, uow.today)
    codes = [each.indicator for each in terms.service_standards if each.indicator]
    demand_measurable(terms, await indicator_store.latest(uow.session, codes))
    supplier = existing(await supplier_store.locked(uow.session, supplier_id), NoSupplier)
    if supplier.state == SupplierState.ELIMINATED.value:
        raise SupplierEliminated(name=supplier.name)
    previous = await store.last_version(uow.session, supplier_id, number)
    left = amended(previous, valid.start) if previous else None
    if previous is not None and left is not None:
        await store.cut(uow.session, previous, left)
    agreement = Agreement(
        id=new_id(),
        supplier_id=supplier_id,
        supplier_code=supplier.code,
        supplier_name=supplier.name,
        number=number,
        version=previous.version + 1 if previous else 1,
        valid=valid,
        signed_on=signed_on,
        terms=terms,
        revision=1,
        termination_reason=None,
        terminated_by_name=None,
        terminated_at=None,
        created_by_name=uow.caller.name,
        created_at=uow.now,
    )
    await store.add(uow.session, agreement)
    span = {"number": number, "version": agreement.version, "valid_from": valid.start, "valid_to": valid.last}
    await uow.record(
        "appraisal.supplier_agreement.registered",
        subject=(NOUN, agreement.id),
        after={**span, "supplier": supplier.code, "terms": TERMS.dump(terms)},
        data={**span, "supplier_id": supplier_id},
        about=("supplier", supplier_id),
    )
    return agreement


async def terminate(uow: UnitOfWork, *, agreement_id: UUID, revision: int, last_day: date, reason: str) -> Agreement:
    """End an agreement before its time, for a reason such as a breach.

    Raises:
        NoAgreement, Stale, AgreementEnded.
    """
    seen = existing(await store.find(uow.session, agreement_id), NoAgreement)
    await supplier_store.locked(uow.session, seen.supplier_id)
    agreement = existing(await store.find(uow.session, agreement_id), NoAgreement)
    demand_revision(agreement.revision, revision)
    ended = {"termination_reason": reason, "terminated_by_name": uow.caller.name, "terminated_at": uow.now}
    await store.cut(uow.session, agreement, terminated(agreement, last_day), **ended)
    await uow.record(
        "appraisal.supplier_agreement.terminated",
        subject=(NOUN, agreement_id),
        before={"valid_to": agreement.valid.last},
        after={"valid_to": last_day, "reason": reason},
        data={"number": agreement.number, "valid_to": last_day, "supplier_id": agreement.supplier_id},
        about=("supplier", agreement.supplier_id),
    )
    return existing(await store.find(uow.session, agreement_id), NoAgreement)


async def get(session: ReadSession, *, caller: Caller, agreement_id: UUID) -> Agreement:
    """One version.

    Raises:
        NoAgreement, NotInThisCapacity.
    """
    agreement = existing(await store.find(session, agreement_id), NoAgreement)
    await demand_confidential(session, caller, agreement.supplier_id)
    return agreement


async def list_agreements(
    session: ReadSession, *, caller: Caller, supplier_id: UUID, as_of: date | None, paging: Paging
) -> Rows[Agreement]:
    """A supplier's agreements; only those in force on a day, where named.

    Raises:
        NoSupplier, NotInThisCapacity.
    """
    await demand_confidential(session, caller, supplier_id)
    return await store.listed(session, paging, supplier_id=supplier_id, as_of=as_of)
