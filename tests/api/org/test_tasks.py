"""What waits for whom about role documents: versions, requests to amend, reviews (ORG-04, ORG-05, PLT-02)."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.kit.database.codec import plain
from services.kit.identity import Role
from services.org.templates.store.templates import starter_templates
from tests.builders.documents import AMENDMENTS, DOCUMENTS, REVIEWS, act, version_of
from tests.builders.org import Organisation, ok, small_company
from tests.clients import Clients
from tests.identities import person

pytestmark = pytest.mark.req("PLT-02")


class Readers:
    """HR and executives over the department of the document, and over the one beside it."""

    def __init__(self, org: Clients, company: Organisation) -> None:
        self.hr, self.executive, self.hr_elsewhere, self.executive_elsewhere = (
            org(person(role, over=UUID(company.ids[unit]))) for unit in ("S", "B") for role in (Role.HR, Role.EXECUTIVE)
        )

    async def kinds(self) -> list[list[str]]:
        """What waits for HR and executive in the department; nothing may wait for those beside it."""
        for who in (self.hr_elsewhere, self.executive_elsewhere):
            assert await tasks(who) == []
        return [[each["kind"] for each in await tasks(who)] for who in (self.hr, self.executive)]


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


@pytest.fixture
def readers(org: Clients, company: Organisation) -> Readers:
    return Readers(org, company)


async def tasks(who: httpx2.AsyncClient, language: str = "zh") -> list[dict[str, Any]]:
    """The tasks of a person."""
    listed = await ok(await who.get("/v1/org/my/tasks", headers={"Accept-Language": language}))
    items: list[dict[str, Any]] = listed["items"]
    return items


async def drafted(company: Organisation) -> str:
    """A complete document of position S2 in department S."""
    entry = next(entry for entry in starter_templates().entries if entry.position is not None)
    body = {"position_id": company.ids["S2"], "content": plain(entry.document)}
    document: str = (await ok(await company.hr.post(DOCUMENTS, json=body)))["document_id"]
    return document


@pytest.mark.req("ORG-04")
async def test_each_step_of_a_version_waits_for_those_who_take_it(company: Organisation, readers: Readers) -> None:
    document = await drafted(company)
    assert await readers.kinds() == [[], []]
    steps: list[tuple[httpx2.AsyncClient, str, dict[str, Any], list[list[str]]]] = [
        (company.hr, "submit", {}, [["role_document.review"], []]),
        (company.hr, "recall", {}, [[], []]),
        (company.hr, "submit", {}, [["role_document.review"], []]),
        (readers.hr, "endorse", {}, [[], ["role_document.approve"]]),
        (readers.executive, "approve", {}, [["role_document.sign"], []]),
        (readers.hr, "sign", {"signed_on": "2026-01-06"}, [[], []]),
        (readers.hr, "revoke_signature", {}, [["role_document.sign"], []]),
        (readers.hr, "sign", {"signed_on": "2026-01-05"}, [[], []]),
    ]
    for who, action, body, expected in steps:
        await ok(await act(company.hr, who, version_of(document), action, **body))
        assert await readers.kinds() == expected, action


@pytest.mark.req("ORG-04")
async def test_a_version_waits_for_nobody_who_took_an_earlier_step(org: Clients, company: Organisation) -> None:
    document = await drafted(company)
    both = [org(person(Role.HR, Role.EXECUTIVE)) for _ in range(3)]
    waiting = {"submit": "role_document.review", "endorse": "role_document.approve"}
    for index, (action, kind) in enumerate(waiting.items()):
        await ok(await act(company.hr, both[index], version_of(document), action))
        found = [[each["kind"] for each in await tasks(who)] for who in both]
        assert found == [[]] * (index + 1) + [[kind]] * (2 - index)


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(("action", "by_executive"), [("approve", True), ("refuse", True), ("withdraw", False)])
async def test_an_amendment_waits_for_the_executive_in_charge_until_it_is_decided_or_withdrawn(
    company: Organisation, readers: Readers, action: str, *, by_executive: bool
) -> None:
    document = await drafted(company)
    grounds = {"reason": "职责变化", "benchmark": "同行三家", "business_need": "新渠道"}
    asked = await ok(await company.hr.post(AMENDMENTS, json={"document_id": document, **grounds}))
    assert await readers.kinds() == [[], ["amendment.decide"]]
    address = f"{AMENDMENTS}/{asked['id']}"
    [waiting] = await tasks(readers.executive)
    assert (waiting["title"], waiting["link"]) == (
        f"审批“岗位S2”说明书的修订申请（{asked['requested_by_name']}，2026 年 1 月 5 日）",
        address,
    )
    [waiting] = await tasks(readers.executive, "en")
    assert (
        waiting["title"]
        == f"Decide on the amendment of the role document of Position S2 ({asked['requested_by_name']}, 5 January 2026)"
    )
    await ok(await act(company.hr, readers.executive if by_executive else readers.hr, address, action))
    assert await readers.kinds() == [[], []]


@pytest.mark.req("ORG-05")
async def test_a_document_review_waits_for_hr_over_the_unit_until_it_is_closed(
    company: Organisation, readers: Readers
) -> None:
    body = {"trigger": "strategy_change", "recorded_on": "2026-01-05", "unit_ids": [company.ids["S"]]}
    [opened] = (await ok(await company.hr.post(REVIEWS, json=body)))["items"]
    assert await readers.kinds() == [["document_review.close"], []]
    [waiting] = await tasks(readers.hr)
    address = f"{REVIEWS}/{opened['id']}"
    assert (waiting["title"], waiting["link"]) == ("完成“单元S”的说明书评估（2026 年 1 月 5 日登记）", address)
    assert (opened["due_on"], waiting["due_at"]) == ("2026-02-04", "2026-02-04T16:00:00Z")
    await ok(await act(company.hr, readers.hr, address, "close", outcome="两份说明书需修订"))
    assert await readers.kinds() == [[], []]
