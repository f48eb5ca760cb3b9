"""What was approved already, or is being drafted, is withdrawn as long as it is not signed (ORG-04, ORG-05)."""

from typing import Any

import pytest

from tests.api.org.test_role_documents import GROUNDS, amended, drafted, states
from tests.builders.documents import AMENDMENTS, act
from tests.builders.org import Organisation, ok
from tests.builders.org_documents import DocumentStaff


@pytest.mark.req("ORG-04", "ORG-05")
async def test_an_approved_version_and_amendments_approved_or_being_drafted_are_withdrawn(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    await staff.approved(document)
    await ok(await staff.sign(document, "2026-01-05"))
    asked = await ok(await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    approved = f"{AMENDMENTS}/{asked['id']}"
    await ok(await act(staff.author, staff.executive, approved, "approve"))
    assert (await ok(await act(staff.author, staff.author, approved, "withdraw")))["state"] == "withdrawn"
    drafting, number = await amended(staff, document)
    await staff.approved(document, number)
    assert (await ok(await staff.move(staff.author, document, "withdraw", number)))["state"] == "withdrawn"
    withdrawn = await act(staff.author, staff.author, f"{AMENDMENTS}/{drafting}", "withdraw")
    assert (await ok(withdrawn))["state"] == "withdrawn"
    for steps in (), ((staff.author, "submit"),), ((staff.author, "submit"), (staff.reviewer, "endorse")):
        _, number = await amended(staff, document)
        for who, step in steps:
            await ok(await staff.move(who, document, step, number))
        await ok(await staff.move(staff.author, document, "withdraw", number))
    assert [each[:2] for each in await states(company.hr, document)] == [
        (1, "effective"),
        *((number, "withdrawn") for number in (2, 3, 4, 5)),
    ]
