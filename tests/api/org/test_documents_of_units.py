"""Documents, requests and reviews of units, each of its own subject and as units lie today (ORG-03 to ORG-06)."""

from typing import Any

import pytest

from services.kit.database.codec import plain
from services.kit.database.sessions import new_id
from services.kit.identity import Role
from services.org.templates.store.templates import starter_templates
from tests.api.org.test_delegations import himself
from tests.api.org.test_role_documents import GROUNDS, amended, drafted
from tests.builders.documents import AMENDMENTS, DOCUMENTS, REVIEWS, act, version_of
from tests.builders.org import Organisation, ok
from tests.builders.org import act as act_on
from tests.builders.org_documents import DocumentStaff
from tests.clients import Clients

TODAY = "2026-01-05"


@pytest.fixture
def of_unit() -> Any:
    """The document of a unit, complete."""
    return plain(next(entry for entry in starter_templates().entries if entry.position is None).document)


@pytest.mark.req("ORG-03", "ORG-05")
async def test_a_unit_that_moves_takes_its_document_requests_and_reviews_with_it(
    company: Organisation, staff: DocumentStaff, content: Any, of_unit: Any, org: Clients
) -> None:
    await company.unit("T", "S", kind="team")
    first = await drafted(company, content)
    body = {"unit_id": company.ids["T"], "content": of_unit}
    team = (await ok(await company.hr.post(DOCUMENTS, json=body)))["document_id"]
    for document in (first, team):
        await staff.approved(document)
        await ok(await staff.sign(document, TODAY))
        await ok(await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    opened = {"trigger": "strategy_change", "recorded_on": TODAY, "unit_ids": [company.ids["S"], company.ids["T"]]}
    await ok(await company.hr.post(REVIEWS, json=opened))
    await ok(await company.change_unit("T", valid_from=TODAY, name="改名"))
    moved = {"parent_id": company.ids["B"], "valid_from": TODAY}
    await ok(await act_on(company.hr, f"/v1/org/units/{company.ids['T']}/move", moved))
    listed = (await ok(await company.hr.get(DOCUMENTS)))["items"]
    assert [(each["id"], each["unit_name"]) for each in listed] == [(first, None), (team, "改名")]
    for document in (first, team):
        assert (await ok(await company.hr.get(f"{DOCUMENTS}/{document}")))["document"]["id"] == document

    async def within(path: str, unit: str, field: str) -> list[str]:
        page = await ok(await company.hr.get(path, params={"unit_id": company.ids[unit]}))
        return sorted(each[field] for each in page["items"] if each.get("trigger") != "reorganisation")

    for unit, subjects, units in (("S", ["S2"], ["S"]), ("B", ["T"], ["T"]), ("M", ["S2", "T"], ["S", "T"])):
        assert await within(AMENDMENTS, unit, "subject_code") == subjects
        assert await within(REVIEWS, unit, "unit_code") == units
    for unit, units in (("S", ["S"]), ("B", ["T"])):
        overseer = org(himself(company, "E6", Role.HR, over=unit))
        seen = (await ok(await overseer.get(REVIEWS)))["items"]
        assert [each["unit_code"] for each in seen if each["trigger"] != "reorganisation"] == units


@pytest.mark.req("ORG-03", "ORG-06")
async def test_a_variant_is_listed_once_with_the_name_that_the_unit_of_its_core_document_has_on_the_day(
    company: Organisation, staff: DocumentStaff, of_unit: Any
) -> None:
    body = {"unit_id": company.ids["S"], "content": of_unit}
    core = (await ok(await company.hr.post(DOCUMENTS, json=body)))["document_id"]
    await staff.approved(core)
    await ok(await staff.sign(core, TODAY))
    await ok(await company.change_unit("B", valid_from="2026-01-01", special=True))
    body = {"unit_id": company.ids["B"], "content": of_unit, "parent_id": core}
    variant = (await ok(await company.hr.post(DOCUMENTS, json=body)))["document_id"]
    await ok(await company.change_unit("S", valid_from="2026-02-01", name="大客户部"))
    listed = (await ok(await company.hr.get(DOCUMENTS, params={"parent_id": core})))["items"]
    assert [(each["id"], each["parent_name"]) for each in listed] == [(variant, "单元S")]


@pytest.mark.req("ORG-03", "ORG-05", "ORG-06")
async def test_a_document_is_drafted_once_for_what_there_is_and_describes_its_own_kind_of_subject(
    company: Organisation, staff: DocumentStaff, content: Any, of_unit: Any
) -> None:
    document = await drafted(company, content)
    nowhere, ids = str(new_id()), company.ids
    for refused, body in {
        (404, "subject_unknown"): {"position_id": nowhere},
        (409, "role_document_exists"): {"position_id": ids["S2"]},
        (404, "role_document_unknown"): {"position_id": ids["S1"], "parent_id": nowhere},
        (422, "role_document_broken"): {"position_id": ids["S1"], "content": of_unit},
    }.items():
        answer = await company.hr.post(DOCUMENTS, json={"content": content, **body})
        assert (answer.status_code, answer.json()["code"]) == refused
    edited = await company.hr.put(version_of(document), json={"content": of_unit}, headers={"If-Match": "1"})
    assert (edited.status_code, edited.json()["code"]) == (422, "role_document_broken")
    for before, after in ((1, 2), (2, 1)):
        asked = {"before": before, "after": after}
        assert (await company.hr.get(f"{DOCUMENTS}/{document}/differences", params=asked)).status_code == 404
    await staff.approved(document)
    await ok(await staff.sign(document, TODAY))
    asked = await ok(await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    await ok(await act(staff.author, staff.executive, f"{AMENDMENTS}/{asked['id']}", "approve"))
    await amended(staff, document)
    second = await act(staff.author, staff.author, f"{AMENDMENTS}/{asked['id']}", "draft")
    assert (second.status_code, second.json()["code"]) == (409, "version_in_work")


@pytest.mark.req("ORG-03", "ORG-05", "PLT-02")
async def test_reviews_are_closed_as_they_were_seen_and_units_split_only_while_they_are_there(
    company: Organisation,
) -> None:
    opened = {"trigger": "strategy_change", "recorded_on": TODAY, "unit_ids": [company.ids["S"]]}
    review = (await ok(await company.hr.post(REVIEWS, json=opened)))["items"][0]
    headers = {"If-Match": str(review["revision"] + 1)}
    stale = await company.hr.post(f"{REVIEWS}/{review['id']}/close", json={"outcome": "已更新"}, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    part = {"code": "K", "name": "新", "name_en": "New", "kind": "team"}
    body = {"parts": [part], "valid_from": "2026-03-01"}
    await company.unit("T", "S", kind="team", valid_from="2026-04-01")
    headers = {"If-Match": (await company.hr.get(f"/v1/org/units/{company.ids['T']}?as_of=2026-04-01")).headers["ETag"]}
    early = await company.hr.post(f"/v1/org/units/{company.ids['T']}/split", json=body, headers=headers)
    assert (early.status_code, early.json()["code"]) == (404, "unit_unknown")


@pytest.mark.req("ORG-04", "PLT-03")
async def test_whoever_headed_a_unit_until_yesterday_writes_its_documents_no_more(
    org: Clients, company: Organisation, content: Any
) -> None:
    await ok(await company.change_unit("S", valid_from=TODAY, head_position_id=company.ids["S2"]))
    body = {"position_id": company.ids["S2"], "content": content}
    for number, status in (("E3", 403), ("E4", 201)):
        assert (await org(himself(company, number)).post(DOCUMENTS, json=body)).status_code == status
