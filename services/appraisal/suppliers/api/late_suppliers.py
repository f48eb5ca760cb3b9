"""/v1/appraisal/cycles/{id}/suppliers: suppliers recorded after a cycle opened (APR-03, APR-04)."""

from uuid import UUID

from pydantic import Field

from services.appraisal.cycles.api.forms import FormSummary
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.permissions import HrUnitOfWork
from services.appraisal.schemas import CyclePath, Reason
from services.appraisal.suppliers.usecases import late_suppliers
from services.kit.fields import Model
from services.kit.web.application import IfMatch
from services.kit.web.routing import located, router

routes = router("/v1/appraisal/cycles", tag="suppliers")


class SupplierAddition(Model):
    """A supplier to add to the cycle, with the reason."""

    supplier_id: UUID = Field(
        description="Supplier to add, of the caller's scope.", examples=["01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"]
    )
    reason: Reason


@routes.post("/{cycle_id}/suppliers", summary="Add a supplier recorded late", status_code=201)
@located("/v1/appraisal/forms/{id}")
async def add_supplier_to_cycle(
    cycle_id: CyclePath, body: SupplierAddition, uow: HrUnitOfWork, revision: IfMatch
) -> FormSummary:
    """Adds a supplier that was registered, classified or put under agreement after the cycle opened, until
    evaluation has ended.
    """
    made = await late_suppliers.add_supplier(
        uow, cycle_id=cycle_id, revision=revision, supplier_id=body.supplier_id, reason=body.reason
    )
    return FormSummary.of((await form_for(uow.session, uow.caller, made)).summary)
