"""A fund with money, people up the line who may approve, and nominations, for tests of special awards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx2

from services.kit.identity import Caller, Role
from tests.builders.incentive import Person
from tests.builders.incentive_claims import plan_of_claims
from tests.builders.incentive_quarter import Quarter, neighbours_at
from tests.identities import person

INCENTIVE = "/v1/incentive"
EVIDENCE = [{"title": "首批合同清单", "link": "https://docs.example.com/contracts/17"}]


@asynccontextmanager
async def answering_org(quarter: Quarter) -> AsyncIterator[None]:
    """What the service asks of org while it answers a request is asked of the company of the test."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=quarter.company.app())) as http:
        quarter.clients.app.state.org = neighbours_at(http).org
        yield


@asynccontextmanager
async def asking_org(quarter: Quarter) -> AsyncIterator[None]:
    """The service asks the company of the test about authorities: a head up to 60,000, two above without bound."""
    unit = quarter.company.people[0].unit
    heads = (("E010", "主管", "60000"), ("E011", "总经理", "9999999"), ("E012", "董事长", "9999999"))
    quarter.company.people += [Person(number, name, unit) for number, name, _ in heads]
    quarter.company.limits = [(number, Decimal(limit)) for number, _, limit in heads]
    async with answering_org(quarter):
        yield


def who(quarter: Quarter, number: str) -> Caller:
    """Somebody of the company, signed in without any role."""
    return next(one.caller for one in quarter.company.people if one.number == number)


async def post(
    quarter: Quarter, caller: Caller, path: str, body: Any = None, *, seen: int | None = None
) -> httpx2.Response:
    """POST as somebody; ``seen`` is the revision that they saw."""
    headers = {"Idempotency-Key": uuid4().hex} | ({} if seen is None else {"If-Match": str(seen)})
    return await quarter.clients(caller).post(f"{INCENTIVE}/{path}", json=body, headers=headers)


async def reverse_entry(quarter: Quarter, entry_id: str, **body: Any) -> httpx2.Response:
    """The counter-entry of an entry, asked for by one of finance and released by another; or what is refused."""
    asked = await post(
        quarter, quarter.payer, f"journal/entries/{entry_id}/reversals", body or {"reason": "重复发放"}, seen=1
    )
    if asked.status_code != 201:
        return asked
    other, path = person(Role.FINANCE, employee_id=uuid4()), f"journal/reversals/{asked.json()['id']}"
    released = await post(quarter, other, f"{path}/release", seen=1)
    if released.is_error:
        await post(quarter, other, f"{path}/refuse", {"reason": "不能冲销"}, seen=1)
        return released
    entry = released.json()["counter_entry_id"]
    return await quarter.clients(quarter.payer).get(f"{INCENTIVE}/journal/entries/{entry}")


async def funded(quarter: Quarter, amount: str, code: str = "AF-2026") -> str:
    """The id of a fund of 2026 with so much money in it; the plan of awards is released."""

    async def play() -> str:
        await plan_of_claims(quarter)
        body = {"code": code, "year": 2026, "name": "专项奖励基金", "name_en": "Award fund", "cost_centre": "CC-AW"}
        fund = await post(quarter, quarter.payer, "award_funds", body)
        assert fund.status_code == 201, fund.text
        fund_id = str(fund.json()["id"])
        await endow(quarter, fund_id, amount)
        return fund_id

    return await quarter.kept(f"fund {code} of {amount}", play)


async def endow(quarter: Quarter, fund_id: str, amount: str) -> httpx2.Response:
    """One person of finance proposes money, another releases it."""
    body = {"amount": amount, "purpose": "年度预算"}
    proposed = await post(quarter, quarter.payer, f"award_funds/{fund_id}/endowments", body)
    assert proposed.status_code == 201, proposed.text
    return await post(quarter, quarter.approver, f"fund_endowments/{proposed.json()['id']}/release", seen=1)


def nomination(quarter: Quarter, fund_id: str, code: str = "SA-1", **changed: Any) -> dict[str, Any]:
    """A nomination of two people for a new market, 60 to 40."""
    return {
        "code": code,
        "title": "开拓西南市场",
        "reason": "三个月内签下首批 12 家客户。",
        "evidence": EVIDENCE,
        "fund_id": fund_id,
        "unit_id": str(quarter.company.people[0].unit.id),
        "achieved_on": "2026-04-01",
        "members": [{"employee_number": "E001", "share": "60"}, {"employee_number": "E002", "share": "40"}],
        "plan_code": "SA",
        "rule": "NEW-MARKET",
    } | changed


def freely(amount: str) -> dict[str, Any]:
    """What makes a nomination one without a rule."""
    return {"plan_code": None, "rule": None, "amount": amount}


async def nominated(quarter: Quarter, fund_id: str, code: str = "SA-1", **changed: Any) -> dict[str, Any]:
    """A nomination by E003 for which the approver has been found."""
    made = await post(quarter, who(quarter, "E003"), "awards", nomination(quarter, fund_id, code, **changed))
    assert made.status_code == 201, made.text
    await quarter.work()
    return await award(quarter, made.json()["id"])


async def award(quarter: Quarter, award_id: str) -> dict[str, Any]:
    """The award as finance reads it."""
    answer = await quarter.clients(quarter.payer).get(f"{INCENTIVE}/awards/{award_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
