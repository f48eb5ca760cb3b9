"""What waits for whom in incentive: the steps of a run, the answer to a dispute (INC-10, INC-16, PLT-02)."""

import pytest

from services.kit.identity import Caller, Role
from tests.builders.incentive_quarter import Quarter
from tests.identities import person

pytestmark = pytest.mark.req("PLT-02")


async def waiting(quarter: Quarter, caller: Caller, language: str = "zh") -> list[tuple[str, str, str]]:
    """The tasks of a person: kind, title, link."""
    headers = {"Accept-Language": language}
    listed = await quarter.clients(caller).get("/v1/incentive/my/tasks", headers=headers)
    assert listed.status_code == 200, listed.text
    return [(each["kind"], each["title"], each["link"]) for each in listed.json()["items"]]


async def kinds(quarter: Quarter, *callers: Caller) -> list[list[str]]:
    """The kinds of what waits for each of them."""
    return [[kind for kind, _, _ in await waiting(quarter, caller)] for caller in callers]


@pytest.mark.req("INC-10")
async def test_each_step_of_a_run_waits_for_those_who_take_it(quarter: Quarter) -> None:
    people = (quarter.reviewer, quarter.approver, person(Role.EXECUTIVE))
    steps = {
        "draft": [[], [], []],
        "calculated": [["run.review"], ["run.review"], []],
        "reviewed": [[], ["run.approve"], ["run.approve"]],
        "approved": [[], ["run.post"], []],
        "posted": [[], ["run.pay"], []],
        "paid": [[], [], []],
    }
    await quarter.begin()
    for state, expected in steps.items():
        await quarter.reach(state)
        assert await kinds(quarter, *people) == expected, state


@pytest.mark.req("INC-10")
async def test_no_step_waits_for_somebody_who_has_taken_another_with_this_calculation(quarter: Quarter) -> None:
    roles = (Role.COMPENSATION, Role.FINANCE)
    quarter.clerk, quarter.reviewer = person(*roles), person(*roles)
    await quarter.reach("calculated")
    assert await kinds(quarter, quarter.clerk, quarter.reviewer) == [[], ["run.review"]]
    await quarter.reach("reviewed")
    assert await kinds(quarter, quarter.clerk, quarter.reviewer, quarter.approver) == [[], [], ["run.approve"]]
    await quarter.reach("approved")
    assert await kinds(quarter, quarter.clerk, quarter.reviewer) == [["run.post"], ["run.post"]]


@pytest.mark.req("INC-10")
async def test_a_run_that_is_calculated_again_or_cancelled_waits_for_no_approver(quarter: Quarter) -> None:
    await quarter.reach("reviewed")
    link = f"/v1/incentive/runs/{quarter.run_id}"
    assert await waiting(quarter, quarter.approver) == [
        ("run.approve", "审批 2026 年第一季度奖金核算（季度奖金，2026 年 4 月 22 日 09:00 新建）", link)
    ]
    [(_, title, _)] = await waiting(quarter, quarter.approver, "en")
    assert title == "Approve the bonus run: Quarterly bonus, first quarter of 2026, created on 22 April 2026 at 09:00"
    in_a_unit = person(Role.FINANCE, Role.EXECUTIVE, over=quarter.company.people[1].unit.id)
    assert await waiting(quarter, in_a_unit) == []
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    assert await kinds(quarter, quarter.reviewer, quarter.approver) == [[], []]
    await quarter.work()
    assert await kinds(quarter, quarter.reviewer, quarter.approver) == [["run.review"], ["run.review"]]
    assert (await quarter.act(quarter.clerk, "cancel")).status_code == 200
    assert await kinds(quarter, quarter.reviewer, quarter.approver) == [[], []]


@pytest.mark.req("INC-16")
async def test_a_dispute_waits_for_compensation_over_the_unit_of_the_line_until_it_is_answered(
    quarter: Quarter,
) -> None:
    await quarter.reach("posted")
    who = quarter.company.people[2]
    elsewhere = next(each.unit for each in quarter.company.people if each.unit.id != who.unit.id)
    near, far = (person(Role.COMPENSATION, over=unit.id) for unit in (who.unit, elsewhere))
    listed = await quarter.clients(who.caller).get("/v1/incentive/my/statements")
    [statement] = listed.json()["items"]
    path = f"/v1/incentive/statements/{statement['id']}"

    async def respond(caller: Caller, verb: str, body: dict[str, str]) -> None:
        client = quarter.clients(caller)
        seen = {"If-Match": (await client.get(path)).headers["ETag"]}
        answer = await client.post(f"{path}/{verb}", json=body, headers=seen)
        assert answer.status_code == 200, answer.text

    assert await waiting(quarter, near) == []
    await respond(who.caller, "dispute", {"reason": "试用期在一月中旬已结束。"})
    assert await waiting(quarter, near) == [("statement.answer", f"答复{who.name}对 2026 年第一季度奖金单的异议", path)]
    assert await kinds(quarter, quarter.clerk, far, who.caller) == [["statement.answer"], [], []]
    await respond(near, "answer", {"text": "系统中的试用期截止日为 1 月 31 日。"})
    assert await kinds(quarter, quarter.clerk, near) == [[], []]
