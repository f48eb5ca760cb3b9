"""A person reads names: an answer that refers to a record by id says beside it what the record is called."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

SERVICES: Final = Path(__file__).parents[2] / "services"
NAMES: Final = ("_name", "_code", "_title", "_number")

ANY = "the record may be of any kind; `resource` says which"
BY_UNIT = "a budget has no name of its own: unit and year are beside it, or in the route"
HERE = "it is the record of the route that was asked, or part of the answer that names it"
OCCASION = "`kind` and `occasion` say it: the code of the award, or the unit and the year"
NOTHING = "it names no record that has a name"
PERSON = "whose it is, and what for, is beside it"
SOURCE = "`name` is that of the source"
FORM = "a form is called by its subject, who is beside it or in the route"
RESULT = "a result is called by its subject and cycle, which are beside it or in the route"
DOCUMENT = "a role document is called by what it describes, which is beside it, in the route, or read with it"
OUTSIDE = "it is the number that another system gave"
OF_ANY: Final = {
    "AuditEntry.request_id": NOTHING,
    "AuditEntry.resource_id": ANY,
    "ChainFault.line_id": NOTHING,
}
OF_ORG: Final = {
    "AccountImport.import_id": NOTHING,
    "Amendment.document_id": DOCUMENT,
    "ApprovalChainLink.delegation_id": "`acting_for` names the delegator",
    "ChartNode.parent_id": HERE,
    "ChartUnit.parent_id": HERE,
    "ImportedAccount.account_id": "`login` and `name` are those of the account",
    "Invitation.account_id": HERE,
    "MainAssignment.assignment_id": "position and unit, beside it, say what is held",
    "Me.account_id": "`login` and `name` are those of the account",
    "PendingApproval.amendment_id": DOCUMENT,
    "PendingApproval.document_id": DOCUMENT,
    "Reorganisation.unit_id": HERE,
    "RevokedAccount.account_id": "it tells services which tokens count no more, and nobody more",
    "RoleDocumentVersion.amendment_id": DOCUMENT,
    "RoleDocumentVersion.document_id": DOCUMENT,
    "RoleDocumentVersionSummary.amendment_id": DOCUMENT,
    "RoleDocumentVersionSummary.document_id": DOCUMENT,
    "RoleSupplement.document_id": DOCUMENT,
    "ServiceClient.client_id": "it is the name by which the client signs in",
    "ServiceClientSecret.client_id": "it is the name by which the client signs in",
}
OF_APPRAISAL: Final = {
    "AlignedGoal.form_id": FORM,
    "Appeal.result_id": RESULT,
    "Correction.result_id": RESULT,
    "Feedback.form_id": FORM,
    "GoalAlignment.form_id": FORM,
    "Goals.form_id": FORM,
    "GradeAdjustment.calibration_id": HERE,
    "GradeAdjustment.result_id": RESULT,
    "GradeDistribution.unit_id": HERE,
    "LateLine.form_id": FORM,
    "Measurement.external_id": OUTSIDE,
    "Measurement.supersedes_id": "an earlier value of the same subject, indicator and day",
    "MissingInput.form_id": FORM,
    "NamedGoal.form_id": FORM,
    "Nomination.form_id": FORM,
    "PositionGoalForm.form_id": FORM,
    "ProposedMeasurement.external_id": OUTSIDE,
    "PublicResult.result_id": RESULT,
    "Rater.form_id": FORM,
    "RatingForm.form_id": FORM,
    "RatingFormSummary.form_id": FORM,
    "ReadinessGap.form_id": FORM,
    "Result.form_id": FORM,
    "ResultExplanation.result_id": RESULT,
    "ResultReplay.result_id": RESULT,
    "ServingGoal.form_id": FORM,
    "SupplierScore.result_id": RESULT,
    "UnalignedGoal.form_id": FORM,
}
OF_INCENTIVE: Final = {
    "AnsweredPayment.answer_id": NOTHING,
    "Budget.proposed_version_id": BY_UNIT,
    "BudgetCommitment.budget_id": BY_UNIT,
    "BudgetCommitment.source_id": SOURCE,
    "BudgetExplanation.budget_id": BY_UNIT,
    "BudgetVersion.budget_id": BY_UNIT,
    "Claim.source_id": OCCASION,
    "ClaimInFull.source_id": OCCASION,
    "EntryReversal.counter_entry_id": "it undoes the entry that is named",
    "InputSnapshot.plan_version_id": HERE,
    "JournalEntry.reverses_id": "an entry about the same source",
    "JournalEntry.reversed_by_id": "an entry about the same source",
    "PayChangeTerms.corrects_id": PERSON,
    "PayImport.change_id": NOTHING,
    "PayrollAnswer.run_id": HERE,
    "ShareRevocation.grant_id": PERSON,
    "Statement.run_id": PERSON,
    "StatementCorrection.run_id": PERSON,
    "StatementCorrection.statement_id": PERSON,
    "StatementSummary.run_id": PERSON,
}
WITHOUT: Final = {"org": OF_ORG, "appraisal": OF_APPRAISAL, "incentive": OF_INCENTIVE}
"""By service, the ids without a name, each with the reason; those of ``OF_ANY`` are in every service."""
BY_PLAN: Final = "plan_version_id"
"""A version of a plan is named by the plan."""


def answered(document: Any) -> set[str]:
    """The schemas that some answer is made of."""
    schemas, found = document["components"]["schemas"], set[str]()
    waiting = [
        answer.get("content", {})
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    ]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


def nameless(document: Any) -> Iterator[str]:
    """Every id in an answer that has no name beside it."""
    for schema in answered(document):
        fields = document["components"]["schemas"][schema].get("properties", {})
        for field in fields:
            if field.endswith("_id"):
                stem = "plan" if field == BY_PLAN else field.removesuffix("_id")
                if not any(stem + name in fields for name in NAMES):
                    yield f"{schema}.{field}"


@pytest.mark.req("PLT-01")
@pytest.mark.parametrize("service", WITHOUT)
def test_every_id_in_an_answer_has_a_name_beside_it_or_a_reason(service: str) -> None:
    document = json.loads((SERVICES / service / "openapi.json").read_text(encoding="utf-8"))
    assert set(nameless(document)) == {*OF_ANY, *WITHOUT[service]}
