"""Role documents from draft to archive, variants, amendments, reviews (ORG-03 to ORG-06)."""

from copy import deepcopy
from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.kit.identity import SYSTEM, Caller, Role
from services.kit.unit_of_work import UnitOfWork
from services.org.documents.usecases import role_document_life
from services.org.plain_data import written
from services.org.templates.store.templates import starter_catalogue
from tests.builders.org import Organisation, ok, small_company
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import SetClock, person

DOCUMENTS = "/v1/org/role_documents"
AMENDMENTS = "/v1/org/amendments"
GROUNDS = {"reason": "职责变化", "benchmark": "同行三家", "business_need": "新渠道"}


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org(Role.HR))


@pytest.fixture
def content() -> dict[str, Any]:
    """The document of a position, complete."""
    entry = next(entry for entry in starter_catalogue().entries if entry.seat is not None)
    made: dict[str, Any] = written(entry.document)
    return deepcopy(made)


class Hands:
    """The people whom a document passes through."""

    def __init__(self, org: Clients) -> None:
        self.author, self.reviewer = org(Role.HR), org(Role.HR)
        self.executive = org(person(Role.EXECUTIVE, Role.HR))

    async def move(self, who: httpx2.AsyncClient, document: str, action: str, number: int = 1) -> httpx2.Response:
        return await who.post(f"{DOCUMENTS}/{document}/versions/{number}/{action}", json={})

    async def approved(self, document: str, number: int = 1) -> None:
        for who, action in ((self.author, "submit"), (self.reviewer, "endorse"), (self.executive, "approve")):
            await ok(await self.move(who, document, action, number))

    async def sign(self, document: str, day: str, number: int = 1) -> httpx2.Response:
        return await self.reviewer.post(f"{DOCUMENTS}/{document}/versions/{number}/sign", json={"signed_on": day})


@pytest.fixture
def hands(org: Clients) -> Hands:
    return Hands(org)


async def drafted(company: Organisation, content: Any, position: str = "S2", **more: Any) -> str:
    body = {"position_id": company.ids[position], "content": content, **more}
    made: str = (await ok(await company.hr.post(DOCUMENTS, json=body)))["id"]
    return made


async def amended(hands: Hands, document: str, content: Any = None) -> tuple[str, int]:
    asked = await ok(await hands.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    await ok(await hands.executive.post(f"{AMENDMENTS}/{asked['id']}/approve", json={}))
    made = await ok(await hands.author.post(f"{AMENDMENTS}/{asked['id']}/draft", json={"content": content}))
    return asked["id"], made["number"]


async def states(client: httpx2.AsyncClient, document: str) -> list[tuple[int, str, Any]]:
    found = await ok(await client.get(f"{DOCUMENTS}/{document}/versions"))
    return [(each["number"], each["state"], each["valid"]) for each in found]


@pytest.mark.req("ORG-03", "ORG-04")
async def test_a_document_goes_through_review_and_approval_and_counts_from_its_signing_date(
    company: Organisation, hands: Hands, content: Any
) -> None:
    document = await drafted(company, content)
    await hands.approved(document)
    await ok(await hands.sign(document, "2026-01-05"))
    assert await states(company.hr, document) == [(1, "effective", {"first_day": "2026-01-05", "last_day": None})]
    standing = await ok(await company.hr.get(f"{DOCUMENTS}/{document}"))
    assert standing["content"] == content
    assert (await company.hr.get(f"{DOCUMENTS}/{document}", params={"as_of": "2026-01-04"})).status_code == 404


@pytest.mark.req("ORG-04")
async def test_nobody_decides_about_a_version_that_passed_through_his_own_hands(
    company: Organisation, hands: Hands, content: Any
) -> None:
    document = await drafted(company, content)
    await ok(await hands.move(hands.author, document, "submit"))
    own = await hands.move(hands.author, document, "endorse")
    assert (own.status_code, own.json()["code"]) == (403, "own_hands")
    await ok(await hands.move(hands.executive, document, "endorse"))
    both = await hands.move(hands.executive, document, "approve")
    assert (both.status_code, both.json()["code"]) == (403, "own_hands")
    skipped = await hands.sign(document, "2026-01-05")
    assert (skipped.status_code, skipped.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("ORG-04")
async def test_only_a_draft_is_edited_and_only_with_the_version_read(
    company: Organisation, hands: Hands, content: Any
) -> None:
    document = await drafted(company, content)
    path = f"{DOCUMENTS}/{document}/versions/1"
    tag = (await company.hr.get(path)).headers["ETag"]
    changed = {**content, "purpose": {"zh": "新宗旨", "en": "new purpose"}}
    assert (await company.hr.put(path, json={"content": changed})).status_code == 428
    await ok(await company.hr.put(path, json={"content": changed}, headers={"If-Match": tag}))
    assert (await company.hr.put(path, json={"content": changed}, headers={"If-Match": tag})).status_code == 412
    await ok(await hands.move(hands.author, document, "submit"))
    tag = (await company.hr.get(path)).headers["ETag"]
    submitted = await company.hr.put(path, json={"content": content}, headers={"If-Match": tag})
    assert (submitted.status_code, submitted.json()["code"]) == (409, "not_a_draft")


@pytest.mark.req("ORG-03")
async def test_a_document_with_gaps_may_be_drafted_but_not_submitted(
    company: Organisation, hands: Hands, content: Any
) -> None:
    document = await drafted(company, {**content, "duties": [], "qualification": None})
    refused = await hands.move(hands.author, document, "submit")
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
    company: Organisation, hands: Hands, content: Any, clock: SetClock, org_sessions: RolledBack
) -> None:
    document = await drafted(company, content)
    await hands.approved(document)
    await ok(await hands.sign(document, "2026-01-05"))
    changed = {**content, "purpose": {"zh": "新宗旨", "en": "new purpose"}}
    amendment, number = await amended(hands, document, changed)
    assert number == 2
    await hands.approved(document, 2)
    await ok(await hands.sign(document, "2026-03-01", 2))
    assert [each[:2] for each in await states(company.hr, document)] == [(1, "effective"), (2, "signed")]
    assert (await ok(await company.hr.get(f"{AMENDMENTS}/{amendment}")))["state"] == "done"
    clock.set(2026, 3, 9, 1)  # the system was down on the day itself
    async with org_sessions.write() as session:
        for _ in range(2):
            await role_document_life.settle_due(UnitOfWork(session, SYSTEM, clock.now(), clock.now().date()))
    assert await states(company.hr, document) == [
        (1, "superseded", {"first_day": "2026-01-05", "last_day": "2026-02-28"}),
        (2, "effective", {"first_day": "2026-03-01", "last_day": None}),
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
async def test_a_signing_whose_day_has_not_come_can_be_undone_and_none_is_backdated(
    company: Organisation, hands: Hands, content: Any
) -> None:
    document = await drafted(company, content)
    await hands.approved(document)
    past = await hands.sign(document, "2026-01-04")
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "/signed_on")
    await ok(await hands.sign(document, "2026-02-01"))
    await ok(await hands.reviewer.post(f"{DOCUMENTS}/{document}/versions/1/unsign"))
    assert await states(company.hr, document) == [(1, "approved", None)]


@pytest.mark.req("ORG-05")
async def test_an_amendment_gives_its_grounds_and_nobody_approves_his_own(
    company: Organisation, hands: Hands, content: Any
) -> None:
    document = await drafted(company, content)
    blank = await hands.author.post(AMENDMENTS, json={"document_id": document, **GROUNDS, "benchmark": " "})
    assert (blank.status_code, blank.json()["errors"][0]["pointer"]) == (422, "/benchmark")
    own = await ok(await hands.executive.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    answer = await hands.executive.post(f"{AMENDMENTS}/{own['id']}/approve", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "own_request")
    early = await hands.author.post(f"{AMENDMENTS}/{own['id']}/draft", json={})
    assert (early.status_code, early.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("ORG-05")
async def test_a_supplement_adds_duties_for_its_days_only(company: Organisation, hands: Hands, content: Any) -> None:
    document = await drafted(company, content)
    await hands.approved(document)
    await ok(await hands.sign(document, "2026-01-05"))
    duty = {"code": "T1", "kind": "ad_hoc", "text": {"zh": "展会支援", "en": "help at the fair"}, "standards": []}
    body = {"reason": {"zh": "展会", "en": "fair"}, "duties": [duty], "first_day": "2026-02-01"}
    endless = await company.hr.post(f"{DOCUMENTS}/{document}/supplements", json={**body, "last_day": None})
    assert (endless.status_code, endless.json()["code"]) == (422, "supplement_unsound")
    await ok(await company.hr.post(f"{DOCUMENTS}/{document}/supplements", json={**body, "last_day": "2026-02-28"}))
    taken = {**body, "duties": [{**duty, "code": content["duties"][0]["code"]}], "last_day": "2026-02-28"}
    assert (await company.hr.post(f"{DOCUMENTS}/{document}/supplements", json=taken)).status_code == 422
    for day, there in (("2026-01-31", False), ("2026-02-01", True), ("2026-02-28", True), ("2026-03-01", False)):
        standing = await ok(await company.hr.get(f"{DOCUMENTS}/{document}", params={"as_of": day}))
        assert (standing["content"]["duties"][-1]["code"] == "T1") == there


@pytest.mark.req("ORG-06")
async def test_a_special_unit_has_its_own_variant_that_keeps_every_core_duty_and_is_filed(
    company: Organisation, hands: Hands, content: Any
) -> None:
    parent = await drafted(company, content)
    await hands.approved(parent)
    await ok(await hands.sign(parent, "2026-01-05"))
    body = {"position_id": company.ids["B2"], "content": content, "parent_id": parent}
    plain = await company.hr.post(DOCUMENTS, json=body)
    assert (plain.status_code, plain.json()["code"]) == (409, "variant_not_allowed")
    await ok(await company.change_unit("B", valid_from="2026-01-01", special=True))
    core = next(index for index, duty in enumerate(content["duties"]) if duty["kind"] == "core")
    without = {**content, "duties": [duty for index, duty in enumerate(content["duties"]) if index != core]}
    variant = await drafted(company, without, "B2", parent_id=parent)
    lost = await hands.move(hands.author, variant, "submit")
    assert (lost.status_code, lost.json()["code"]) == (422, "core_duty_lost")
    path = f"{DOCUMENTS}/{variant}/versions/1"
    tag = (await company.hr.get(path)).headers["ETag"]
    local = {**content, "purpose": {"zh": "本地", "en": "local"}}
    await ok(await company.hr.put(path, json={"content": local}, headers={"If-Match": tag}))
    await hands.approved(variant)
    unfiled = await hands.sign(variant, "2026-01-05")
    assert (unfiled.status_code, unfiled.json()["code"]) == (409, "variant_not_filed")
    await ok(await hands.reviewer.post(f"{DOCUMENTS}/{variant}/file"))
    await ok(await hands.sign(variant, "2026-01-05"))
    variants = await ok(await company.hr.get(DOCUMENTS, params={"parent_id": parent}))
    assert [each["id"] for each in variants["items"]] == [variant]


@pytest.mark.req("ORG-05")
async def test_a_strategy_change_makes_reviews_due_in_thirty_days_and_late_ones_show(
    company: Organisation, clock: SetClock
) -> None:
    units = [company.ids["S"], company.ids["B"]]
    for trigger in ("strategy_change", "reorganisation"):
        body = {"trigger": trigger, "recorded_on": "2026-01-05", "unit_ids": units}
        await ok(await company.hr.post("/v1/org/reviews", json=body))

    async def listed(**params: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await ok(await company.hr.get("/v1/org/reviews", params=params)))["items"]
        return items

    assert [each["due_on"] for each in await listed()] == ["2026-02-04", "2026-02-04", "2026-04-05", "2026-04-05"]
    clock.set(2026, 2, 7, 1)
    late = await listed(only_overdue="true")
    assert {(each["unit_code"], each["days_overdue"]) for each in late} == {("S", 3), ("B", 3)}
    path = f"/v1/org/reviews/{late[0]['id']}/close"
    await ok(await company.hr.post(path, json={"outcome": "两份说明书需修订"}))
    assert (await company.hr.post(path, json={"outcome": "再次"})).status_code == 409
    assert len(await listed(only_overdue="true")) == 1


@pytest.mark.req("ORG-04", "PLT-03")
async def test_drafts_are_for_authors_and_the_effective_version_for_everybody(
    org: Clients, company: Organisation, hands: Hands, content: Any
) -> None:
    document = await drafted(company, content)
    head = org(Caller(person().account_id, "王部长", "person", UUID(company.ids["E3"])))
    other = org(Caller(person().account_id, "路人", "person", UUID(company.ids["E6"])))
    path = f"{DOCUMENTS}/{document}/versions/1"
    assert [(await who.get(path)).status_code for who in (head, other, org(Role.AUDITOR))] == [200, 404, 200]
    assert (await hands.move(other, document, "submit")).status_code == 404
    assert (await hands.move(head, document, "submit")).status_code == 200
    await ok(await hands.move(hands.reviewer, document, "endorse"))
    await ok(await hands.move(hands.executive, document, "approve"))
    await ok(await hands.sign(document, "2026-01-05"))
    assert (await other.get(path)).status_code == 200
