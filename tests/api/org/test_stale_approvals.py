"""Approvals of role documents and amendments name what they approve (ORG-04, ORG-05)."""

from typing import Any

import pytest

from services.kit.identity import Role
from tests.api.org.test_delegations import himself
from tests.api.org.test_role_documents import GROUNDS, amended, drafted, registered
from tests.builders.documents import AMENDMENTS, act, version_of
from tests.builders.org import Organisation, ok
from tests.builders.org_documents import DocumentStaff
from tests.clients import Clients
from tests.identities import SetClock


@pytest.mark.req("ORG-04")
@pytest.mark.parametrize("action", ["endorse", "approve", "sign"])
async def test_a_version_that_changed_since_it_was_read_is_neither_endorsed_nor_approved_nor_signed(
    company: Organisation, staff: DocumentStaff, content: Any, action: str
) -> None:
    document = await drafted(company, content)
    address, steps = version_of(document), ("submit", "endorse", "approve", "sign")
    people = {"submit": staff.author, "endorse": staff.reviewer, "approve": staff.executive, "sign": staff.reviewer}
    for step in steps[: steps.index(action)]:
        await ok(await staff.move(people[step], document, step))
    seen = await ok(await company.hr.get(address))
    # Meanwhile it is returned, edited and brought back to the same state.
    await ok(await staff.move(staff.executive, document, "return"))
    edited = {**content, "purpose": {"zh": "新宗旨", "en": "new purpose"}}
    tag = (await company.hr.get(address)).headers["ETag"]
    await ok(await company.hr.put(address, json={"content": edited}, headers={"If-Match": tag}))
    for step in steps[: steps.index(action)]:
        await ok(await staff.move(people[step], document, step))
    before = await ok(await company.hr.get(address))
    assert before["state"] == seen["state"]
    body = {"signed_on": "2026-01-05"} if action == "sign" else {}
    unseen = await people[action].post(f"{address}/{action}", json=body)
    assert unseen.status_code == 428
    stale = await people[action].post(f"{address}/{action}", json=body, headers={"If-Match": str(seen["revision"])})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert await ok(await company.hr.get(address)) == before


@pytest.mark.req("ORG-05")
async def test_whoever_has_no_part_in_an_amendment_cannot_tell_that_there_is_one(
    company: Organisation, staff: DocumentStaff, content: Any, org: Clients
) -> None:
    document = await drafted(company, content)
    asked = await ok(await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    address, tag = f"{AMENDMENTS}/{asked['id']}", {"If-Match": str(asked["revision"])}
    for stranger in (himself(company, "E6"), himself(company, "E6", Role.HR, over="B")):
        for action, body in (
            ("approve", {}),
            ("refuse", {"reason": "无"}),
            ("withdraw", {"reason": "无"}),
            ("draft", {}),
        ):
            refused = await org(stranger).post(f"{address}/{action}", json=body, headers=tag)
            assert (refused.status_code, refused.json()["code"]) == (404, "amendment_unknown")
    assert (await ok(await staff.author.get(address)))["state"] == "requested"


@pytest.mark.req("ORG-05")
async def test_an_amendment_is_approved_only_as_it_was_read(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    asked = await ok(await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    address = f"{AMENDMENTS}/{asked['id']}"
    assert (await staff.executive.post(f"{address}/approve", json={})).status_code == 428
    await ok(await act(staff.author, staff.author, address, "withdraw"))
    before = await ok(await staff.author.get(address))
    stale = await staff.executive.post(f"{address}/approve", json={}, headers={"If-Match": str(asked["revision"])})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert await ok(await staff.author.get(address)) == before
    of_unit = await ok(await staff.author.get(AMENDMENTS, params={"unit_id": company.ids["M"], "state": "withdrawn"}))
    assert [each["id"] for each in of_unit["items"]] == [asked["id"]]
    elsewhere = await ok(await staff.author.get(AMENDMENTS, params={"unit_id": company.ids["B"]}))
    assert elsewhere["items"] == []


@pytest.mark.req("ORG-04", "ORG-05", "PLT-02")
async def test_authors_read_who_refused_an_amendment_or_returned_a_version_and_why(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    fresh = await ok(await company.hr.get(version_of(document)))
    assert (fresh["decision"], fresh["decided_at"]) == (None, None)
    await ok(await act(company.hr, staff.author, version_of(document), "submit", note="已补充权限"))
    submitted = await company.hr.get(version_of(document))
    assert submitted.json()["decision"] == "已补充权限"  # whoever reviews it reads what its author says
    tag, note = submitted.headers["ETag"], {"reason": "缺少权限说明"}
    for silent in ({}, {"reason": None}, {"note": "x"}):
        answer = await staff.reviewer.post(f"{version_of(document)}/return", json=silent, headers={"If-Match": tag})
        assert answer.status_code == 422
    await ok(await staff.reviewer.post(f"{version_of(document)}/return", json=note, headers={"If-Match": tag}))
    returned = await ok(await staff.author.get(version_of(document)))
    assert (returned["state"], returned["decision"]) == ("draft", "缺少权限说明")
    assert (returned["decided_by_name"], returned["decided_at"] is None) == ("测试员", False)
    await ok(await staff.move(staff.author, document, "submit"))
    assert (await ok(await staff.author.get(version_of(document))))["decision"] is None
    asked = await ok(await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    assert (asked["decided_by_name"], asked["decided_at"], asked["decision"]) == (None, None, None)
    address, no = f"{AMENDMENTS}/{asked['id']}", {"reason": "时机未到"}
    tag = str(asked["revision"])
    refused = await ok(await staff.executive.post(f"{address}/refuse", json=no, headers={"If-Match": tag}))
    read = await ok(await staff.author.get(address))
    assert read == refused | {"decided_by_name": "测试员", "decision": "时机未到"}
    (listed,) = (await ok(await staff.author.get(AMENDMENTS, params={"state": "refused"})))["items"]
    assert listed == read
    (news,) = [
        each
        for each in (await ok(await staff.author.get("/v1/org/my/tasks")))["items"]
        if each["kind"] == "amendment.read_refusal"
    ]
    assert news["link"] == address


@pytest.mark.req("ORG-05")
async def test_one_version_is_in_work_at_a_time(company: Organisation, staff: DocumentStaff, content: Any) -> None:
    document = await drafted(company, content)
    await staff.approved(document)
    await ok(await staff.sign(document, "2026-01-05"))
    later = await ok(await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    await ok(await act(staff.author, staff.executive, f"{AMENDMENTS}/{later['id']}", "approve"))
    await amended(staff, document)
    refused = await act(staff.author, staff.author, f"{AMENDMENTS}/{later['id']}", "draft")
    assert (refused.status_code, refused.json()["code"]) == (409, "version_in_work")


@pytest.mark.req("ORG-06")
async def test_a_variant_is_not_signed_once_its_parent_has_another_core_duty(
    company: Organisation, staff: DocumentStaff, content: Any, clock: SetClock
) -> None:
    parent = await drafted(company, content)
    await staff.approved(parent)
    await ok(await staff.sign(parent, "2026-01-05"))
    await ok(await company.change_unit("B", valid_from="2026-01-01", special=True))
    variant = await drafted(company, content, "B2", parent_id=parent)
    await staff.approved(variant)
    await ok(await registered(staff.reviewer, variant))
    own = await registered(staff.reviewer, parent)
    assert (own.status_code, own.json()["code"]) == (409, "not_a_variant")
    core = next(duty for duty in content["duties"] if duty["kind"] == "core")
    more = {**content, "duties": [*content["duties"], {**core, "code": "C99"}]}
    _, number = await amended(staff, parent, more)
    await staff.approved(parent, number)
    await ok(await staff.sign(parent, "2026-01-06", number))
    clock.set(2026, 1, 6, 1)
    outdated = await staff.sign(variant, "2026-01-06")
    assert (outdated.status_code, outdated.json()["code"]) == (422, "core_duty_lost")
