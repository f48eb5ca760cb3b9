"""Classifying suppliers A, B or C by what was found about them (APR-03)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.appraisal.suppliers.domain.classification import Classification, Finding, classify
from services.appraisal.suppliers.store import classifications as store
from services.appraisal.suppliers.store import policies as policy_store
from services.appraisal.suppliers.store import suppliers as supplier_store
from services.appraisal.suppliers.usecases.suppliers import NOUN, NoSupplier, demand_confidential
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import existing
from services.kit.explanation import as_json
from services.kit.identity import Caller
from services.kit.work.unit_of_work import UnitOfWork


async def create(
    uow: UnitOfWork, *, supplier_id: UUID, valid_from: date, findings: Mapping[str, Finding]
) -> Classification:
    """Give a supplier the class that the policy of the day gives for these findings; the class before is kept.

    Raises:
        NoSupplier, CriteriaMismatch.
    """
    supplier = existing(await supplier_store.locked(uow.session, supplier_id), NoSupplier)
    version = await policy_store.in_force(uow.session, valid_from)
    found = classify(version, findings)
    classification = Classification(
        id=new_id(),
        supplier_id=supplier_id,
        supplier_code=supplier.code,
        supplier_name=supplier.name,
        supplier_class=found.supplier_class,
        score=found.score,
        findings=findings,
        policy_version=version.version,
        explanation=as_json(found.step),
        valid_from=valid_from,
        classified_by=uow.caller.account_id,
        classified_by_name=uow.caller.name,
        classified_at=uow.now,
    )
    await store.add(uow.session, classification)
    after = {"class": found.supplier_class, "score": found.score, "valid_from": valid_from, "findings": findings}
    data = {"code": supplier.code, "class": found.supplier_class, "valid_from": valid_from}
    await uow.record("appraisal.supplier.classified", subject=(NOUN, supplier_id), after=after, data=data)
    return classification


async def list_classifications(
    session: ReadSession, *, caller: Caller, supplier_id: UUID, paging: Paging
) -> Rows[Classification]:
    """How a supplier was classified, in the order of the decisions.

    Raises:
        NoSupplier, NotInThisCapacity.
    """
    await demand_confidential(session, caller, supplier_id)
    return await store.listed(session, paging, supplier_id=supplier_id)
