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
WITHOUT: Final = {
    "AnsweredPayment.answer_id": NOTHING,
    "AuditEntry.request_id": NOTHING,
    "AuditEntry.resource_id": ANY,
    "Budget.proposed_version_id": BY_UNIT,
    "BudgetCommitment.budget_id": BY_UNIT,
    "BudgetCommitment.source_id": SOURCE,
    "BudgetExplanation.budget_id": BY_UNIT,
    "BudgetVersion.budget_id": BY_UNIT,
    "ChainFault.line_id": NOTHING,
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
"""The ids without a name, each with the reason."""
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
def test_every_id_in_an_answer_of_incentive_has_a_name_beside_it_or_a_reason() -> None:
    document = json.loads((SERVICES / "incentive" / "openapi.json").read_text(encoding="utf-8"))
    assert set(nameless(document)) == WITHOUT.keys()
