"""The policy of two approvers, and that it takes two people to change it (ORG-09)."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.kit.identity import Role
from tests.api.org.test_authorities import allow, ask, question
from tests.builders.org import Organisation, ok, small_company
from tests.clients import Clients
from tests.identities import person, second_account

pytestmark = pytest.mark.req("ORG-09")
POLICIES = "/v1/org/authority_policies"
CHANGES = "/v1/org/authority_policy_changes"
SEEN = {"If-Match": "1"}
POLICY = {"valid_from": "2026-02-01", "threshold": "9999999999.00", "authority_types": ["single_payment"]}


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def test_the_policy_of_two_changes_from_a_day_on(company: Organisation, org: Clients) -> None:
    await allow(company, "GM", None)
    policy = {"valid_from": "2026-02-01", "threshold": "1000", "authority_types": ["single_payment", "staffing"]}
    early = await company.hr.post(CHANGES, json={**policy, "valid_from": "2026-01-04"})
    assert (early.status_code, early.json()["code"]) == (409, "authority_backdated")
    change = await ok(await company.hr.post(CHANGES, json=policy))
    await ok(await org(Role.EXECUTIVE).post(f"{CHANGES}/{change['id']}/release", headers=SEEN))
    before, after = await ask(
        company, *[question(company, "E1", "1000", as_of=day) for day in ("2026-01-31", "2026-02-01")]
    )
    assert (before["needed"], after["needed"]) == (1, 2)
    seen = await ok(await org(Role.EMPLOYEE, Role.FINANCE).get(POLICIES))
    assert seen["versions"] == [{**policy, "threshold": "1000.00"}]
    assert seen["default_threshold"] == "200000"
    local = org(person(Role.HR, over=UUID(company.ids["S"])))
    assert (await local.post(CHANGES, json=policy)).status_code == 403


async def test_one_person_alone_does_not_lift_from_which_amount_on_two_approve(
    company: Organisation, org: Clients
) -> None:
    await allow(company, "GM", None)
    hr = person(Role.HR, employee_id=UUID(company.ids["E3"]))
    executive = person(Role.EXECUTIVE, employee_id=UUID(company.ids["E1"]))
    change = await ok(await org(hr).post(CHANGES, json=POLICY))
    path = f"{CHANGES}/{change['id']}"
    assert change["state"] == "proposed"
    for self_same in (hr, second_account(hr), replace(second_account(hr), role_assignments=executive.role_assignments)):
        refused = await org(self_same).post(f"{path}/release", headers=SEEN)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
        assert (await ok(await org(self_same).get("/v1/org/my/tasks")))["items"] == []
    assert (await ok(await org(hr).get(POLICIES)))["versions"] == []
    [task] = (await ok(await org(executive).get("/v1/org/my/tasks")))["items"]
    assert (task["kind"], task["link"]) == ("authority_policy_change.release", path)
    assert task["title"] == "确认双人审批规定的变更：自 2026 年 2 月 1 日起"  # which of several
    assert (await org(executive).post(f"{path}/release")).status_code == 428
    assert (await org(executive).post(f"{path}/release", headers={"If-Match": "2"})).status_code == 412
    [asked] = await ask(company, question(company, "E1", "300000", as_of="2026-02-01"))
    assert asked["needed"] == 2
    released = await ok(await org(executive).post(f"{path}/release", headers=SEEN))
    assert (released["state"], released["revision"]) == ("released", 2)
    [asked] = await ask(company, question(company, "E1", "300000", as_of="2026-02-01"))
    assert asked["needed"] == 1
    assert (await ok(await org(executive).get("/v1/org/my/tasks")))["items"] == []


async def test_a_policy_that_is_refused_or_taken_back_never_holds(company: Organisation, org: Clients) -> None:
    clerk = org(person(Role.HR))
    for who in (clerk, org(Role.EXECUTIVE)):
        change = await ok(await clerk.post(CHANGES, json=POLICY))
        path = f"{CHANGES}/{change['id']}"
        refused = await ok(await who.post(f"{path}/refuse", json={"reason": "过高"}, headers=SEEN))
        assert (refused["state"], refused["decision"]) == ("refused", "过高")
        late = await org(Role.EXECUTIVE).post(f"{path}/release", headers={"If-Match": "2"})
        assert (late.status_code, late.json()["code"]) == (409, "transition_not_possible")
        assert await ok(await clerk.get(path)) == refused
    assert (await ok(await clerk.get(POLICIES)))["versions"] == []
    states = [each["state"] for each in (await ok(await clerk.get(CHANGES)))["items"]]
    assert states == ["refused", "refused"]
    assert (await clerk.get(f"{CHANGES}/{uuid4()}")).json()["code"] == "authority_policy_change_unknown"
