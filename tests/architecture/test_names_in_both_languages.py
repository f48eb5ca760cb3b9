"""What has a name in two languages is named in both: beside every such name in an answer stands the English one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.architecture.test_names_beside_ids import answered

SERVICES: Final = Path(__file__).parents[2] / "services"
NAMED: Final = ("name", "title", "label", "unit")
"""A unit of measurement is a name as well; one of the organisation is an object or an id, and no text."""

OF_PEOPLE: Final = {
    *("account_name", "actor_name", "author_name", "awaiting_other_approver_name", "employee_name", "head_name"),
    *("hired_name", "manager_name", "next_approver_name", "owner_name", "person_name", "rater_name"),
    *("referrer_name", "superior_name"),
}
"""People have one name, as do those of every field in ``…_by_name``."""
OF_CYCLES: Final = "cycle_name"
"""A cycle is named by whoever creates it, in one language."""

PERSON = "a person has one name"
ACCOUNT = "an account has the one name of its owner"
ENTERED = "it was entered in one language, and is shown as entered"
SUPPLIER = "a supplier has the one name of the company"
READERS = "it is a sentence or part of one, in the language of the reader"
TECHNICAL = "it is a name by which programs refer to it"
OF_ANY: Final = {
    "NamedEnumeration.name": TECHNICAL,
    "Subscription.name": TECHNICAL,
    "SubscriptionWithSecret.name": TECHNICAL,
    "TaskSummary.title": READERS,
    "WorkflowDescription.name": TECHNICAL,
}
OF_ORG: Final = {
    "AcceptedInvitation.name": ACCOUNT,
    "Account.name": ACCOUNT,
    "ChartPerson.name": PERSON,
    "Employee.name": PERSON,
    "EmployeeDetail.name": PERSON,
    "ImportedAccount.name": ACCOUNT,
    "InvitedAccount.name": ACCOUNT,
    "Me.name": ACCOUNT,
    "PersonRef.name": PERSON,
}
OF_APPRAISAL: Final = {
    "AgreedPrice.unit": ENTERED,
    "BriefObligation.title": READERS,
    "BriefSignature.name": PERSON,
    "Cycle.name": ENTERED,
    "Incident.title": ENTERED,
    "Obligation.title": READERS,
    "RuleParameter.name": TECHNICAL,
    "ServiceStandard.name": ENTERED,
    "ServiceStandard.unit": ENTERED,
    "Supplier.name": SUPPLIER,
    "SupplierAgreement.supplier_name": SUPPLIER,
    "SupplierClassification.supplier_name": SUPPLIER,
    "SupplierElimination.supplier_name": SUPPLIER,
}
OF_INCENTIVE: Final = {
    "Award.proposal_title": ENTERED,
    "Award.title": ENTERED,
    "AwardEvidence.title": ENTERED,
    "InnovationProposal.title": ENTERED,
    "PageFact.name": READERS,
    "PoolProblem.title": READERS,
    "RunProblem.title": READERS,
    "StatementPage.amount_label": READERS,
    "StatementPage.title": READERS,
}
IN_ONE: Final = {"org": OF_ORG, "appraisal": OF_APPRAISAL, "incentive": OF_INCENTIVE}
"""By service, the names without an English one, each with the reason; those of ``OF_ANY`` are in every service."""


def is_text(field: Any) -> bool:
    """Whether a field is a string, or may be one."""
    return any(each.get("type") == "string" for each in (field, *field.get("anyOf", ())))


def in_one_language(document: Any) -> Iterator[str]:
    """Every name in an answer, except those of people and cycles, that has no English one beside it."""
    for schema in answered(document):
        fields = document["components"]["schemas"][schema].get("properties", {})
        for field, content in fields.items():
            of_person = field in OF_PEOPLE or field.endswith("_by_name")
            is_name = field.rpartition("_")[2] in NAMED and is_text(content)
            if is_name and not of_person and field != OF_CYCLES and f"{field}_en" not in fields:
                yield f"{schema}.{field}"


@pytest.mark.req("PLT-01")
@pytest.mark.parametrize("service", IN_ONE)
def test_every_name_in_an_answer_has_its_english_beside_it_or_a_reason(service: str) -> None:
    document = json.loads((SERVICES / service / "openapi.json").read_text(encoding="utf-8"))
    assert set(in_one_language(document)) == {*OF_ANY, *IN_ONE[service]}
