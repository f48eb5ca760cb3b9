"""What one person enters, another releases: pay and plans (INC-01, INC-02)."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.kit.identity import Caller, Role, RoleAssignment
from tests.builders.incentive import PLAN
from tests.builders.incentive_quarter import Quarter
from tests.identities import person, second_account

PROFILES = "/v1/incentive/pay_profiles"
CHANGES = "/v1/incentive/pay_changes"
SEEN = {"If-Match": "1"}
PAY: dict[str, Any] = {
    "employee_number": "E001",
    "fixed_pay": "18000.00",
    "cost_centre": "CC-1",
    "valid_from": "2026-01-01",
}


@pytest.fixture
async def known(quarter: Quarter) -> Quarter:
    """The quarter once org has reported who works here."""
    await quarter.learn_people()
    return quarter


async def entered(quarter: Quarter, who: Caller, **changed: Any) -> str:
    """The path of a change that waits for release."""
    answer = await quarter.clients(who).post(CHANGES, json={**PAY, **changed})
    assert answer.status_code == 201, answer.text
    return f"{CHANGES}/{answer.json()['id']}"


async def tasks(quarter: Quarter, who: Caller) -> list[str]:
    """The kinds of the tasks of a person."""
    found = await quarter.clients(who).get("/v1/incentive/my/tasks")
    return [each["kind"] for each in found.json()["items"]]


@pytest.mark.req("INC-01")
async def test_pay_counts_once_a_second_person_has_released_it(known: Quarter) -> None:
    clerk, other = person(Role.COMPENSATION, employee_id=uuid4()), person(Role.COMPENSATION, employee_id=uuid4())
    path = await entered(known, clerk)
    assert (await known.clients(other).get(PROFILES)).json()["items"] == []
    [asked] = (await known.clients(other).get("/v1/incentive/my/tasks")).json()["items"]
    assert asked["kind"] == "pay_change.release"
    assert asked["title"].endswith(f"（{PAY['employee_number']}）自 2026 年 1 月 1 日起的薪酬变更")
    for one, count in zip(known.company.people, (1, 0), strict=False):
        local = known.clients(person(Role.COMPENSATION, over=one.unit.id))
        assert len((await local.get(CHANGES)).json()["items"]) == count
    for self_same in (clerk, second_account(clerk)):
        assert await tasks(known, self_same) == []
        refused = await known.clients(self_same).post(f"{path}/release", headers=SEEN)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    assert (await known.clients(other).post(f"{path}/release")).status_code == 428
    assert (await known.clients(other).post(f"{path}/release", headers={"If-Match": "2"})).status_code == 412
    assert (await known.clients(other).get(PROFILES)).json()["items"] == []
    done = await known.clients(other).post(f"{path}/release", headers=SEEN)
    assert (done.status_code, done.json()["state"]) == (200, "released")
    assert len((await known.clients(other).get(PROFILES)).json()["items"]) == 1
    assert await tasks(known, other) == []
    again = await known.clients(other).post(f"{path}/release", headers={"If-Match": "2"})
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("INC-01")
async def test_nobody_enters_or_releases_their_own_pay(known: Quarter) -> None:
    own = known.company.people[0]
    clerk = person(Role.COMPENSATION, employee_id=own.id)
    refused = await known.clients(clerk).post(CHANGES, json=PAY)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_pay")
    csv = {"content-type": "text/csv"}
    imported = await known.clients(clerk).post(f"{CHANGES}/imports", content=known.company.pay_csv(), headers=csv)
    assert (imported.status_code, imported.json()["code"]) == (403, "own_pay")
    assert (await known.clients(clerk).get(CHANGES)).json()["items"] == []
    path = await entered(known, known.clerk)
    for verb, body in (("release", None), ("refuse", {"reason": "不同意"})):
        decided = await known.clients(clerk).post(f"{path}/{verb}", json=body, headers=SEEN)
        assert (decided.status_code, decided.json()["code"]) == (403, "own_pay")
    assert (await known.clients(clerk).get(PROFILES)).json()["items"] == []


@pytest.mark.req("INC-01")
async def test_what_is_refused_or_taken_back_never_counts(known: Quarter) -> None:
    path = await entered(known, known.clerk)
    refused = await known.clients(known.clerk).post(f"{path}/refuse", json={"reason": "录错"}, headers=SEEN)
    assert (refused.json()["state"], refused.json()["decision"]) == ("refused", "录错")
    late = await known.clients(known.reviewer).post(f"{path}/release", headers={"If-Match": "2"})
    assert late.status_code == 409
    assert (await known.clients(known.clerk).get(PROFILES)).json()["items"] == []


@pytest.mark.req("INC-01")
async def test_pay_is_entered_for_known_employees_only(known: Quarter) -> None:
    clerk = known.clients(known.clerk)
    refused = await clerk.post(CHANGES, json={**PAY, "employee_number": "E999"})
    assert (refused.status_code, refused.json()["code"]) == (422, "employee_unknown")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/employee_number"]
    file = known.company.pay_csv() + b"\nE999,1.00,6,4,,CNY,CC-1,2026-01-01"
    csv = {"content-type": "text/csv"}
    tried = await clerk.post(f"{CHANGES}/imports", content=file, headers=csv, params={"dry_run": "true"})
    assert tried.json()["unknown_numbers"] == ["E999"]
    assert (await clerk.post(f"{CHANGES}/imports", content=file, headers=csv)).json()["code"] == "employee_unknown"
    assert (await clerk.get(CHANGES)).json()["items"] == []


@pytest.mark.req("INC-01")
@pytest.mark.req("PLT-03")
async def test_compensation_of_another_unit_sees_and_releases_no_change(known: Quarter) -> None:
    path = await entered(known, known.clerk)
    elsewhere = known.clients(person(Role.COMPENSATION, over=known.company.people[1].unit.id))
    for answer in (
        await elsewhere.get(path),
        await elsewhere.get(f"{path}/lines"),
        await elsewhere.post(f"{path}/release", headers=SEEN),
        await elsewhere.post(f"{path}/refuse", json={"reason": "无"}, headers=SEEN),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "pay_change_unknown")
    assert (await elsewhere.get(CHANGES)).json()["items"] == []
    seeing = person(Role.COMPENSATION, over=known.company.people[1].unit.id)
    seeing = replace(seeing, role_assignments=(*seeing.role_assignments, RoleAssignment(Role.FINANCE)))
    stopped = await known.clients(seeing).post(f"{path}/refuse", json={"reason": "无"}, headers=SEEN)
    assert (stopped.status_code, stopped.json()["code"]) == (403, "outside_your_units"), (
        "finance sees, and decides nothing"
    )
    assert (await known.clients(known.clerk).get(path)).json()["state"] == "proposed"


@pytest.mark.req("INC-02")
async def test_a_version_of_a_plan_is_released_by_a_second_person(known: Quarter) -> None:
    clerk, other = person(Role.COMPENSATION, employee_id=uuid4()), person(Role.COMPENSATION, employee_id=uuid4())
    created = await known.clients(clerk).post("/v1/incentive/plans", json=PLAN)
    path = f"/v1/incentive/plans/{created.json()['id']}"
    run = {"plan_code": PLAN["code"], "period": "2026-Q1", "cycle_id": str(uuid4())}
    assert (await known.clients(clerk).post("/v1/incentive/runs", json=run)).json()["code"] == "plan_unknown"
    assert await tasks(known, other) == ["plan_version.release"]
    for self_same in (clerk, second_account(clerk)):
        assert await tasks(known, self_same) == []
        refused = await known.clients(self_same).post(f"{path}/release", headers=SEEN)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    done = await known.clients(other).post(f"{path}/release", headers=SEEN)
    assert (done.status_code, done.json()["state"]) == (200, "released")
    assert (await known.clients(clerk).post("/v1/incentive/runs", json=run)).status_code == 201


@pytest.mark.req("INC-02")
async def test_compensation_over_a_department_writes_and_releases_no_plan(known: Quarter) -> None:
    created = await known.clients(known.clerk).post("/v1/incentive/plans", json=PLAN)
    scoped = known.clients(person(Role.COMPENSATION, over=known.company.people[1].unit.id))
    path = f"/v1/incentive/plans/{created.json()['id']}"
    for answer in (
        await scoped.post("/v1/incentive/plans", json=PLAN),
        await scoped.post(f"{path}/release", headers=SEEN),
        await scoped.post(f"{path}/refuse", json={"reason": "无"}, headers=SEEN),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "whole_organisation_only")
    assert [each["state"] for each in (await scoped.get("/v1/incentive/plans")).json()["items"]] == ["proposed"]
