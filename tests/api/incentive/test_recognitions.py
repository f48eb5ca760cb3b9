"""What is given besides money: recorded, certified, and what teams may spend together (INC-09)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.incentive.recognition.usecases.recognitions import read_certificate
from services.kit.database.sessions import Database
from services.kit.identity import Role
from tests.builders.incentive import small_company
from tests.builders.incentive_awards import post, who
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients, app_context_of, app_of
from tests.databases import TestDatabase
from tests.identities import Issuer, SetClock, person

pytestmark = pytest.mark.req("INC-09")

HR = person(Role.HR, name="人事", employee_id=uuid4())
TITLE = {
    "code": "R-2026-001",
    "employee_number": "E002",
    "kind": "title",
    "name": "首席市场顾问",
    "name_en": "Chief Market Adviser",
    "reason": "连续三年对市场走势判断准确，带领团队开拓西南市场。",
    "reason_en": "For three years of sound judgement of the market.",
    "granted_on": "2026-04-20",
    "valid_to": "2027-04-19",
}


@pytest.fixture
async def quarter(quarter: Quarter) -> Quarter:
    """org has spoken of everybody."""
    await quarter.learn_people()
    return quarter


@pytest.fixture
async def committed(fresh_database: TestDatabase, issuer: Issuer, clock: SetClock) -> AsyncIterator[Quarter]:
    """The same on a database that commits."""
    clock.set(2026, 4, 22, 1)
    database = Database(fresh_database.app_url("incentive"), pool_size=8)
    clients = Clients(app_of(app_context_of("incentive", database, issuer, clock)), issuer)
    made = Quarter(clients, database, clock, small_company())
    await made.learn_people()
    yield made
    await clients.close()
    await database.close()


async def granted(quarter: Quarter, **changed: Any) -> dict[str, Any]:
    """HR grants something."""
    made = await post(quarter, HR, "recognitions", TITLE | changed)
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.json()
    return body


async def test_a_title_is_for_everybody_to_see_and_its_certificate_is_the_same_each_time(quarter: Quarter) -> None:
    title = await granted(quarter)
    assert (title["employee_name"], title["kind_text"]) == ("苏二", "荣誉头衔")
    path = f"/v1/incentive/recognitions/{title['id']}"
    colleague = quarter.clients(who(quarter, "E001"))
    assert (await colleague.get(path)).status_code == 200
    found = {}
    for language in ("zh", "en"):
        first, again = [
            await colleague.get(f"{path}/certificate.pdf", headers={"Accept-Language": language}) for _ in range(2)
        ]
        assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
        assert first.content.startswith(b"%PDF-")
        assert first.content == again.content
        found[language] = first.content
    assert found["zh"] != found["en"]
    async with quarter.sessions.read() as session:
        _, words = await read_certificate(
            session, caller=who(quarter, "E001"), recognition_id=UUID(title["id"]), language="en"
        )
    assert (words.issuer, words.unit) == (f"Unit {quarter.company.group.code}", "Unit BRAND")
    withdrawn = await post(quarter, HR, f"recognitions/{title['id']}/withdraw", {"reason": "误授"}, seen=1)
    assert withdrawn.json()["state"] == "withdrawn"
    for reader, reason, by in (("E001", None, None), ("E002", "误授", HR.name)):
        read = (await quarter.clients(who(quarter, reader)).get(path)).json()
        assert (read["state"], read["withdrawal_reason"], read["withdrawn_by_name"]) == ("withdrawn", reason, by)
    gone = await colleague.get(f"{path}/certificate.pdf")
    assert (gone.status_code, gone.json()["code"]) == (409, "certificate_withdrawn")


@pytest.mark.req("PLT-03")
async def test_welfare_is_the_affair_of_the_person_and_of_hr_over_them(quarter: Quarter) -> None:
    help_ = await granted(quarter, code="W-1", kind="welfare", name="子女入学协助", name_en="School help")
    there = quarter.company.people[1].unit.id
    seen = {}
    for name, caller in {
        "the person": who(quarter, "E002"),
        "a colleague": who(quarter, "E001"),
        "HR": HR,
        "HR there": person(Role.HR, over=there),
        "HR elsewhere": person(Role.HR, over=uuid4()),
        "finance": person(Role.FINANCE),
    }.items():
        client = quarter.clients(caller)
        read = (await client.get(f"/v1/incentive/recognitions/{help_['id']}")).status_code
        certificate = (await client.get(f"/v1/incentive/recognitions/{help_['id']}/certificate.pdf")).status_code
        listed = (await client.get("/v1/incentive/recognitions")).json()["items"]
        assert read == certificate == (200 if listed else 404), name
        seen[name] = bool(listed)
    assert seen == {
        "the person": True,
        "a colleague": False,
        "HR": True,
        "HR there": True,
        "HR elsewhere": False,
        "finance": False,
    }


async def test_only_hr_over_the_person_grants_and_nobody_to_themselves(quarter: Quarter) -> None:
    async def code(caller: Any, path: str = "recognitions", seen: int | None = None, **changed: Any) -> tuple[int, Any]:
        body = {"reason": "误"} if seen else TITLE | changed
        answer = await post(quarter, caller, path, body, seen=seen)
        return answer.status_code, answer.json().get("code")

    elsewhere, oneself = person(Role.HR, over=uuid4()), person(Role.HR, employee_id=quarter.company.people[1].id)
    assert await code(elsewhere) == (403, "outside_your_units")
    assert await code(oneself) == (403, "own_recognition")
    assert await code(who(quarter, "E002")) == (403, "role_missing")
    assert await code(HR, employee_number="X") == (422, "recognition_unsound")
    assert await code(HR, valid_to="2026-04-19") == (422, "recognition_unsound")
    made = await granted(quarter)
    assert await code(HR) == (409, "recognition_exists")
    path = f"recognitions/{made['id']}/withdraw"
    assert await code(elsewhere, path, 1) == (403, "outside_your_units")
    private = await granted(quarter, code="W-1", kind="welfare", name="子女入学协助", name_en="School help")
    assert await code(elsewhere, f"recognitions/{private['id']}/withdraw", 1) == (404, "recognition_unknown")
    assert await code(oneself, path, 1) == (403, "own_recognition")
    assert await code(HR, path, 5) == (412, "stale")


async def budget(quarter: Quarter, **changed: Any) -> Any:
    """HR gives the sales department 300 a head for the second quarter."""
    body = {"unit_id": str(quarter.company.people[0].unit.id), "period": "2026-Q2", "per_head": "300.00"}
    return await post(quarter, HR, "team_budgets", body | changed)


def expense(amount: str, day: str = "2026-05-16") -> dict[str, str]:
    """What the team spent."""
    return {"amount": amount, "purpose": "部门徒步", "spent_on": day}


async def test_a_team_spends_so_much_a_head_and_no_more(quarter: Quarter) -> None:
    made = (await budget(quarter)).json()
    assert (made["people"], made["amount"], made["left"]) == (2, "600.00", "600.00")  # E001 and E004
    assert (made["unit_name"], made["unit_name_en"]) == ("销售部", "Unit SALES")
    assert (await budget(quarter)).json()["code"] == "team_budget_exists"
    assert (await budget(quarter, period="2026")).json()["code"] == "team_budget_unsound"
    for per_head in ("0.00", "1000000.01"):
        senseless = await budget(quarter, per_head=per_head)
        assert (senseless.status_code, senseless.json()["errors"][0]["pointer"]) == (422, "/per_head")
    path = f"team_budgets/{made['id']}/spend"
    spent = await post(quarter, HR, path, expense("599.99"), seen=1)
    assert (spent.json()["spent"], spent.json()["left"]) == ("599.99", "0.01")
    assert (await post(quarter, HR, path, expense("0.01"), seen=1)).status_code == 412
    more = await post(quarter, HR, path, expense("0.02"), seen=2)
    assert (more.status_code, more.json()["code"]) == (409, "team_budget_exceeded")
    late = await post(quarter, HR, path, expense("0.01", "2026-07-01"), seen=2)
    assert late.json()["errors"][0]["pointer"] == "/spent_on"
    finance = quarter.clients(Role.FINANCE)
    listed = (await finance.get(f"/v1/incentive/team_budgets/{made['id']}/expenses")).json()["items"]
    assert [each["amount"] for each in listed] == ["599.99"]
    assert (await post(quarter, person(Role.HR, over=uuid4()), path, expense("0.01"), seen=2)).status_code == 403


async def test_of_expenses_at_once_those_that_the_budget_allows_count(committed: Quarter) -> None:
    made = (await budget(committed)).json()
    path = f"team_budgets/{made['id']}/spend"
    answers = await asyncio.gather(*(post(committed, HR, path, expense("400.00"), seen=1) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    read = (await committed.clients(HR).get(f"/v1/incentive/team_budgets/{made['id']}")).json()
    assert read["left"] == "200.00"
