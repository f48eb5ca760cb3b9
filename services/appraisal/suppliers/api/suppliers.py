"""/v1/appraisal/suppliers: who supplies the company, of which class, and who is preferred for large orders (APR-03)."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.permissions import CompanyHrUnitOfWork, Librarian
from services.appraisal.schemas import DecisionReason, RevisionField
from services.appraisal.suppliers.api.supplier_fields import (
    AsOf,
    SupplierCode,
    SupplierId,
    SupplierName,
    SupplierPath,
    UnitCode,
)
from services.appraisal.suppliers.domain import supplier as domain
from services.appraisal.suppliers.domain.supplier import SupplierFilter, SupplierState
from services.appraisal.suppliers.usecases import suppliers
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Label, Model
from services.kit.web.application import IfMatch, PageAsked, Read, Today
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/suppliers", tag="suppliers")


class NewSupplier(Model):
    """A supplier to be registered."""

    code: SupplierCode
    name: SupplierName
    unit_code: UnitCode


class SupplierChange(Model):
    """What changes about a supplier; what is left out stays."""

    name: Label | None = Field(default=None, description="Name of the supplier.", examples=["华星印务集团有限公司"])
    unit_code: CodeText | None = Field(
        default=None, description="Code of the unit that works with it from now on.", examples=["D12"]
    )


class Supplier(Model):
    """A supplier as of a day."""

    id: SupplierId
    code: SupplierCode
    name: SupplierName
    unit_code: UnitCode
    unit_name: str | None = Field(
        description="Name of that unit; null while org has not reported it.", examples=["华东大区"]
    )
    unit_name_en: str | None = Field(
        description="Name of that unit in English; that in Chinese where no other is entered, null while org has not "
        "reported it.",
        examples=["East Region"],
    )
    state: SupplierState = Field(description="State of the supplier.", examples=["active"])
    supplier_class: SupplierClass | None = Field(
        description="Class, from A (best) to C; null until it is classified.", examples=["A"]
    )
    classified_from: date | None = Field(
        description="First day of that class; null until it is classified.", examples=["2026-01-01"]
    )
    has_agreement: bool = Field(description="Whether a framework agreement is in force.", examples=[True])
    agreement_to: date | None = Field(
        description="Last day of the longest agreement in force; null if open-ended, or without one.",
        examples=["2026-12-31"],
    )
    elimination_pending: bool = Field(description="Whether its elimination waits for a decision.", examples=[False])
    preferred_for_large_orders: bool = Field(
        description="Whether it is preferred for large orders: active, of class A, under an agreement in force, no "
        "elimination waiting for a decision, and its last quarterly scores not all below the mark of the policy, even "
        "if it was kept then.",
        examples=[True],
    )
    decided_at: datetime | None = Field(
        description="Time of its last elimination or reinstatement; only HR, auditors and executives of its unit see "
        "it, others null.",
        examples=[None],
    )
    decided_by_name: str | None = Field(
        description="Name of the person who eliminated or reinstated it, for the same readers.", examples=[None]
    )
    decision: str | None = Field(description="Their reason, for the same readers.", examples=[None])
    revision: RevisionField
    created_at: datetime = Field(description="Time of registration.", examples=["2026-01-05T01:00:00Z"])


@routes.post("", status_code=201, summary="Register a supplier")
async def create_supplier(body: NewSupplier, uow: CompanyHrUnitOfWork) -> Supplier:
    """Registers a supplier with the unit that works with it.

    A supplier takes part in cycles while it is active, has a class that a scheme covers, and a framework agreement on
    a day of the period. It does not sign in: the head of the unit answers for its form.
    """
    supplier = await suppliers.create(uow, **body.model_dump())
    return _written(supplier)


@routes.get("", summary="List suppliers")
async def list_suppliers(
    caller: Librarian,
    session: Read,
    paging: PageAsked,
    today: Today,
    state: Annotated[SupplierState | None, Query(description="Only suppliers in this state.")] = None,
    supplier_class: Annotated[SupplierClass | None, Query(description="Only suppliers of this class.")] = None,
    preferred_for_large_orders: Annotated[
        bool | None, Query(description="Only suppliers preferred for large orders, or only others.")
    ] = None,
    unit_code: Annotated[str | None, Query(max_length=64, description="Only suppliers of this unit.")] = None,
    search: Annotated[
        str | None, Query(max_length=100, description="Only suppliers whose code or name contains this.")
    ] = None,
    as_of: AsOf = None,
) -> Page[Supplier]:
    """Suppliers by code, for everybody who orders."""
    wanted = SupplierFilter(state, supplier_class, preferred_for_large_orders, unit_code, search)
    found = await suppliers.list_suppliers(session, caller=caller, paging=paging, wanted=wanted, as_of=as_of or today)
    return Page[Supplier].model_validate(found.written(_written))


@routes.get("/{supplier_id}", summary="Read a supplier")
async def get_supplier(
    supplier_id: SupplierPath, caller: Librarian, session: Read, today: Today, as_of: AsOf = None
) -> Supplier:
    """One supplier, with its class and whether it is preferred for large orders."""
    found = await suppliers.get(session, caller=caller, supplier_id=supplier_id, as_of=as_of or today)
    return _written(found)


@routes.patch("/{supplier_id}", summary="Change a supplier")
async def update_supplier(
    supplier_id: SupplierPath,
    body: SupplierChange,
    uow: CompanyHrUnitOfWork,
    revision: IfMatch,
) -> Supplier:
    """Renames a supplier or moves it to another unit. Forms of running cycles stay as they are."""
    changed = await suppliers.update(uow, supplier_id=supplier_id, revision=revision, **body.model_dump())
    return _written(changed)


@routes.post("/{supplier_id}/reinstate", summary="Reinstate an eliminated supplier")
@answers_with(
    preferred_for_large_orders=False,
    decided_at="2026-04-16T02:30:00Z",
    decided_by_name="林晓燕",
    decision="整改验收合格",
)
async def reinstate_supplier(
    supplier_id: SupplierPath,
    body: DecisionReason,
    uow: CompanyHrUnitOfWork,
    revision: IfMatch,
) -> Supplier:
    """Takes up again with an eliminated supplier; scores that led to its elimination do not open another."""
    back = await suppliers.reinstate(uow, supplier_id=supplier_id, revision=revision, reason=body.reason)
    return _written(back)


def _written(found: domain.Supplier) -> Supplier:
    values = {name: value for name, value in vars(found).items() if name not in {"preferred", "unit_path"}}
    return Supplier.model_validate({**values, "preferred_for_large_orders": found.preferred})
