"""From closed results to posted bonuses, with different people for each step, and what people read afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from examples.story import days
from examples.story.gateway import Person, Refused, together, until
from examples.story.stage import PERIOD, Stage

AFTER_CALCULATING = frozenset({"calculated", "reviewed", "approved", "posted", "paid", "draft"})
PAY_CHANGES = "/v1/incentive/pay_changes"
RUNS = "/v1/incentive/runs"
TRIALS = 200  # a minute until the worker has asked org who works here
READERS = 12  # so many people look at their statement at once and confirm it


async def enter_pay_and_plan(stage: Stage) -> None:
    """Pay and the plan are entered by one person of compensation and released by another.

    Nobody enters or releases their own pay, so that of the clerk and of the manager takes the HR director besides.
    """
    stage.clock.set(days.CALCULATION)
    pay, clerk, manager = stage.company.pay, stage.company.number_of("范思齐"), stage.company.number_of("程雅琴")
    await _people_known(stage, pay(without=[clerk]))
    shares = (
        (stage.clerk, pay(without=[clerk, manager]), stage.compensation),
        (stage.clerk, pay(only=manager), stage.hr_director),
        (stage.compensation, pay(only=clerk), stage.hr_director),
    )
    changed = 0
    for enters, file, releases in shares:
        done = await enters.send(f"{PAY_CHANGES}/imports", file, "text/csv")
        if done["change_id"] is not None:
            await releases.post(f"{PAY_CHANGES}/{done['change_id']}/release", tag="1")
        changed += done["changed"]
    stage.say(
        f"薪酬：{changed} 条由一人录入、另一人确认生效",
        f"pay: {changed} terms entered by one person and released by another",
    )
    await enter_plan(stage, stage.company.bonus_plan())


async def enter_plan(stage: Stage, plan: dict[str, Any]) -> None:
    """The clerk enters a plan, the compensation manager releases it; one that is there already stays."""
    if not await stage.compensation.items("/v1/incentive/plans", code=plan["code"]):
        entered = await stage.clerk.post("/v1/incentive/plans", plan)
        await stage.compensation.post(f"/v1/incentive/plans/{entered['id']}/release", tag=str(entered["revision"]))


async def _people_known(stage: Stage, file: bytes) -> None:
    """Try the file out until incentive has heard from org of everybody in it."""
    for _ in range(TRIALS):
        tried = await stage.clerk.send(f"{PAY_CHANGES}/imports", file, "text/csv", dry_run="true")
        if not tried["unknown_numbers"]:
            return
        await asyncio.sleep(0.3)
    raise Refused("the people whose pay is to be entered", 0, tried)


async def carry_through(stage: Stage, run: str, when: days.RunDays) -> None:
    """From draft to posted; each state has the act that leads out of it."""
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "draft": lambda: _calculate(stage, run, when),
        "calculating": lambda: _calculated(stage, run),
        "calculated": lambda: _review(stage, run, when),
        "reviewed": lambda: _approve(stage, run, when),
        "approved": lambda: _post(stage, run),
    }
    while (state := (await stage.clerk.get(f"{RUNS}/{run}"))["state"]) in acts:
        await acts[state]()


async def _calculate(stage: Stage, run: str, when: days.RunDays) -> None:
    stage.clock.set(when.calculation)
    draft = await stage.clerk.get(f"{RUNS}/{run}")
    await stage.clerk.post(f"{RUNS}/{run}/calculate", key=f"calculate-{run}", tag=str(draft["revision"]))
    await _calculated(stage, run)


async def _calculated(stage: Stage, run: str) -> None:
    """Wait for the job that takes the inputs and calculates."""
    calculated = await until(stage.clerk, f"{RUNS}/{run}", AFTER_CALCULATING)
    if calculated["state"] == "draft":
        raise Refused("calculate", 0, calculated)
    zh, en, period = (calculated[each] for each in ("plan_name", "plan_name_en", "period"))
    stage.say(
        f"{zh} {period}：奖金已按输入快照计算", f"{en} {period}: the bonuses are calculated from their input snapshot"
    )


async def _decide(who: Person, run: str, action: str, key: str) -> dict[str, Any]:
    """Read the run, then review, approve or post exactly the calculation that was read."""
    read = await who.get(f"{RUNS}/{run}")
    body = {"calculation_hash": read["calculation"]["content_hash"]}
    decided: dict[str, Any] = await who.post(f"{RUNS}/{run}/{action}", body, key=key, tag=str(read["revision"]))
    return decided


async def _review(stage: Stage, run: str, when: days.RunDays) -> None:
    stage.clock.set(when.review)
    await _decide(stage.compensation, run, "review", f"review-{run}")
    stage.say("薪酬经理已复核", "the compensation manager has reviewed them")


async def _approve(stage: Stage, run: str, when: days.RunDays) -> None:
    """The finance manager approves all but her own line, which waits for the finance director."""
    stage.clock.set(when.approval)
    approved = await _decide(stage.approver, run, "approve", f"approve-{run}-1")
    if approved["state"] != "approved":
        stage.say("财务经理已审批除本人以外的全部明细", "the finance manager has approved all lines but her own")
        await _decide(stage.finance_director, run, "approve", f"approve-{run}-2")
    stage.say("全部明细已审批", "every line is approved")


async def _post(stage: Stage, run: str) -> None:
    """Posting is asked for twice at once; it happens once."""
    approved = await stage.finance_director.get(f"{RUNS}/{run}")
    body = {"calculation_hash": approved["calculation"]["content_hash"]}
    for _ in range(2):
        await stage.finance_director.post(f"{RUNS}/{run}/post", body, key=f"post-{run}", tag=str(approved["revision"]))
    stage.say("已过账：奖金单已发出，应付记入分录", "posted: statements are out, the journal holds what is owed")


async def read_statements(stage: Stage) -> None:
    """Some people read what they get and why, and confirm it."""
    stage.clock.set(days.STATEMENTS)
    people = [stage.as_(stage.company.named(name)) for name in ("林知远", "苏曼青")]
    people += [stage.as_(account.login) for account in stage.company.accounts[20 : 20 + READERS] if account.number]

    async def confirm(place: int) -> int:
        own = await people[place].items("/v1/incentive/my/statements")
        for statement in own:
            path = f"/v1/incentive/statements/{statement['id']}"
            read = await people[place].get(path)
            if read["state"] == "issued":
                await people[place].post(f"{path}/confirm", tag=str(read["revision"]))
        return len(own)

    seen = await together(confirm(place) for place in range(len(people)))
    confirmed = sum(1 for own in seen if own)
    stage.say(
        f"{len(people)} 人查看 {PERIOD} 奖金单，{confirmed} 人确认",
        f"{len(people)} people look for their statements of {PERIOD}; {confirmed} confirm one",
    )
