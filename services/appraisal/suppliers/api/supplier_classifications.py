"""/v1/appraisal/suppliers/{id}/classifications: class A, B or C by what was found (APR-03)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.appraisal.permissions import CompanyHrUnitOfWork, SupplierReader
from services.appraisal.schemas import ActedAt, PersonId, PersonName
from services.appraisal.suppliers.api.supplier_fields import (
    ClassField,
    SupplierCode,
    SupplierId,
    SupplierName,
    SupplierPath,
    ValidFrom,
)
from services.appraisal.suppliers.domain import classification as domain
from services.appraisal.suppliers.usecases import classifications
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.explanation import from_json, narrate
from services.kit.fields import CodeText, ExactDecimal, Model, Prose
from services.kit.web.application import AcceptedLanguage, PageAsked, Read
from services.kit.web.routing import located, router

routes = router("/v1/appraisal/suppliers", tag="suppliers")


class SupplierFinding(Model):
    """What was found about one criterion of the policy."""

    value: ExactDecimal = Field(description="Value, in the unit of the criterion.", examples=["12"])
    evidence: Prose = Field(description="What it is taken from.", examples=["2023 至 2025 年订单台账，完成 12 单"])


class NewSupplierClassification(Model):
    """What was found about a supplier, by criterion of the policy in force on the first day."""

    valid_from: ValidFrom
    findings: Annotated[dict[CodeText, SupplierFinding], Field(min_length=1, max_length=20)] = Field(
        description="Findings by the key of the criterion, one for each.",
        examples=[{"history": {"value": "12", "evidence": "订单台账"}}],
    )


class SupplierClassification(Model):
    """A class as decided, in force until the next."""

    id: UUID = Field(description="Id of the classification.", examples=["01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"])
    supplier_id: SupplierId
    supplier_code: SupplierCode
    supplier_name: SupplierName
    supplier_class: ClassField
    score: ExactDecimal = Field(description="Weighted score in points.", examples=["86.50"])
    findings: dict[str, SupplierFinding] = Field(
        description="Findings by the key of the criterion.",
        examples=[{"history": {"value": "12", "evidence": "订单台账"}}],
    )
    policy_version: int = Field(description="Version of the policy; 0 is the one built in.", examples=[0])
    explanation: dict[str, Any] = Field(
        description="Explanation tree: steps with formula, value and inputs.",
        examples=[{"rule": "supplier_class", "formula": "86.5", "value": "A", "steps": []}],
    )
    explanation_text: str = Field(
        description="Explanation as lines in the reader's language.", examples=["供应商评级 86.5 = A"]
    )
    valid_from: date = Field(description="First day on which it applies.", examples=["2026-01-01"])
    classified_by: PersonId
    classified_by_name: PersonName
    classified_at: ActedAt


@routes.post("/{supplier_id}/classifications", status_code=201, summary="Classify a supplier")
@located("/v1/appraisal/suppliers/{supplier_id}/classifications")
async def create_supplier_classification(
    supplier_id: SupplierPath,
    body: NewSupplierClassification,
    uow: CompanyHrUnitOfWork,
    language: AcceptedLanguage,
) -> SupplierClassification:
    """Gives a supplier the class that the policy computes from its history of work, its speed of response and the
    quality of its cases. Earlier classes are kept.
    """
    findings = {key: domain.Finding(each.value, each.evidence) for key, each in body.findings.items()}
    found = await classifications.create(uow, supplier_id=supplier_id, valid_from=body.valid_from, findings=findings)
    return _written(found, language)


@routes.get("/{supplier_id}/classifications", summary="List a supplier's classifications")
async def list_supplier_classifications(
    supplier_id: SupplierPath, caller: SupplierReader, session: Read, paging: PageAsked, language: AcceptedLanguage
) -> Page[SupplierClassification]:
    """The classes of a supplier with their findings and explanations, in the order in which they were decided."""
    found = await classifications.list_classifications(session, caller=caller, supplier_id=supplier_id, paging=paging)
    return Page[SupplierClassification].model_validate(found.written(lambda each: _written(each, language)))


def _written(found: domain.Classification, language: Language) -> SupplierClassification:
    step = from_json(found.explanation)
    findings = {key: vars(each) for key, each in found.findings.items()}
    text = {"explanation_text": narrate(step, language)}
    return SupplierClassification.model_validate({**vars(found), "findings": findings, **text})
