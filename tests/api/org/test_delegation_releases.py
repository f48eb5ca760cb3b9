"""Delegations that HR enters for another person need a second person (ORG-09)."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.org.test_delegations import DAY, DELEGATIONS, delegation, himself, may, prepared
from tests.builders.org import Organisation, act, ok
from tests.clients import Clients
from tests.identities import SetClock, second_account

pytestmark = pytest.mark.req("ORG-09")


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await prepared(org)


@pytest.mark.req("PLT-02", "PLT-03")
async def test_what_hr_enters_for_an_absent_delegator_counts_once_a_second_person_releases_it(
    org: Clients, company: Organisation, org_connection: AsyncConnection
) -> None:
    clerk = himself(company, "E6", Role.HR)
    made = await ok(await org(clerk).post(DELEGATIONS, json=delegation(company)))
    path, seen = f"{DELEGATIONS}/{made['id']}", {"If-Match": '"1"'}
    assert (made["state"], made["in_force"], made["revision"]) == ("proposed", False, 1)
    assert (await may(company, "E4", "20000", DAY))["allowed"] is False
    assert (await ok(await company.hr.get(DELEGATIONS, params={"as_of": DAY})))["items"] == []
    for barred, code in (
        (clerk, "second_person_needed"),
        (second_account(clerk), "second_person_needed"),
        (himself(company, "E4", Role.HR), "delegation_to_self"),
        (himself(company, "E4"), "delegation_to_self"),
        (himself(company, "E5", Role.HR, over="B"), "delegation_unknown"),
        (himself(company, "E5", Role.FINANCE), "delegation_unknown"),
    ):
        answer = await org(barred).post(f"{path}/release", headers=seen)
        assert answer.json()["code"] == code
        assert (await ok(await org(barred).get("/v1/org/my/tasks")))["items"] == []
    others = (himself(company, "E3"), himself(company, "E5", Role.HR), himself(company, "E1", Role.EXECUTIVE))
    for releaser in others:
        [task] = (await ok(await org(releaser).get("/v1/org/my/tasks")))["items"]
        assert (task["kind"], task["link"]) == ("delegation.release", path)
        assert "单笔付款，2026 年 1 月 " in task["title"]  # from when to when
    executive = org(others[-1])
    assert (await executive.post(f"{path}/release")).status_code == 428
    assert (await executive.post(f"{path}/release", headers={"If-Match": '"2"'})).status_code == 412
    early = await act(executive, f"{path}/revoke", json={"reason": "收回"})
    assert (early.status_code, early.json()["code"]) == (409, "delegation_not_released")
    released = await ok(await executive.post(f"{path}/release", headers=seen))
    assert (released["state"], released["in_force"], released["revision"]) == ("released", True, 2)
    assert (await may(company, "E4", "20000", DAY))["allowed"] is True
    again = await executive.post(f"{path}/release", headers={"If-Match": '"2"'})
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")
    assert (await ok(await org(others[0]).get("/v1/org/my/tasks")))["items"] == []
    trail = text("SELECT action FROM org.audit WHERE resource_id = :id AND action ~ '^org' ORDER BY id")
    audited = (await org_connection.execute(trail, {"id": made["id"]})).scalars().all()
    assert audited == ["org.delegation.proposed", "org.delegation.released"]


async def test_what_hr_entered_is_refused_by_those_concerned_and_never_released_when_too_late_or_too_wide(
    org: Clients, company: Organisation, clock: SetClock
) -> None:
    clerk = himself(company, "E6", Role.HR)
    for refuser in (himself(company, "E3"), himself(company, "E4"), clerk):
        made = await ok(await org(clerk).post(DELEGATIONS, json=delegation(company)))
        refused = await act(org(refuser), f"{DELEGATIONS}/{made['id']}/refuse", json={"reason": "已返回"})
        assert ((await ok(refused))["state"], refused.json()["decision"]) == ("refused", "已返回")
        revoked = await act(org(himself(company, "E3")), f"{DELEGATIONS}/{made['id']}/revoke", json={"reason": "收回"})
        assert (revoked.status_code, revoked.json()["code"]) == (409, "delegation_refused")
    late = await ok(await org(clerk).post(DELEGATIONS, json=delegation(company)))
    for stranger in (himself(company, "E5"), himself(company, "E5", Role.HR, over="B")):
        hidden = await org(stranger).post(
            f"{DELEGATIONS}/{late['id']}/refuse", json={"reason": "x"}, headers={"If-Match": '"1"'}
        )
        assert (hidden.status_code, hidden.json()["code"]) == (404, "delegation_unknown")
    body = {"position_id": company.ids["S1"], "authority_type": "single_payment", "limit": "10000"}
    await company.limit({**body, "valid_from": "2026-01-10", "reason": "收紧"})
    narrowed = await act(org(himself(company, "E3")), f"{DELEGATIONS}/{late['id']}/release", json={})
    assert (narrowed.status_code, narrowed.json()["code"]) == (422, "delegation_too_wide")
    clock.set(2026, 1, 6, 1)
    answer = await act(org(himself(company, "E3")), f"{DELEGATIONS}/{late['id']}/release", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "delegation_backdated")
    assert (await may(company, "E4", "1", "2026-01-06"))["allowed"] is False
