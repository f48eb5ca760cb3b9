"""Limits, and who may approve what (ORG-09)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.org.counting import statements
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import SetClock, client_system, person, second_account

pytestmark = pytest.mark.req("ORG-09")
LIMITS = "/v1/org/authority_limits"
CHANGES = "/v1/org/authority_limit_changes"
CHECKS = "/v1/org/approval_checks"
DAY = "2026-01-05"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


def limit(company: Organisation, position: str, amount: str | None, **more: Any) -> dict[str, Any]:
    body = {"position_id": company.ids[position], "authority_type": "single_payment", "limit": amount}
    return {**body, "valid_from": DAY, "reason": "权限表", **more}


async def allow(company: Organisation, position: str, amount: str | None, **more: Any) -> None:
    await company.limit(limit(company, position, amount, **more))


def question(company: Organisation, who: str, amount: str, unit: str = "S", **more: Any) -> dict[str, Any]:
    asked = {"employee_id": company.ids[who], "authority_type": "single_payment", "amount": amount}
    return {**asked, "unit_id": company.ids[unit], **more}


async def ask(company: Organisation, *questions: dict[str, Any]) -> list[Any]:
    answers: list[Any] = (await ok(await company.hr.post(CHECKS, json={"checks": questions})))["results"]
    return answers


def verdicts(answer: Any) -> list[tuple[str, str]]:
    return [(link["employee"]["number"], link["verdict"]) for link in answer["chain"]]


async def test_whose_own_limit_suffices_may_approve(company: Organisation) -> None:
    await allow(company, "S1", "50000")
    [answer] = await ask(company, question(company, "E3", "50000.00"))
    assert (answer["allowed"], answer["needed"], answer["next"]) == (True, 1, None)
    assert answer["chain"][0]["reason"] == {
        "zh": "本人额度 50,000 元，可以审批",
        "en": "own limit suffices: 50,000 yuan",
    }


async def test_who_may_not_is_told_who_is_next_and_why_each_before_him_is_not(company: Organisation) -> None:
    await allow(company, "S1", "50000")
    await allow(company, "GM", None)
    [answer] = await ask(company, question(company, "E3", "60000"))
    assert (answer["allowed"], answer["next"]["number"]) == (False, "E1")
    assert verdicts(answer) == [("E3", "over_limit"), ("E2", "no_authority"), ("E1", "own_limit")]
    assert answer["chain"][2]["reason"] == {"zh": "本人额度不限，可以审批", "en": "own limit suffices: unlimited"}


async def test_a_limit_holds_in_the_unit_of_the_position_and_below_only(company: Organisation) -> None:
    await allow(company, "S1", "50000")
    await allow(company, "M1", "100000")
    own, other, below = await ask(
        company,
        question(company, "E3", "100", "S"),
        question(company, "E3", "100", "B"),
        question(company, "E2", "100", "B"),
    )
    assert [own["allowed"], other["allowed"], below["allowed"]] == [True, False, True]
    assert other["next"]["number"] == "E2"


async def test_large_payments_need_two_different_approvers(company: Organisation) -> None:
    await allow(company, "M1", "300000")
    await allow(company, "GM", None)
    ids = company.ids
    alone, one, twice, both = await ask(
        company,
        question(company, "E2", "200000"),
        question(company, "E2", "200000", approved_by=[ids["E2"]]),
        question(company, "E2", "200000", approved_by=[ids["E2"], ids["E2"]]),
        question(company, "E2", "200000", approved_by=[ids["E2"], ids["E1"]]),
    )
    assert (alone["allowed"], alone["needed"], alone["next"]["number"]) == (True, 2, "E1")
    assert [each["complete"] for each in (alone, one, twice, both)] == [False, False, False, True]


async def test_nobody_approves_his_own_request(company: Organisation) -> None:
    await allow(company, "M1", "300000")
    await allow(company, "GM", None)
    two = company.ids["E2"]
    for reason, concerned in (("own_request", {"requester_id": two}), ("own_interest", {"barred_ids": [two]})):
        [answer] = await ask(company, question(company, "E2", "100", **concerned))
        assert verdicts(answer) == [("E2", reason), ("E1", "own_limit")]


async def test_answers_are_those_of_the_day_asked_about(company: Organisation) -> None:
    await allow(company, "S1", "50000", valid_from="2026-02-01", valid_to="2026-02-28")
    ids = company.ids
    move = {"parent_id": ids["B"], "valid_from": "2026-03-01"}
    await ok(await act(company.hr, f"/v1/org/units/{ids['S']}/move", json=move))
    await allow(company, "B1", "90000", valid_from="2026-03-01")
    await company.place("E6", "B1", "acting", "2026-03-01")
    days = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"]
    before, first, last, after = await ask(company, *[question(company, "E3", "100", as_of=day) for day in days])
    assert [each["allowed"] for each in (before, first, last, after)] == [False, True, True, False]
    assert before["next"] is None
    assert after["next"]["number"] == "E6"


async def test_what_was_in_force_yesterday_cannot_be_changed_today(company: Organisation, clock: SetClock) -> None:
    early = await company.hr.post(CHANGES, json=limit(company, "S1", "50000", valid_from="2026-01-04"))
    assert (early.status_code, early.json()["code"]) == (409, "authority_backdated")
    clock.set(2025, 12, 30, 9)
    await allow(company, "S1", "50000", valid_from="2025-12-30")
    waiting = await ok(await company.hr.post(CHANGES, json=limit(company, "M1", "1", valid_from="2026-01-04")))
    clock.set(2026, 1, 5, 9)
    assert company.executive is not None
    late = await act(company.executive, f"{CHANGES}/{waiting['id']}/release", json={})
    assert (late.status_code, late.json()["code"]) == (409, "authority_backdated")
    answer = await company.hr.post(CHANGES, json=limit(company, "S1", "90000", valid_from="2025-12-31"))
    assert (answer.status_code, answer.json()["code"]) == (409, "past_authority")
    assert answer.json()["errors"][0]["pointer"] == "/valid_from"
    [held] = (await ok(await company.hr.get(LIMITS, params={"position_id": company.ids["S1"]})))["items"]
    path, why = f"{LIMITS}/{held['id']}", {"reason": "收回"}
    assert (await company.hr.post(f"{path}/revoke", json={**why, "valid_to": "2026-01-03"})).status_code == 409
    ended = await ok(await company.hr.post(f"{path}/revoke", json={**why, "valid_to": "2026-01-04"}))
    assert (ended["id"], ended["valid_to"], ended["position"]["code"]) == (held["id"], "2026-01-04", "S1")
    assert await ok(await company.hr.get(path)) == ended
    [answer] = await ask(company, question(company, "E3", "1"))
    assert verdicts(answer)[0] == ("E3", "no_authority")


async def test_a_new_limit_takes_the_place_of_the_old_from_its_day_on(company: Organisation) -> None:
    await allow(company, "S1", "50000")
    await allow(company, "S1", "80000", valid_from="2026-03-01")
    for day, amount in (("2026-02-28", "50000.00"), ("2026-03-01", "80000.00")):
        [seen] = (await ok(await company.hr.get(LIMITS, params={"as_of": day})))["items"]
        assert (seen["position"]["code"], seen["limit"], seen["unit"]["code"]) == ("S1", amount, "S")
    beneath = await ok(await company.hr.get(LIMITS, params={"as_of": DAY, "unit_id": company.ids["B"]}))
    assert beneath["items"] == []


async def test_limits_can_come_from_a_template(org: Clients, company: Organisation) -> None:
    body = {"position_id": company.ids["M1"], "code": "seven_director", "valid_from": DAY}
    proposed = (await ok(await company.hr.post(f"{CHANGES}/apply_template", json=body)))["changes"]
    assert len(proposed) > 1
    for change in proposed:
        await ok(await act(org(Role.EXECUTIVE), f"{CHANGES}/{change['id']}/release", json={}))
    seen = await ok(await company.hr.get(LIMITS, params={"as_of": DAY, "authority_type": "yearly_budget_approval"}))
    assert [(row["limit"], row["reason"]) for row in seen["items"]] == [("5000000.00", "templates/seven_director")]
    unknown = await company.hr.post(f"{CHANGES}/apply_template", json={**body, "code": "nothing"})
    assert unknown.status_code == 404


@pytest.mark.req("PLT-02", "PLT-03")
async def test_one_person_alone_gives_no_position_a_limit(org: Clients, company: Organisation) -> None:
    clerk = person(Role.HR, employee_id=UUID(company.ids["E6"]))
    made = await org(clerk).post(CHANGES, json=limit(company, "S1", None))
    change = await ok(made)
    path, seen = made.headers["Location"], {"If-Match": '"1"'}
    assert (change["state"], change["limit"], change["position"]["code"]) == ("proposed", None, "S1")
    [answer] = await ask(company, question(company, "E3", "1"))
    assert answer["allowed"] is False
    for barred, code in (
        (clerk, "second_person_needed"),
        (second_account(clerk), "second_person_needed"),
        (person(Role.EXECUTIVE, employee_id=UUID(company.ids["E3"])), "own_limit"),
        (person(Role.HR, over=UUID(company.ids["B"])), "out_of_scope"),
        (person(Role.FINANCE), "role_missing"),
    ):
        refused = await org(barred).post(f"{path}/release", headers=seen)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    holder = org(person(Role.EXECUTIVE, employee_id=UUID(company.ids["E3"])))
    assert (await ok(await holder.get("/v1/org/my/tasks")))["items"] == []
    releaser = org(person(Role.EXECUTIVE, over=UUID(company.ids["S"])))
    [task] = (await ok(await releaser.get("/v1/org/my/tasks")))["items"]
    assert (task["kind"], task["link"]) == ("authority_limit_change.release", path)
    assert "岗位（" in task["title"], task["title"]
    assert (await releaser.post(f"{path}/release")).status_code == 428
    assert (await releaser.post(f"{path}/release", headers={"If-Match": '"2"'})).status_code == 412
    released = await ok(await releaser.post(f"{path}/release", headers=seen))
    assert (released["state"], released["revision"]) == ("released", 2)
    [answer] = await ask(company, question(company, "E3", "999999999"))
    assert answer["allowed"] is True
    assert (await ok(await releaser.get("/v1/org/my/tasks")))["items"] == []
    waiting = await ok(await org(clerk).post(CHANGES, json=limit(company, "S1", "7")))
    elsewhere = person(Role.HR, over=UUID(company.ids["B"]))
    for barred, code in ((holder, "own_limit"), (org(elsewhere), "out_of_scope")):
        refused = await barred.post(f"{CHANGES}/{waiting['id']}/refuse", json={"reason": "x"}, headers=seen)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    taken_back = await act(org(clerk), f"{CHANGES}/{waiting['id']}/refuse", json={"reason": "误录"})
    assert ((await ok(taken_back))["state"], taken_back.json()["decision"]) == ("refused", "误录")
    states = (await ok(await org(clerk).get(CHANGES, params={"position_id": company.ids["S1"]})))["items"]
    assert [each["state"] for each in states] == ["released", "refused"]
    late = await act(releaser, f"{CHANGES}/{waiting['id']}/release", json={})
    assert (late.status_code, late.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("PLT-03")
async def test_limits_are_set_by_hr_and_executives_of_the_unit_and_never_for_oneself(
    org: Clients, company: Organisation
) -> None:
    elsewhere = org(person(Role.HR, over=UUID(company.ids["B"])))
    assert (await elsewhere.post(CHANGES, json=limit(company, "S1", "1"))).status_code == 403
    executive = org(person(Role.EXECUTIVE, over=UUID(company.ids["M"]), employee_id=UUID(company.ids["E2"])))
    assert (await executive.post(CHANGES, json=limit(company, "S1", "1"))).status_code == 201
    own = await executive.post(CHANGES, json=limit(company, "M1", "1"))
    assert (own.status_code, own.json()["code"]) == (403, "own_limit")
    assert (await org(Role.FINANCE).post(CHANGES, json=limit(company, "S1", "1"))).status_code == 403
    before = await company.hr.post(CHANGES, json=limit(company, "S1", "1", valid_from="2019-12-31"))
    assert (before.status_code, before.json()["code"]) == (422, "reference_not_in_force")


@pytest.mark.parametrize(
    ("changed", "status", "pointer"),
    [
        ({"limit": "-1"}, 422, "/limit"),
        ({"limit": 50000.5}, 422, "/limit"),
        ({"limit": "1.005"}, 422, "/limit"),
        ({"limit": "1.50", "authority_type": "staffing"}, 422, "/limit"),
        ({"authority_type": "anything"}, 422, "/authority_type"),
        ({"valid_to": "2025-12-31"}, 422, "/valid_to"),
        ({"reason": " "}, 422, "/reason"),
        ({"position_id": "0190b6e2-0000-7000-8000-000000000000"}, 404, None),
        ({"valid_from": "2019-12-31"}, 403, None),
    ],
)
async def test_a_limit_that_makes_no_sense_is_refused_and_nothing_stored(
    company: Organisation, changed: dict[str, Any], status: int, pointer: str | None, org: Clients
) -> None:
    client = org(person(Role.HR, over=UUID(company.ids["S"])))
    answer = await client.post(CHANGES, json=limit(company, "S1", "1", **changed))
    assert answer.status_code == status, answer.text
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert (await ok(await company.hr.get(LIMITS, params={"as_of": "2026-02-01"})))["items"] == []


async def test_checks_of_unknown_units_and_people_are_refused_each_by_name(company: Organisation) -> None:
    nobody = "0190b6e2-0000-7000-8000-000000000000"
    good = question(company, "E3", "1")
    asked = [good, {**good, "unit_id": nobody}, {**good, "approved_by": [nobody]}, {**good, "as_of": "2019-12-31"}]
    answer = await company.hr.post(CHECKS, json={"checks": asked})
    assert (answer.status_code, answer.json()["code"]) == (422, "approval_checks_invalid")
    pointers = [fault["pointer"] for fault in answer.json()["errors"]]
    assert pointers == ["/checks/1/unit_id", "/checks/2/approved_by/0", "/checks/3/unit_id"]


async def test_who_has_left_approves_nothing(company: Organisation) -> None:
    await allow(company, "S1", "50000")
    await company.terminate("E3", "2026-01-31")
    last, after = await ask(company, *[question(company, "E3", "1", as_of=day) for day in ("2026-01-31", "2026-02-01")])
    assert (last["allowed"], after["allowed"]) == (True, False)
    assert verdicts(after) == [("E3", "no_authority")]


async def test_five_hundred_checks_need_as_many_statements_as_one(
    company: Organisation, org: Clients, org_connection: AsyncConnection
) -> None:
    await allow(company, "S1", "50000")
    await allow(company, "GM", None)
    system = org(client_system("directory"))
    counts = []
    for number in (1, 500):
        days = [f"2026-{1 + place % 12:02}-{1 + place % 28:02}" for place in range(number)]
        who = [f"E{1 + place % 6}" for place in range(number)]
        asked = [question(company, each, "100", as_of=day) for each, day in zip(who, days, strict=True)]
        with statements(org_connection) as seen:
            answers = (await ok(await system.post(CHECKS, json={"checks": asked})))["results"]
        assert len(answers) == number
        counts.append(len(seen))
    assert counts[0] == counts[1]
    too_many = await system.post(CHECKS, json={"checks": [question(company, "E1", "1")] * 501})
    assert too_many.status_code == 422


@pytest.mark.req("PLT-04", "PLT-05")
async def test_a_limit_leaves_audit_with_before_and_after_and_news(
    company: Organisation, org_connection: AsyncConnection
) -> None:
    await allow(company, "S1", "50000")
    await allow(company, "S1", "80000", valid_from="2026-03-01")
    audited = text(
        "SELECT before, after FROM org.audit WHERE action = 'org.authority_limit.set' ORDER BY id DESC LIMIT 1"
    )
    before, after = (await org_connection.execute(audited)).one()
    assert (before["amount"], after["amount"]) == ("50000.00", "80000.00")
    recorded = text("SELECT subject FROM org.event WHERE type = 'org.authority_limit.set' ORDER BY id DESC LIMIT 1")
    assert (await org_connection.execute(recorded)).scalar_one() == f"position/{company.ids['S1']}"
