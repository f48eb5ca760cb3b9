"""Role documents from draft to archive, variants, amendments, reviews (ORG-03 to ORG-06)."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.kit.identity import SYSTEM, Caller, Role
from services.kit.work.unit_of_work import UnitOfWork
from services.org.documents.usecases import role_document_life
from tests.builders.documents import AMENDMENTS, DOCUMENTS, REVIEWS, act, version_of
from tests.builders.org import Organisation, ok, said_twice
from tests.builders.org_documents import DocumentStaff
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import SetClock, person, second_account

GROUNDS = {"reason": "职责变化", "benchmark": "同行三家", "business_need": "新渠道"}


async def drafted(company: Organisation, content: Any, position: str = "S2", **more: Any) -> str:
    body = {"position_id": company.ids[position], "content": content, **more}
    made: str = (await ok(await company.hr.post(DOCUMENTS, json=body)))["document_id"]
    return made


async def registered(who: httpx2.AsyncClient, document: str, *, seen: int | None = None) -> httpx2.Response:
    """Register a local variant as it is in the list, or at the revision that was ``seen``."""
    found = (await ok(await who.get(DOCUMENTS, params={"limit": 500})))["items"]
    now = next(each["revision"] for each in found if each["id"] == document)
    return await who.post(f"{DOCUMENTS}/{document}/register", headers={"If-Match": str(seen or now)})


async def amended(staff: DocumentStaff, document: str, content: Any = None) -> tuple[str, int]:
    asked = await ok(await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    address = f"{AMENDMENTS}/{asked['id']}"
    await ok(await act(staff.author, staff.executive, address, "approve"))
    made = await ok(await act(staff.author, staff.author, address, "draft", content=content))
    return asked["id"], made["number"]


async def states(client: httpx2.AsyncClient, document: str) -> list[tuple[int, str, Any, Any]]:
    found = await ok(await client.get(f"{DOCUMENTS}/{document}/versions"))
    return [(each["number"], each["state"], each["valid_from"], each["valid_to"]) for each in found]


@pytest.mark.req("ORG-03", "ORG-04")
async def test_a_document_goes_through_review_and_approval_and_is_in_force_from_its_signing_date(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    await staff.approved(document)
    await ok(await staff.sign(document, "2026-01-05"))
    assert await states(company.hr, document) == [(1, "effective", "2026-01-05", None)]
    standing = await ok(await company.hr.get(f"{DOCUMENTS}/{document}"))
    assert standing["content"] == content
    assert (await company.hr.get(f"{DOCUMENTS}/{document}", params={"as_of": "2026-01-04"})).status_code == 404


@pytest.mark.req("ORG-04")
async def test_nobody_decides_on_a_version_that_they_submitted_or_endorsed(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    await ok(await staff.move(staff.author, document, "submit"))
    own = await staff.move(staff.author, document, "endorse")
    assert (own.status_code, own.json()["code"]) == (403, "second_person_required")
    await ok(await staff.move(staff.executive, document, "endorse"))
    both = await staff.move(staff.executive, document, "approve")
    assert (both.status_code, both.json()["code"]) == (403, "second_person_required")
    skipped = await staff.sign(document, "2026-01-05")
    assert (skipped.status_code, skipped.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("ORG-04", "ORG-05")
async def test_a_person_with_two_accounts_is_no_second_person(
    company: Organisation, org: Clients, staff: DocumentStaff, content: Any
) -> None:
    one = person(Role.HR, Role.EXECUTIVE, employee_id=UUID(company.ids["E5"]))
    other = second_account(one)
    staff.author = org(one)
    document = await drafted(company, content)
    asked = await ok(await org(one).post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    for verb in ("approve", "refuse"):
        own = await act(staff.author, org(other), f"{AMENDMENTS}/{asked['id']}", verb)
        assert (own.status_code, own.json()["code"]) == (403, "own_request")
    await ok(await staff.move(org(one), document, "submit"))
    for action in ("endorse", "approve"):
        same = await staff.move(org(other), document, action)
        assert (same.status_code, same.json()["code"]) == (403, "second_person_required")
        waiting = (await ok(await org(other).get("/v1/org/my/tasks")))["items"]
        assert [each["kind"] for each in waiting if each["kind"].startswith(("role_document", "amendment"))] == []
        await ok(await staff.move(staff.reviewer if action == "endorse" else staff.executive, document, action))


@pytest.mark.req("ORG-04")
async def test_only_a_draft_is_edited_and_only_with_the_version_read(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    path = f"{DOCUMENTS}/{document}/versions/1"
    tag = (await company.hr.get(path)).headers["ETag"]
    changed = {**content, "purpose": {"zh": "新宗旨", "en": "new purpose"}}
    assert (await company.hr.put(path, json={"content": changed})).status_code == 428
    await ok(await company.hr.put(path, json={"content": changed}, headers={"If-Match": tag}))
    assert (await company.hr.put(path, json={"content": changed}, headers={"If-Match": tag})).status_code == 412
    await ok(await staff.move(staff.author, document, "submit"))
    tag = (await company.hr.get(path)).headers["ETag"]
    submitted = await company.hr.put(path, json={"content": content}, headers={"If-Match": tag})
    assert (submitted.status_code, submitted.json()["code"]) == (409, "not_a_draft")


@pytest.mark.req("ORG-03")
async def test_a_document_with_gaps_may_be_drafted_but_not_submitted(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, {**content, "duties": [], "qualification": None})
    refused = await staff.move(staff.author, document, "submit")
    assert (refused.status_code, refused.json()["code"]) == (422, "role_document_incomplete")
    pointers = {fault["pointer"] for fault in refused.json()["errors"]}
    assert {"/duties", "/qualification"} <= pointers


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize(
    ("broken", "pointer"),
    [
        ({"salary": 1}, "/content/salary"),
        ({"duties": [{"code": "D1", "kind": "vital", "text": {"zh": "甲", "en": "a"}}]}, "/content/duties/0/kind"),
        ({"purpose": "just text"}, "/content/purpose"),
        ({"subject": "unit"}, "/content/subject"),
    ],
)
async def test_a_broken_document_is_refused_naming_the_place(
    company: Organisation, content: Any, broken: dict[str, Any], pointer: str
) -> None:
    body = {"position_id": company.ids["S2"], "content": {**content, **broken}}
    answer = await company.hr.post(DOCUMENTS, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.req("ORG-04", "ORG-05")
async def test_a_new_version_needs_an_approved_amendment_and_archives_the_one_before(
    company: Organisation, staff: DocumentStaff, content: Any, clock: SetClock, org_sessions: RolledBack
) -> None:
    document = await drafted(company, content)
    await staff.approved(document)
    await ok(await staff.sign(document, "2026-01-05"))
    changed = {**content, "purpose": {"zh": "新宗旨", "en": "new purpose"}}
    amendment, number = await amended(staff, document, changed)
    assert number == 2
    await staff.approved(document, 2)
    await ok(await staff.sign(document, "2026-03-01", 2))
    assert [each[:2] for each in await states(company.hr, document)] == [(1, "effective"), (2, "signed")]
    assert (await ok(await company.hr.get(f"{AMENDMENTS}/{amendment}")))["state"] == "done"
    clock.set(2026, 3, 9, 1)  # the system was down on the day itself
    async with org_sessions.write() as session:
        for _ in range(2):
            await role_document_life.settle_due(UnitOfWork(session, SYSTEM, clock.now(), clock.now().date()))
    assert await states(company.hr, document) == [
        (1, "superseded", "2026-01-05", "2026-02-28"),
        (2, "effective", "2026-03-01", None),
    ]
    old = await ok(await company.hr.get(f"{DOCUMENTS}/{document}", params={"as_of": "2026-02-28"}))
    assert old["content"]["purpose"] == content["purpose"]
    differences = await ok(
        await company.hr.get(f"{DOCUMENTS}/{document}/differences", params={"before": 1, "after": 2})
    )
    assert [(each["path"], each["kind"]) for each in differences] == [
        ("/purpose/zh", "changed"),
        ("/purpose/en", "changed"),
    ]


@pytest.mark.req("ORG-04")
async def test_a_signature_whose_day_has_not_come_can_be_revoked_and_none_is_backdated(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    await staff.approved(document)
    past = await staff.sign(document, "2026-01-04")
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "/signed_on")
    await ok(await staff.sign(document, "2026-02-01"))
    await ok(await act(staff.author, staff.reviewer, version_of(document), "revoke_signature"))
    assert await states(company.hr, document) == [(1, "approved", None, None)]


@pytest.mark.req("ORG-05")
async def test_an_amendment_gives_its_grounds_and_nobody_approves_their_own(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    blank = await staff.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS, "benchmark": " "})
    assert (blank.status_code, blank.json()["errors"][0]["pointer"]) == (422, "/benchmark")
    own = await ok(await staff.executive.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    answer = await act(staff.author, staff.executive, f"{AMENDMENTS}/{own['id']}", "approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_request")
    early = await act(staff.author, staff.author, f"{AMENDMENTS}/{own['id']}", "draft")
    assert (early.status_code, early.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("ORG-05")
async def test_a_supplement_adds_duties_for_its_days_only(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    await staff.approved(document)
    await ok(await staff.sign(document, "2026-01-05"))
    duty = {"code": "T1", "kind": "ad_hoc", "text": {"zh": "展会支援", "en": "help at the fair"}, "standards": []}
    body = {"reason": {"zh": "展会", "en": "fair"}, "duties": [duty], "valid_from": "2026-02-01"}
    endless = await company.hr.post(f"{DOCUMENTS}/{document}/supplements", json={**body, "valid_to": None})
    assert (endless.status_code, endless.json()["code"]) == (422, "supplement_unsound")
    await ok(await company.hr.post(f"{DOCUMENTS}/{document}/supplements", json={**body, "valid_to": "2026-02-28"}))
    taken = {**body, "duties": [{**duty, "code": content["duties"][0]["code"]}], "valid_to": "2026-02-28"}
    assert (await company.hr.post(f"{DOCUMENTS}/{document}/supplements", json=taken)).status_code == 422
    for day, there in (("2026-01-31", False), ("2026-02-01", True), ("2026-02-28", True), ("2026-03-01", False)):
        standing = await ok(await company.hr.get(f"{DOCUMENTS}/{document}", params={"as_of": day}))
        assert (standing["content"]["duties"][-1]["code"] == "T1") == there


@pytest.mark.req("ORG-06")
async def test_a_special_unit_has_its_own_variant_that_keeps_every_core_duty_and_is_registered(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    parent = await drafted(company, content)
    await staff.approved(parent)
    await ok(await staff.sign(parent, "2026-01-05"))
    body = {"position_id": company.ids["B2"], "content": content, "parent_id": parent}
    await ok(await company.change_unit("S", valid_from="2026-01-01", special=True))  # another one
    plain = await company.hr.post(DOCUMENTS, json=body)
    assert (plain.status_code, plain.json()["code"]) == (409, "variant_not_allowed")
    await ok(await company.change_unit("B", valid_from="2026-01-01", special=True))
    core = next(index for index, duty in enumerate(content["duties"]) if duty["kind"] == "core")
    without = {**content, "duties": [duty for index, duty in enumerate(content["duties"]) if index != core]}
    variant = await drafted(company, without, "B2", parent_id=parent)
    lost = await staff.move(staff.author, variant, "submit")
    assert (lost.status_code, lost.json()["code"]) == (422, "core_duty_lost")
    path = f"{DOCUMENTS}/{variant}/versions/1"
    tag = (await company.hr.get(path)).headers["ETag"]
    local = {**content, "purpose": {"zh": "本地", "en": "local"}}
    await ok(await company.hr.put(path, json={"content": local}, headers={"If-Match": tag}))
    await staff.approved(variant)
    unregistered = await staff.sign(variant, "2026-01-05")
    assert (unregistered.status_code, unregistered.json()["code"]) == (409, "variant_not_registered")
    await ok(await registered(staff.reviewer, variant))
    await ok(await staff.sign(variant, "2026-01-05"))
    variants = await ok(await company.hr.get(DOCUMENTS, params={"parent_id": parent}))
    assert [each["id"] for each in variants["items"]] == [variant]
    assert said_twice(variants) == {"position_title_en", "parent_name_en"}


@pytest.mark.req("ORG-05")
async def test_a_strategy_change_makes_reviews_due_in_thirty_days_and_late_ones_show(
    company: Organisation, clock: SetClock
) -> None:
    units = [company.ids["S"], company.ids["B"]]
    for trigger in ("strategy_change", "reorganisation"):
        body = {"trigger": trigger, "recorded_on": "2026-01-05", "unit_ids": units}
        await ok(await company.hr.post(REVIEWS, json=body))

    async def listed(**params: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await ok(await company.hr.get(REVIEWS, params=params)))["items"]
        return items

    assert [each["due_on"] for each in await listed()] == ["2026-02-04", "2026-02-04", "2026-04-05", "2026-04-05"]
    clock.set(2026, 2, 7, 1)
    late = await listed(overdue="true")
    assert {(each["unit_code"], each["days_overdue"]) for each in late} == {("S", 3), ("B", 3)}
    address = f"{REVIEWS}/{late[0]['id']}"
    closed = await ok(await act(company.hr, company.hr, address, "close", outcome="两份说明书需修订"))
    assert (closed["closed_on"], closed["outcome"]) == ("2026-02-07", "两份说明书需修订")
    assert (await act(company.hr, company.hr, address, "close", outcome="再次")).status_code == 409
    assert (len(await listed(state="open")), len(await listed(state="closed"))) == (3, 1)
    assert len(await listed(overdue="true")) == 1


@pytest.mark.req("ORG-04", "PLT-03")
async def test_drafts_are_for_authors_and_the_effective_version_for_everybody(
    org: Clients, company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    document = await drafted(company, content)
    head = org(Caller(person().account_id, "王部长", "person", UUID(company.ids["E3"])))
    other = org(Caller(person().account_id, "路人", "person", UUID(company.ids["E6"])))
    path = f"{DOCUMENTS}/{document}/versions/1"
    assert [(await who.get(path)).status_code for who in (head, other, org(Role.AUDITOR))] == [200, 404, 200]
    assert (await staff.move(other, document, "submit")).status_code == 404
    assert (await staff.move(head, document, "submit")).status_code == 200
    await ok(await staff.move(staff.reviewer, document, "endorse"))
    await ok(await staff.move(staff.executive, document, "approve"))
    await ok(await staff.sign(document, "2026-01-05"))
    assert (await other.get(path)).status_code == 200
