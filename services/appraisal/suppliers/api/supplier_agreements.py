"""/v1/appraisal/supplier_agreements: framework agreements with their standards, prices and breach terms (APR-03)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.permissions import CompanyHrUnitOfWork, SupplierReader
from services.appraisal.schemas import DecisionReason, RevisionField
from services.appraisal.suppliers.api.supplier_fields import (
    AgreementPath,
    SupplierCode,
    SupplierId,
    SupplierName,
    SupplierPath,
)
from services.appraisal.suppliers.domain import agreement as domain
from services.appraisal.suppliers.usecases import agreements
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Day, ExactDecimal, Label, Model, PositiveMoney, Prose
from services.kit.periods import Period
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import located, router

routes = router("/v1/appraisal/suppliers", tag="suppliers")
of_agreements = router("/v1/appraisal/supplier_agreements", tag="suppliers")


class ServiceStandard(Model):
    """A level of service that the supplier promises."""

    name: Label = Field(description="What is promised.", examples=["准时交付率"])
    comparator: Literal["at_least", "at_most"] = Field(
        description="Whether the value is a lower or an upper limit.", examples=["at_least"]
    )
    value: ExactDecimal = Field(description="Limit, in the unit.", examples=["95"])
    unit: Annotated[str, Field(max_length=40)] = Field(description="Unit of the value.", examples=["%"])
    indicator: CodeText | None = Field(
        default=None,
        description="Code of the indicator that measures it; the value then is the target of the supplier's forms.",
        examples=[None],
    )


class AgreedPrice(Model):
    """A price agreed for the whole period."""

    item: Label = Field(description="Goods or service.", examples=["A4 单页彩印"])
    unit: Label = Field(description="Unit that is priced.", examples=["千张"])
    unit_price: PositiveMoney = Field(description="Price of one unit in yuan, before tax.", examples=["180.00"])


class BreachTerm(Model):
    """What the supplier owes for a breach."""

    breach: Prose = Field(description="Breach of the agreement.", examples=["逾期交付超过 3 日"])
    remedy: Prose = Field(description="Consequence of the breach.", examples=["按订单金额的 5% 支付违约金"])


class NewSupplierAgreement(Model):
    """A framework agreement, or the amendment of one with the same number, which then ends the day before."""

    number: CodeText = Field(description="Number of the agreement.", examples=["FA-2026-018"])
    valid_from: Day = Field(description="First day of the agreement.", examples=["2026-01-01"])
    valid_to: Day | None = Field(
        default=None, description="Last day of the agreement; null if open-ended.", examples=["2026-12-31"]
    )
    signed_on: Day = Field(description="Day of signing.", examples=["2025-12-20"])
    service_standards: Annotated[list[ServiceStandard], Field(min_length=1, max_length=50)] = Field(
        description="Service standards."
    )
    prices: Annotated[list[AgreedPrice], Field(min_length=1, max_length=500)] = Field(description="Prices.")
    breach_terms: Annotated[list[BreachTerm], Field(min_length=1, max_length=50)] = Field(
        description="Consequences of breaches."
    )

    def terms(self) -> domain.AgreementTerms:
        """The same for the domain."""
        return domain.AgreementTerms(
            tuple(domain.ServiceStandard(**each.model_dump()) for each in self.service_standards),
            tuple(domain.Price(**each.model_dump()) for each in self.prices),
            tuple(domain.BreachTerm(**each.model_dump()) for each in self.breach_terms),
        )


class AgreementTermination(DecisionReason):
    """The early end of an agreement, with the reason."""

    last_day: Day = Field(description="Last day of the agreement, included.", examples=["2026-06-30"])


class SupplierAgreement(Model):
    """A version of a framework agreement."""

    id: UUID = Field(
        description="Id of the version of the agreement.", examples=["01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"]
    )
    supplier_id: SupplierId
    supplier_code: SupplierCode
    supplier_name: SupplierName
    number: str = Field(description="Number of the agreement.", examples=["FA-2026-018"])
    version: int = Field(description="Number of this version, from 1.", examples=[1])
    valid_from: date = Field(description="First day of the agreement.", examples=["2026-01-01"])
    valid_to: date | None = Field(description="Last day of the agreement; null if open-ended.", examples=["2026-12-31"])
    signed_on: date = Field(description="Day of signing.", examples=["2025-12-20"])
    service_standards: list[ServiceStandard] = Field(description="Service standards.")
    prices: list[AgreedPrice] = Field(description="Prices.")
    breach_terms: list[BreachTerm] = Field(description="Consequences of breaches.")
    termination_reason: str | None = Field(
        description="Reason for its early end; null if it was not ended early.", examples=[None]
    )
    terminated_by_name: str | None = Field(description="Name of the person who ended it early.", examples=[None])
    terminated_at: datetime | None = Field(description="Time at which it was ended early.", examples=[None])
    created_by_name: str = Field(description="Name of the person who registered it.", examples=["林晓燕"])
    created_at: datetime = Field(description="Time of registration.", examples=["2026-01-05T01:00:00Z"])
    revision: RevisionField


@routes.post("/{supplier_id}/agreements", status_code=201, summary="Register a framework agreement")
@located("/v1/appraisal/supplier_agreements/{id}")
async def create_supplier_agreement(
    supplier_id: SupplierPath, body: NewSupplierAgreement, uow: CompanyHrUnitOfWork
) -> SupplierAgreement:
    """Registers a framework agreement, or the next version of one; versions are never changed."""
    made = await agreements.register(
        uow,
        supplier_id=supplier_id,
        number=body.number,
        valid=Period.closed(body.valid_from, body.valid_to),
        signed_on=body.signed_on,
        terms=body.terms(),
    )
    return _written(made)


@routes.get("/{supplier_id}/agreements", summary="List a supplier's framework agreements")
async def list_supplier_agreements(
    supplier_id: SupplierPath,
    caller: SupplierReader,
    session: Read,
    paging: PageAsked,
    as_of: Annotated[Day | None, Query(description="Only agreements in force on this day.")] = None,
) -> Page[SupplierAgreement]:
    """Versions of a supplier's agreements by number, for HR, auditors and executives of its unit."""
    found = await agreements.list_agreements(
        session, caller=caller, supplier_id=supplier_id, as_of=as_of, paging=paging
    )
    return Page[SupplierAgreement].model_validate(found.written(_written))


@of_agreements.get("/{agreement_id}", summary="Read a framework agreement")
async def get_supplier_agreement(
    agreement_id: AgreementPath, caller: SupplierReader, session: Read
) -> SupplierAgreement:
    """One version of an agreement, for HR, auditors and executives of the supplier's unit."""
    return _written(await agreements.get(session, caller=caller, agreement_id=agreement_id))


@of_agreements.post("/{agreement_id}/terminate", summary="End a framework agreement early")
async def terminate_supplier_agreement(
    agreement_id: AgreementPath,
    body: AgreementTermination,
    uow: CompanyHrUnitOfWork,
    revision: IfMatch,
) -> SupplierAgreement:
    """Ends an agreement before its last day, for a reason such as a breach."""
    ended = await agreements.terminate(uow, agreement_id=agreement_id, revision=revision, **body.model_dump())
    return _written(ended)


def _written(found: domain.Agreement) -> SupplierAgreement:
    values = {name: value for name, value in vars(found).items() if name not in {"valid", "terms"}}
    span = {"valid_from": found.valid.start, "valid_to": found.valid.last}
    return SupplierAgreement.model_validate({**values, **span, **vars(found.terms)})
