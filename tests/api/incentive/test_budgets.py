"""Budgets of units: two people release them, awards and runs take them, more than they hold is refused (INC-15)."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.kit.identity import Role
from tests.api.incentive.test_awards import tasks
from tests.api.incentive.test_differences import get
from tests.builders.incentive_awards import (
    INCENTIVE,
    asking_org,
    endow,
    freely,
    funded,
    nominated,
    post,
    reverse_entry,
    who,
)
from tests.builders.incentive_claims import run_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.identities import person, second_account

pytestmark = pytest.mark.req("INC-15")

REASON = "董事会批准的年度预算"


@pytest.fixture
async def quarter(quarter: Quarter) -> AsyncIterator[Quarter]:
    """The quarter with people up the line whom org lets approve."""
    async with asking_org(quarter):
        yield quarter


async def proposed(quarter: Quarter, amount: str, **changed: Any) -> dict[str, Any]:
    """A budget of the company for 2026 whose first version waits."""
    body = {"unit_id": str(quarter.company.group.id), "year": 2026, "amount": amount, "reason": REASON} | changed
    made = await post(quarter, quarter.payer, "budgets", body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def released(quarter: Quarter, amount: str, **changed: Any) -> str:
    """The id of a budget in force."""
    budget = await proposed(quarter, amount, **changed)
    await release(quarter, budget["proposed_version_id"])
    return str(budget["id"])


async def release(quarter: Quarter, version_id: str) -> None:
    """Another person of finance releases a version."""
    answer = await post(quarter, quarter.approver, f"budget_versions/{version_id}/release", seen=1)
    assert answer.status_code == 200, answer.text


async def change(quarter: Quarter, budget_id: str, amount: str) -> None:
    """A further version is proposed and released."""
    seen = (await get(quarter, f"/budgets/{budget_id}"))["revision"]
    body = {"amount": amount, "reason": "追加"}
    version = await post(quarter, quarter.payer, f"budgets/{budget_id}/versions", body, seen=seen)
    assert version.status_code == 201, version.text
    await release(quarter, version.json()["id"])


async def taken(quarter: Quarter, budget_id: str) -> tuple[str, str, str, str, str]:
    """Planned, committed, posted, left and how it stands."""
    found = await get(quarter, f"/budgets/{budget_id}")
    return found["planned"], found["committed"], found["posted"], found["left"], found["standing"]


async def approve(quarter: Quarter, award: dict[str, Any], number: str = "E010") -> Any:
    """The head, or a superior, approves an award as it was nominated."""
    return await post(quarter, who(quarter, number), f"awards/{award['id']}/approve", seen=1)


async def test_a_budget_comes_into_force_once_a_second_person_releases_it_and_keeps_its_versions(
    quarter: Quarter,
) -> None:
    await quarter.learn_people()
    body = {"unit_id": str(uuid4()), "year": 2026, "amount": "1.00", "reason": REASON}
    wrong = (await post(quarter, quarter.payer, "budgets", body | {"currency": "RMB"})).json()
    assert (wrong["code"], [each["pointer"] for each in wrong["errors"]]) == (
        "budget_unsound",
        ["/currency", "/unit_id"],
    )
    budget = await proposed(quarter, "1000.00")
    assert (budget["standing"], budget["amount"], budget["version"]) == ("not_in_force", None, 0)
    again = await post(quarter, quarter.payer, "budgets", body | {"unit_id": str(quarter.company.group.id)})
    assert (again.status_code, again.json()["code"]) == (409, "budget_exists")
    assert "budget_version.release" in await tasks(quarter, quarter.approver)
    assert "budget_version.release" not in await tasks(quarter, quarter.payer)
    path = f"budget_versions/{budget['proposed_version_id']}/release"
    own = await post(quarter, quarter.payer, path, seen=1)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_needed")
    elsewhere = person(Role.FINANCE, over=quarter.company.people[0].unit.id)
    for caller in (elsewhere, person(Role.EXECUTIVE), who(quarter, "E001"), quarter.clerk):
        assert (await post(quarter, caller, path, seen=1)).status_code == 403
    assert (await post(quarter, quarter.approver, path, seen=2)).status_code == 412
    await release(quarter, budget["proposed_version_id"])
    assert (await post(quarter, quarter.approver, path, seen=2)).status_code == 409
    more = {"amount": "1500.00", "warning_percent": "90", "reason": "新增团队"}
    stale = await post(quarter, quarter.payer, f"budgets/{budget['id']}/versions", more, seen=1)
    assert stale.status_code == 412
    asked = await post(quarter, quarter.payer, f"budgets/{budget['id']}/versions", more, seen=2)
    twice = await post(quarter, quarter.payer, f"budgets/{budget['id']}/versions", more, seen=2)
    assert (twice.status_code, twice.json()["code"]) == (409, "budget_version_waits")
    back = {"reason": "撤回"}
    refused = await post(
        quarter, second_account(quarter.payer), f"budget_versions/{asked.json()['id']}/refuse", back, seen=1
    )
    assert refused.json()["state"] == "refused"
    assert await tasks(quarter, second_account(quarter.payer)) == []
    proposer = quarter.clients(quarter.payer)
    [news] = (await proposer.get(f"{INCENTIVE}/my/tasks")).json()["items"]
    assert news["kind"] == "budget_version.read_refusal"
    assert news["title"] == "已退回，请查阅原因：确认集团 2026 年度预算 1,500 人民币元"
    assert (await proposer.get(news["link"])).json()["decision"] == "撤回"
    notice = f"{INCENTIVE}/my/tasks/{news['id']}"
    assert (await quarter.clients(quarter.approver).delete(notice)).json()["code"] == "task_unknown"
    assert (await proposer.delete(notice)).status_code == 204
    assert (await proposer.delete(notice)).status_code == 404
    await change(quarter, budget["id"], "1200.00")
    found = await get(quarter, f"/budgets/{budget['id']}")
    assert (found["amount"], found["original"], found["version"]) == ("1200.00", "1000.00", 2)
    for unit, count in ((quarter.company.group, 1), (quarter.company.people[0].unit, 0)):
        assert len((await get(quarter, "/budgets", unit_id=str(unit.id)))["items"]) == count
    versions = (await get(quarter, f"/budgets/{budget['id']}/versions"))["items"]
    assert [(each["amount"], each["number"], each["state"]) for each in versions] == [
        ("1000.00", 1, "released"),
        ("1500.00", None, "refused"),
        ("1200.00", 2, "released"),
    ]


@pytest.mark.req("INC-04")
async def test_an_award_takes_the_nearest_budget_and_what_exceeds_it_waits_for_an_approved_increase(
    quarter: Quarter,
) -> None:
    fund = await funded(quarter, "500000.00")
    whole = await released(quarter, "1000000.00")
    unit = await released(quarter, "60000.00", unit_id=str(quarter.company.people[0].unit.id))
    first = await nominated(quarter, fund)
    assert await taken(quarter, unit) == ("50000.00", "0.00", "0.00", "60000.00", "within")
    assert (await approve(quarter, first)).status_code == 200
    assert await taken(quarter, unit) == ("0.00", "50000.00", "0.00", "10000.00", "warning")
    assert await taken(quarter, whole) == ("0.00", "0.00", "0.00", "1000000.00", "within")
    second = await nominated(quarter, fund, "SA-2", **freely("10000.01"))
    refused = await approve(quarter, second)
    assert (refused.status_code, refused.json()["code"]) == (409, "budget_exceeded")
    assert "60,000 人民币元" in refused.json()["title"]
    assert (await get(quarter, f"/awards/{second['id']}"))["state"] == "nominated"
    assert (await get(quarter, f"/award_funds/{fund}"))["balance"] == "450000.00"
    await change(quarter, unit, "60000.01")
    assert (await approve(quarter, second)).status_code == 200
    assert (await taken(quarter, unit))[3] == "0.00"
    why = (await get(quarter, "/budget_commitments", budget_id=unit))["items"]
    assert [(each["amount"], each["state"], each["source_type"], each["unit_name"]) for each in why] == [
        ("50000.00", "committed", "award", "销售部"),
        ("10000.01", "committed", "award", "销售部"),
    ]
    await run_of_claims(quarter, "SA", "calculated")
    assert (await taken(quarter, unit))[:3] == ("0.00", "60000.01", "0.00")  # a run of awards takes nothing twice
    await quarter.reach("posted")
    assert (await taken(quarter, unit))[:3] == ("0.00", "0.00", "60000.01")
    body, seen = {"reason": "合同解除"}, (await get(quarter, f"/awards/{first['id']}"))["revision"]
    undone = await post(quarter, quarter.clerk, f"awards/{first['id']}/revoke", body, seen=seen)
    assert undone.status_code == 200, undone.text
    assert await taken(quarter, unit) == ("0.00", "-50000.00", "60000.01", "50000.00", "within")
    await run_of_claims(quarter, "SA")
    assert (await taken(quarter, unit))[:4] == ("0.00", "0.00", "10000.01", "50000.00")


async def test_a_refused_award_and_a_unit_without_a_budget_take_nothing_and_show(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    made = await nominated(quarter, fund)
    assert (await approve(quarter, made)).status_code == 200
    loose = (await get(quarter, "/budget_commitments", budgeted="false"))["items"]
    assert [(each["amount"], each["budget_id"], each["state"]) for each in loose] == [("50000.00", None, "committed")]
    beside = await released(quarter, "1.00", unit_id=str(quarter.company.people[1].unit.id))
    assert (await taken(quarter, beside))[1] == "0.00"  # another unit spent it
    budget = await released(quarter, "49000.00")  # what was spent without a budget counts in the first one above it
    assert await taken(quarter, budget) == ("0.00", "50000.00", "0.00", "-1000.00", "over")
    other = await nominated(quarter, fund, "SA-2")
    assert (await taken(quarter, budget))[0] == "50000.00"
    gone = await post(quarter, who(quarter, "E003"), f"awards/{other['id']}/refuse", {"reason": "撤回"}, seen=1)
    assert gone.status_code == 200
    assert (await taken(quarter, budget))[0] == "0.00"
    own = person(Role.EXECUTIVE)
    assert (await quarter.clients(own).get("/v1/incentive/budgets")).status_code == 200
    assert (await quarter.clients(own).get("/v1/incentive/budget_commitments")).status_code == 403


@pytest.mark.req("INC-10", "INC-12")
async def test_a_run_plans_what_it_calculates_commits_what_is_approved_and_posts_it(quarter: Quarter) -> None:
    await quarter.begin()
    budget = await released(quarter, "100000.00")
    await quarter.reach("calculated")
    lines = await quarter.lines()
    whole = str(sum(Decimal(each["amount"]) for each in lines.values()))
    assert (await taken(quarter, budget))[:3] == (whole, "0.00", "0.00")
    await quarter.reach("reviewed")
    refused = await quarter.act(quarter.approver, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "budget_exceeded")
    assert (await quarter.read())["state"] == "reviewed"
    await change(quarter, budget, whole)
    await quarter.reach("approved")
    assert await taken(quarter, budget) == ("0.00", whole, "0.00", "0.00", "warning")
    given_up = quarter.run_id
    cancelled = await quarter.act(quarter.clerk, "cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert (await taken(quarter, budget))[:4] == ("0.00", "0.00", "0.00", whole)  # what it had committed is free
    freed = (await get(quarter, "/budget_commitments", source_id=given_up))["items"]
    assert {(each["state"], each["amount"], each["posted"]) for each in freed} == {("released", "0.00", "0.00")}
    assert (await quarter.act(quarter.payer, "post", seen=cancelled.json())).json()["code"] == "transition_not_possible"
    await quarter.next_run("2026-Q1")
    await quarter.reach("posted")
    lines = await quarter.lines()
    assert (await taken(quarter, budget))[:3] == ("0.00", "0.00", whole)
    line = next(each for each in lines.values() if each["employee_number"] == "E001")
    entry = (await get(quarter, "/journal/entries", source_id=line["id"]))["items"][0]
    undone = await reverse_entry(quarter, entry["id"])
    assert undone.is_success, undone.text
    rest = str(Decimal(whole) - Decimal(line["amount"]))
    assert (await taken(quarter, budget))[:4] == ("0.00", "0.00", rest, line["amount"])
    await quarter.next_run("2026-Q1")
    await quarter.reach("calculated")
    assert (await taken(quarter, budget))[0] == line["amount"]
    cancelled = await quarter.act(quarter.clerk, "cancel")
    assert cancelled.status_code == 200, cancelled.text
    assert (await taken(quarter, budget))[0] == "0.00"


async def test_more_than_ten_percent_over_what_was_first_budgeted_is_explained_and_accepted_by_different_people(
    quarter: Quarter,
) -> None:
    fund = await funded(quarter, "500000.00")
    budget = await released(quarter, "100000.00")
    await change(quarter, budget, "200000.00")
    await approve(quarter, await nominated(quarter, fund, "SA-1", **freely("60000.00")))
    await approve(quarter, await nominated(quarter, fund, "SA-2", **freely("50000.00")))
    assert (await get(quarter, "/budget_explanations"))["items"] == []  # exactly 10 % over
    await approve(quarter, await nominated(quarter, fund, "SA-3", **freely("0.01")))
    (asked,) = (await get(quarter, "/budget_explanations", state="asked"))["items"]
    assert (asked["original"], asked["taken"], asked["unit_name"]) == ("100000.00", "110000.01", "集团")
    assert "budget_explanation.explain" in await tasks(quarter, quarter.clerk)
    path, told = f"budget_explanations/{asked['id']}", {"text": "新增西南团队。"}
    chief = person(Role.EXECUTIVE, employee_id=uuid4())
    assert (await post(quarter, chief, f"{path}/explain", told, seen=1)).status_code == 403
    assert (await post(quarter, chief, f"{path}/accept", seen=1)).status_code == 409
    elsewhere = person(Role.FINANCE, over=quarter.company.people[0].unit.id)
    assert (await post(quarter, elsewhere, f"{path}/explain", told, seen=1)).status_code == 403
    both = person(Role.FINANCE, Role.EXECUTIVE, employee_id=uuid4())
    assert (await post(quarter, both, f"{path}/explain", told, seen=2)).status_code == 412
    assert (await post(quarter, both, f"{path}/explain", told, seen=1)).json()["state"] == "explained"
    assert "budget_explanation.accept" in await tasks(quarter, chief)
    assert "budget_explanation.accept" not in await tasks(quarter, both)
    alone = await post(quarter, second_account(both), f"{path}/accept", seen=2)
    assert (alone.status_code, alone.json()["code"]) == (403, "second_person_needed")
    sent_back = await post(quarter, chief, f"{path}/return", {"reason": "请列明金额"}, seen=2)
    assert (sent_back.json()["state"], sent_back.json()["decision"]) == ("asked", "请列明金额")
    assert (sent_back.json()["decided_by_name"], sent_back.json()["decided_at"] is None) == (chief.name, False)
    again = (await post(quarter, quarter.clerk, f"{path}/explain", told, seen=3)).json()
    assert (again["decided_by_name"], again["decided_at"]) == (None, None)
    assert (await post(quarter, chief, f"{path}/accept", seen=4)).json()["state"] == "accepted"
    assert "budget_explanation.explain" not in await tasks(quarter, quarter.clerk)
    await approve(quarter, await nominated(quarter, fund, "SA-4", **freely("9999.00")))
    assert len((await get(quarter, "/budget_explanations"))["items"]) == 1
    await approve(quarter, await nominated(quarter, fund, "SA-5", **freely("2.00")))
    assert len((await get(quarter, "/budget_explanations"))["items"]) == 2
    assert await endow(quarter, fund, "1.00")


async def test_a_budget_in_a_currency_without_a_minor_unit_is_a_whole_number(quarter: Quarter) -> None:
    await quarter.begin()
    body = {"unit_id": str(quarter.company.group.id), "year": 2026, "reason": REASON, "currency": "JPY"}
    for amount in ("0.5", "1000000.01"):
        answer = await post(quarter, quarter.payer, "budgets", body | {"amount": amount})
        assert (answer.status_code, answer.json()["code"]) == (422, "budget_unsound")
        assert answer.json()["errors"][0]["pointer"] == "/amount"
    made = await proposed(quarter, "1000000", currency="JPY")
    pay = {"employee_number": "E001", "currency": "JPY", "cost_centre": "CC-1", "valid_from": "2026-03-01"}
    refused = await post(quarter, quarter.clerk, "pay_changes", pay | {"fixed_pay": "300000.50"})
    assert (refused.status_code, refused.json()["code"]) == (422, "pay_terms_not_acceptable")
    assert refused.json()["errors"][0]["pointer"] == "/fixed_pay"
    await release(quarter, made["proposed_version_id"])
    late = {"amount": "1000000.50", "reason": "追加"}
    seen = (await get(quarter, f"/budgets/{made['id']}"))["revision"]
    answer = await post(quarter, quarter.payer, f"budgets/{made['id']}/versions", late, seen=seen)
    assert (answer.status_code, answer.json()["code"]) == (422, "budget_unsound")
