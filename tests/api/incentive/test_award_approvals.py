"""Who approves a special award, on whose authority, and what they see of it (INC-04, ORG-09)."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.kit.identity import Role
from tests.api.incentive.test_awards import held, tasks
from tests.builders.incentive_awards import INCENTIVE, asking_org, award, freely, funded, nominated, post, who
from tests.builders.incentive_quarter import Quarter
from tests.identities import person, second_account

pytestmark = pytest.mark.req("INC-04")


@pytest.fixture
async def quarter(quarter: Quarter) -> AsyncIterator[Quarter]:
    """The quarter with people up the line whom org lets approve."""
    async with asking_org(quarter):
        yield quarter


async def test_only_whom_org_allows_approves_what_they_saw_and_never_a_nominee(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    members = [{"employee_number": "E010", "share": "50"}, {"employee_number": "E001", "share": "50"}]
    made = await nominated(quarter, fund, members=members)
    assert made["next_approver_name"] == "总经理"  # the head takes part
    path = f"awards/{made['id']}/approve"

    async def answer(number: str, seen: int = 1) -> tuple[int, str]:
        given = await post(quarter, who(quarter, number), path, seen=seen)
        return given.status_code, str(given.json().get("code"))

    assert await answer("E010") == (403, "nominee_decides")
    assert await answer("E001") == (403, "nominee_decides")
    refused = await post(quarter, who(quarter, "E010"), f"awards/{made['id']}/refuse", {"reason": "x"}, seen=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "nominee_decides")
    assert await answer("E003") == (403, "authority_insufficient")  # who nominated
    quarter.company.lent = {"E004": "E010"}
    assert await answer("E004") == (404, "award_unknown")  # a nominee lends nobody authority
    assert await answer("E011", seen=7) == (412, "stale")
    office = await post(quarter, quarter.payer, path, seen=1)
    assert (office.status_code, office.json()["code"]) == (403, "transition_forbidden")
    quarter.company.away = {"org"}
    assert await answer("E011") == (503, "neighbour_unavailable")
    quarter.company.away = set()
    assert await held(quarter, fund) == "500000.00"
    assert await answer("E011") == (200, "SA-1")
    assert await answer("E011") == (409, "transition_not_possible")
    assert await held(quarter, fund) == "450000.00"


async def test_a_large_award_takes_two_different_people(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    made = await nominated(quarter, fund, **freely("200000.00"))
    path = f"awards/{made['id']}/approve"
    first = await post(quarter, who(quarter, "E011"), path, seen=1)
    assert (first.json()["state"], first.json()["approvers_needed"]) == ("nominated", 2)
    await quarter.work()
    assert await tasks(quarter, who(quarter, "E012")) == ["award.approve"]
    again = await post(quarter, second_account(who(quarter, "E011")), path, seen=2)
    assert (again.status_code, again.json()["code"]) == (409, "approved_already")
    stale = await post(quarter, who(quarter, "E012"), path, seen=1)
    assert stale.status_code == 412
    assert await held(quarter, fund) == "500000.00"
    second = await post(quarter, who(quarter, "E012"), path, seen=2)
    assert second.json()["state"] == "approved"
    assert await held(quarter, fund) == "300000.00"


@pytest.mark.req("ORG-09", "PLT-04")
async def test_an_approval_names_whose_authority_was_used_and_one_authority_counts_once(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    made = await nominated(quarter, fund, **freely("200000.00"))
    quarter.company.lent = {"E004": "E011", "E010": "E012"}
    path = f"awards/{made['id']}/approve"
    assert (await post(quarter, who(quarter, "E011"), path, seen=1)).json()["approvals"][0]["acting_for"] is None
    twice = await post(quarter, who(quarter, "E004"), path, seen=2)
    assert (twice.status_code, twice.json()["code"]) == (409, "authority_used")
    done = await post(quarter, who(quarter, "E010"), path, seen=2)
    assert done.json()["state"] == "approved", done.text
    giver = who(quarter, "E012").employee_id
    named = {"employee_id": str(giver), "employee_number": "E012", "employee_name": "董事长"}
    assert [each["acting_for"] for each in done.json()["approvals"]] == [None, named]
    assert (await award(quarter, made["id"]))["approvals"] == done.json()["approvals"]
    other = await nominated(quarter, fund, "SA-2")
    quarter.company.lent = {"E004": "E010"}
    reason = {"reason": "尚未签约"}
    refused = await post(quarter, who(quarter, "E004"), f"awards/{other['id']}/refuse", reason, seen=1)
    assert refused.json()["state"] == "refused", refused.text
    nominator = quarter.clients(who(quarter, "E003"))
    [news] = (await nominator.get(f"{INCENTIVE}/my/tasks")).json()["items"]
    assert (news["kind"], news["link"]) == ("award.read_refusal", f"{INCENTIVE}/awards/{other['id']}")
    assert news["title"] == "已退回，请查阅原因：专项奖励“开拓西南市场”（SA-2）"
    read = (await nominator.get(news["link"])).json()
    assert (read["decision"], read["decided_by_name"]) == ("尚未签约", who(quarter, "E004").name)
    listed = (await nominator.get(f"{INCENTIVE}/awards", params={"state": "refused"})).json()["items"]
    assert [each["decided_at"] for each in listed] == [refused.json()["decided_at"]] == [read["decided_at"]]
    approved = await award(quarter, made["id"])
    assert (approved["decided_by_name"], approved["decision"]) == (done.json()["approvals"][1]["employee_name"], None)
    auditor = quarter.clients(person(Role.AUDITOR))
    lines = (await auditor.get(f"{INCENTIVE}/audit_entries", params={"resource": "award"})).json()["items"]
    said = {each["action"].rpartition(".")[2]: (each["before"], each["after"]) for each in lines}
    before = {"state": "nominated", "revision": 2}
    after = {"state": "approved", "code": "SA-1", "amount": "200000.00"}
    assert said["approved"] == (before, after | {"acting_for": {"id": str(giver), "number": "E012", "name": "董事长"}})
    assert said["partly_approved"] == (before | {"revision": 1}, after | {"state": "nominated"})
    assert said["refused"][1]["acting_for"]["number"] == "E010"
    assert said["refused"][1] | {"acting_for": None} == {
        "state": "refused",
        "code": "SA-2",
        "amount": "50000.00",
        "acting_for": None,
        "reason": "尚未签约",
    }


@pytest.mark.req("ORG-09")
async def test_the_second_approval_never_waits_for_whose_authority_was_used(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    made = await nominated(quarter, fund, **freely("200000.00"))
    quarter.company.lent = {"E004": "E011"}
    first = await post(quarter, who(quarter, "E004"), f"awards/{made['id']}/approve", seen=1)
    assert first.json()["approvals"][0]["acting_for"]["employee_number"] == "E011", first.text
    listed = (await quarter.clients(who(quarter, "E004")).get(f"{INCENTIVE}/awards")).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]  # though it waits for others now
    await quarter.work()
    assert await tasks(quarter, who(quarter, "E011")) == []
    assert await tasks(quarter, who(quarter, "E012")) == ["award.approve"]


@pytest.mark.req("ORG-09", "PLT-03")
async def test_whoever_may_approve_reads_the_award_before_and_after_and_nobody_else_does(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    approved, refused = await nominated(quarter, fund), await nominated(quarter, fund, "SA-2")
    delegate, stranger = who(quarter, "E004"), quarter.clients(who(quarter, "E012"))
    client = quarter.clients(delegate)
    paths = [f"{INCENTIVE}/awards/{each['id']}" for each in (approved, refused)]

    async def seen() -> list[int]:
        return [(await client.get(path)).status_code for path in paths]

    assert await seen() == [404, 404]
    unknown = quarter.clients(person(Role.HR, employee_id=uuid4()))
    assert (await unknown.get(paths[0])).status_code == 404  # of whom org knows nothing
    no = {"reason": "依据不足"}
    for verb, body in (("approve", None), ("refuse", no)):
        answer = await post(quarter, delegate, f"awards/{approved['id']}/{verb}", body, seen=1)
        assert (answer.status_code, answer.json()["code"]) == (404, "award_unknown")
    quarter.company.lent = {"E004": "E010"}
    assert await tasks(quarter, delegate) == []  # the task is the delegator's
    for path in paths:
        read = await client.get(path)
        assert [each["amount"] for each in read.json()["members"]] == ["30000.00", "20000.00"], read.text
        assert read.headers["ETag"]
    quarter.company.away = {"org"}
    assert await seen() == [503, 503]
    nominator = quarter.clients(who(quarter, "E003"))
    assert [(await nominator.get(path)).status_code for path in paths] == [200, 200]  # about whom nothing is asked
    quarter.company.away = set()
    assert (await post(quarter, delegate, f"awards/{approved['id']}/approve", seen=1)).json()["state"] == "approved"
    assert (await post(quarter, delegate, f"awards/{refused['id']}/refuse", no, seen=1)).json()["state"] == "refused"
    quarter.company.lent = {}
    assert await seen() == [200, 200]
    listed = (await client.get(f"{INCENTIVE}/awards")).json()["items"]
    assert [(each["id"], len(each["members"])) for each in listed] == [(approved["id"], 2), (refused["id"], 2)]
    quarter.company.limits = []
    assert [(await stranger.get(path)).status_code for path in paths] == [404, 404]


async def test_executives_refuse_what_exceeds_everybodys_authority(quarter: Quarter) -> None:
    quarter.company.limits = []
    made = await nominated(quarter, await funded(quarter, "500000.00"))
    path, why = f"awards/{made['id']}/refuse", {"reason": "超出本年度奖励标准"}
    executive = person(Role.EXECUTIVE, employee_id=who(quarter, "E004").employee_id)
    nominee = person(Role.EXECUTIVE, employee_id=who(quarter, "E002").employee_id)
    own = await post(quarter, nominee, path, why, seen=1)
    assert (own.status_code, own.json()["code"]) == (403, "nominee_decides")
    refused = await post(quarter, executive, path, why, seen=1)
    assert (refused.status_code, refused.json()["state"], refused.json()["decision"]) == (200, "refused", why["reason"])
    assert await tasks(quarter, executive) == []
    assert await tasks(quarter, who(quarter, "E003")) == ["award.read_refusal"]


async def test_executives_read_an_award_that_waits_for_them_and_no_other(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    quarter.company.limits = []
    made = await nominated(quarter, fund)
    executive = person(Role.EXECUTIVE, employee_id=who(quarter, "E004").employee_id)
    client, path = quarter.clients(executive), f"{INCENTIVE}/awards/{made['id']}"
    assert await tasks(quarter, executive) == ["award.approve"]
    read = await client.get(path)
    assert [each["amount"] for each in read.json()["members"]] == ["30000.00", "20000.00"], read.text
    listed = (await client.get(f"{INCENTIVE}/awards")).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    short = await post(quarter, executive, f"awards/{made['id']}/approve", seen=1)
    assert (short.status_code, short.json()["code"]) == (403, "authority_insufficient")
    [asked] = (await client.get(f"{INCENTIVE}/my/tasks")).json()["items"]
    kept = await client.delete(f"{INCENTIVE}/my/tasks/{asked['id']}")
    assert (kept.status_code, kept.json()["code"]) == (409, "task_needs_action")
    elsewhere = person(Role.EXECUTIVE, over=uuid4())
    assert (await quarter.clients(elsewhere).get(path)).status_code == 404
    nominee = person(Role.EXECUTIVE, employee_id=who(quarter, "E002").employee_id)
    assert len((await quarter.clients(nominee).get(path)).json()["members"]) == 1
    await post(quarter, who(quarter, "E003"), f"awards/{made['id']}/refuse", {"reason": "撤回"}, seen=1)
    assert (await client.get(path)).status_code == 404
    assert await tasks(quarter, who(quarter, "E003")) == []  # who took it back knows
