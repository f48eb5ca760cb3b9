"""Special awards from the fund to the statement: nominated, approved by authority, paid at once, undone (INC-04)."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from services.kit.identity import Role
from tests.api.incentive.test_differences import balance, get, replayed
from tests.builders.incentive_awards import (
    INCENTIVE,
    asking_org,
    award,
    endow,
    funded,
    nominated,
    nomination,
    post,
    reverse_entry,
    who,
)
from tests.builders.incentive_claims import run_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.identities import person, second_account

pytestmark = pytest.mark.req("INC-04")


@pytest.fixture
async def quarter(quarter: Quarter) -> AsyncIterator[Quarter]:
    """The quarter with people up the line whom org lets approve."""
    async with asking_org(quarter):
        yield quarter


async def tasks(quarter: Quarter, caller: Any) -> list[str]:
    """The tasks of a person, by kind."""
    items = (await quarter.clients(caller).get(f"{INCENTIVE}/my/tasks")).json()["items"]
    return [each["kind"] for each in items]


async def held(quarter: Quarter, fund_id: str) -> str:
    """What the fund holds."""
    return str((await get(quarter, f"/award_funds/{fund_id}"))["balance"])


@pytest.mark.req("INC-10", "INC-12")
async def test_an_award_by_rule_is_approved_by_authority_and_paid_off_cycle_at_once(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    made = await nominated(quarter, fund)
    parts = {each["employee_number"]: each["amount"] for each in made["members"]}
    assert (made["amount"], parts) == ("50000.00", {"E001": "30000.00", "E002": "20000.00"})
    assert (made["next_approver_name"], made["unit_name"], made["unit_name_en"]) == ("主管", "销售部", "Unit SALES")
    assert (made["plan_code"], made["plan_version"], made["fund_name"]) == ("SA", 1, "专项奖励基金")
    [asked] = (await quarter.clients(who(quarter, "E010")).get(f"{INCENTIVE}/my/tasks")).json()["items"]
    assert asked["title"] == "审批专项奖励“开拓西南市场”（SA-1，50,000 人民币元）"
    approved = await post(quarter, who(quarter, "E010"), f"awards/{made['id']}/approve", seen=1)
    assert (approved.status_code, approved.json()["state"]) == (200, "approved"), approved.text
    assert [each["employee_name"] for each in approved.json()["approvals"]] == ["主管"]
    assert await tasks(quarter, who(quarter, "E010")) == []
    listed = (await quarter.clients(who(quarter, "E010")).get(f"{INCENTIVE}/awards")).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]  # whoever approved it goes on seeing it
    stranger = quarter.clients(who(quarter, "E004"))
    assert (await stranger.get(f"{INCENTIVE}/awards")).json()["items"] == []
    assert await held(quarter, fund) == "450000.00"
    assert await balance(quarter, "fund", "AF-2026") == "-450000.00"
    assert "claim.pay" in await tasks(quarter, quarter.clerk)
    await run_of_claims(quarter, "SA", "paid")
    assert {number: line["amount"] for number, line in (await quarter.lines()).items()} == parts
    assert "claim.pay" not in await tasks(quarter, quarter.clerk)
    assert await replayed(quarter)
    assert await balance(quarter, "expense", "CC-AW") == "500000.00"
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"
    mine = quarter.clients(who(quarter, "E002"))
    statement = (await mine.get(f"{INCENTIVE}/my/statements")).json()["items"][0]
    path = f"{INCENTIVE}/statements/{statement['id']}"
    told = (await mine.get(path, headers={"Accept-Language": "zh"})).json()["explanation"]["narration"]
    assert "  专项奖励“开拓西南市场”中本人的份额：50,000.00 × 40% = 20,000.00" in told
    assert any("开拓新市场" in line for line in told)


async def test_an_approval_that_the_fund_cannot_pay_changes_nothing(quarter: Quarter) -> None:
    fund = await funded(quarter, "49999.99")
    made = await nominated(quarter, fund)
    path = f"awards/{made['id']}/approve"
    refused = await post(quarter, who(quarter, "E010"), path, seen=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "fund_overdrawn")
    assert "49,999.99 人民币元" in refused.json()["title"]
    assert (await award(quarter, made["id"]))["approvals"] == []
    assert (await get(quarter, "/claims"))["items"] == []
    await endow(quarter, fund, "0.01")
    assert (await post(quarter, who(quarter, "E010"), path, seen=1)).status_code == 200
    assert await held(quarter, fund) == "0.00"
    out = await endow(quarter, fund, "-0.01")
    assert (out.status_code, out.json()["code"]) == (409, "fund_overdrawn")


async def test_money_comes_into_a_fund_by_two_people_of_finance(quarter: Quarter) -> None:
    fund = await funded(quarter, "100.00")
    dollars = {
        "code": "AF-USD",
        "year": 2026,
        "name": "海外",
        "name_en": "Abroad",
        "cost_centre": "C",
        "currency": "USD",
    }
    refused = await post(quarter, quarter.payer, "award_funds", dollars)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/currency")
    assert "CNY" in refused.json()["errors"][0]["expected"]
    nothing = {"amount": "0.00", "purpose": "补"}
    refused = await post(quarter, quarter.payer, f"award_funds/{fund}/endowments", nothing)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/amount")
    assert refused.json()["errors"][0]["expected"] == "不为 0 的金额"
    proposed = await post(quarter, quarter.payer, f"award_funds/{fund}/endowments", {"amount": "5.00", "purpose": "补"})
    assert (proposed.json()["fund_name"], proposed.json()["fund_name_en"]) == ("专项奖励基金", "Award fund")
    path = f"fund_endowments/{proposed.json()['id']}"
    why = "上半年的追加拨款，按年度预算批复用于奖励海外市场团队与数据平台团队的专项成果，以预算批复为准。"
    other = await post(quarter, quarter.payer, f"award_funds/{fund}/endowments", {"amount": "5.00", "purpose": why})
    waiting = (await quarter.clients(quarter.approver).get(f"{INCENTIVE}/my/tasks")).json()["items"]
    title = "确认向专项奖励基金（AF-2026）拨款 5 元："
    titles = [each["title"] for each in waiting if each["kind"] == "fund_endowment.release"]
    assert titles == [f"{title}补", f"{title}{why[:39]}…"]
    await post(quarter, quarter.payer, f"fund_endowments/{other.json()['id']}/refuse", {"reason": "撤回"}, seen=1)
    assert "fund_endowment.release" not in await tasks(quarter, quarter.payer)
    alone = await post(quarter, second_account(quarter.payer), f"{path}/release", seen=1)
    assert alone.status_code == 200  # accounts of nobody are different people
    own = await post(quarter, quarter.payer, f"award_funds/{fund}/endowments", {"amount": "5.00", "purpose": "补"})
    refused = await post(quarter, quarter.payer, f"fund_endowments/{own.json()['id']}/release", seen=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    elsewhere = person(Role.FINANCE, over=uuid4())
    assert (await post(quarter, elsewhere, f"fund_endowments/{own.json()['id']}/release", seen=1)).status_code == 403
    taken = await post(quarter, quarter.payer, f"fund_endowments/{own.json()['id']}/refuse", {"reason": "撤回"}, seen=1)
    assert taken.json()["state"] == "refused"
    assert await held(quarter, fund) == "105.00"
    entry = (await get(quarter, "/journal/entries", kind="endowment"))["items"][0]
    undone = await reverse_entry(quarter, entry["id"])
    assert (undone.status_code, undone.json()["code"]) == (409, "undone_at_its_source")


async def test_an_innovation_is_measured_adopted_and_rewarded_once(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    author, executive = who(quarter, "E001"), person(Role.EXECUTIVE, employee_id=uuid4())
    idea = {"title": "短视频获客", "description": "改投短视频平台。"}
    for nobody in (person(), person(employee_id=uuid4())):
        unknown = await post(quarter, nobody, "innovation_proposals", idea)
        assert (unknown.status_code, unknown.json()["code"]) == (403, "nobody_known")
    proposed = (await post(quarter, author, "innovation_proposals", idea)).json()

    async def seen_by(*callers: Any) -> list[tuple[int, int]]:
        """Of each caller, what reading it answers and how many are listed."""
        clients = [quarter.clients(caller) for caller in callers]
        path = f"{INCENTIVE}/innovation_proposals"
        return [
            ((await each.get(f"{path}/{proposed['id']}")).status_code, len((await each.get(path)).json()["items"]))
            for each in clients
        ]

    assert await seen_by(author, executive, who(quarter, "E004")) == [(200, 1), (200, 1), (404, 0)]
    path = f"innovation_proposals/{proposed['id']}"
    rule = {"rule": "LOWER-CAC", "proposal_id": proposed["id"]}
    early = await post(quarter, author, "awards", nomination(quarter, fund, **rule))
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/proposal_id")

    async def assess(after: str, seen: int, caller: Any = quarter.payer) -> Any:
        body = {"cost_before": "400.00", "cost_after": after, "assessment": "对比两个季度。"}
        return await post(quarter, caller, f"{path}/assess", body, seen=seen)

    assert "innovation_proposal.assess" in await tasks(quarter, quarter.payer)
    assert (await assess("0", 1, person(Role.FINANCE, employee_id=author.employee_id))).status_code == 403
    assert (await assess("320.01", 1)).json()["improvement"] == "20.00 %"  # 19.9975, shown rounded, judged exactly
    yes = {"reason": "推广"}
    assert (await post(quarter, executive, f"{path}/adopt", yes, seen=1)).status_code == 412
    assert (await post(quarter, executive, f"{path}/adopt", yes, seen=2)).json()["state"] == "adopted"
    decided = (await quarter.clients(author).get(f"{INCENTIVE}/{path}")).json()
    assert (decided["decided_by_name"], decided["decision"]) == (executive.name, "推广")
    assert decided["decided_at"] > decided["submitted_at"] or decided["decided_at"] == decided["submitted_at"]
    assert await seen_by(who(quarter, "E004")) == [(200, 1)]
    short = await post(quarter, author, "awards", nomination(quarter, fund, **rule))
    assert short.json()["errors"][0]["expected"] == "降幅不低于 20%"

    better = (await post(quarter, author, "innovation_proposals", idea)).json()
    path, rule["proposal_id"] = f"innovation_proposals/{better['id']}", better["id"]
    await assess("300.00", 1)
    both = person(Role.EXECUTIVE, Role.FINANCE)
    await assess("300.00", 2, both)
    assert (await post(quarter, both, f"{path}/adopt", yes, seen=3)).json()["code"] == "second_person_needed"
    assert (await post(quarter, executive, f"{path}/adopt", yes, seen=3)).json()["improvement"] == "25.00 %"
    made = await nominated(quarter, fund, "SA-7", **rule)
    assert made["amount"] == "30000.00"
    twice = await post(quarter, author, "awards", nomination(quarter, fund, "SA-8", **rule))
    assert (twice.status_code, twice.json()["code"]) == (409, "award_exists")
    await post(quarter, who(quarter, "E010"), f"awards/{made['id']}/approve", seen=1)
    for measured in (False, True):
        worse = (await post(quarter, author, "innovation_proposals", idea)).json()
        path, no = f"innovation_proposals/{worse['id']}", {"reason": "预算已用完"}
        if measured:
            await assess("399.00", 1)
        refused = await post(quarter, executive, f"{path}/refuse", no, seen=1 + measured)
        assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    claim = (await quarter.clients(author).get(f"{INCENTIVE}/my/claims")).json()["items"][0]
    told = (await quarter.clients(author).get(f"{INCENTIVE}/claims/{claim['id']}")).json()["explanation"]
    assert any(each["source"] == f"innovation_proposal:{better['id']}@4" for each in told["tree"]["inputs"])


@pytest.mark.req("INC-13")
async def test_an_approval_that_is_revoked_refunds_the_fund_and_takes_back_what_was_paid(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    made = await nominated(quarter, fund)
    await post(quarter, who(quarter, "E010"), f"awards/{made['id']}/approve", seen=1)
    await run_of_claims(quarter, "SA", "paid")
    path, body = f"awards/{made['id']}/revoke", {"reason": "合同未生效"}
    assert (await post(quarter, quarter.clerk, path, body, seen=1)).status_code == 412
    nominee = person(Role.COMPENSATION, employee_id=quarter.company.people[0].id)
    assert (await post(quarter, nominee, path, body, seen=2)).json()["code"] == "nominee_decides"
    undone = await post(quarter, quarter.clerk, path, body, seen=2)
    assert (undone.json()["state"], undone.json()["decision"]) == ("revoked", "合同未生效")
    assert await held(quarter, fund) == "500000.00"
    assert await balance(quarter, "fund", "AF-2026") == "-500000.00"
    await run_of_claims(quarter, "SA")
    assert {n: line["amount"] for n, line in (await quarter.lines()).items()} == {
        "E001": "-30000.00",
        "E002": "-20000.00",
    }
    assert await balance(quarter, "expense", "CC-AW") == "500000.00"
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"


@pytest.mark.req("INC-10", "INC-13")
async def test_an_award_revoked_while_its_run_is_under_way_is_not_posted(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    made = await nominated(quarter, fund)
    await post(quarter, who(quarter, "E010"), f"awards/{made['id']}/approve", seen=1)
    await run_of_claims(quarter, "SA", "approved")
    revoked = await post(quarter, quarter.clerk, f"awards/{made['id']}/revoke", {"reason": "合同未生效"}, seen=2)
    assert revoked.status_code == 200, revoked.text
    refused = await quarter.act(quarter.payer, "post")
    assert (refused.status_code, refused.json()["code"]) == (409, "posted_meanwhile")
    assert await held(quarter, fund) == "500000.00"


async def test_what_is_wrong_with_a_nomination_is_told_at_once(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    members = [{"employee_number": "E001", "share": "60"}, {"employee_number": "X", "share": "39"}]
    body = nomination(quarter, fund, members=members, unit_id=str(uuid4()), achieved_on="2025-12-31", amount="5.00")
    refused = await post(quarter, who(quarter, "E003"), "awards", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "nomination_unsound")
    pointers = {each["pointer"] for each in refused.json()["errors"]}
    assert pointers == {"/unit_id", "/achieved_on", "/members/1/employee_number", "/members", "/amount"}
    nobody = await post(quarter, quarter.clerk, "awards", nomination(quarter, fund))
    assert (nobody.status_code, nobody.json()["code"]) == (403, "nobody_known")
    await nominated(quarter, fund)
    again = await post(quarter, who(quarter, "E003"), "awards", nomination(quarter, fund))
    assert (again.status_code, again.json()["code"]) == (409, "award_exists")
