"""The plot: which act follows which, and where to go on if some of it has happened already."""

from collections.abc import Awaitable, Callable
from typing import Any

from examples.story import (
    afterwards,
    bonus,
    days,
    evaluation,
    goals,
    library,
    organisation,
    report,
    results,
    suppliers,
)
from examples.story.gateway import until
from examples.story.stage import PERIOD, Stage

Act = Callable[[Stage], Awaitable[object]]


async def live(stage: Stage) -> None:
    """Live the quarter, or what is left of it, and tell how it ended."""
    await organisation.set_up(stage)
    folder = stage.company.folder
    await organisation.fill_library(stage, stage.hr, "/v1/appraisal/indicators", library.indicators(folder))
    await organisation.fill_library(stage, stage.hr, "/v1/appraisal/schemes", library.schemes(folder))
    await suppliers.register(stage)
    await _appraise(stage)
    await suppliers.decide(stage)
    await _pay(stage)
    await report.tell(stage)
    await suppliers.tell(stage)
    await afterwards.live(stage)
    report.tell_where_to_look(stage)


async def _appraise(stage: Stage) -> None:
    """From opening the cycle to closing it; each state has the act that leads out of it."""
    cycle = await _cycle(stage)
    stage.cycle = cycle["id"]
    path = f"/v1/appraisal/cycles/{stage.cycle}"
    acts: dict[str, Act] = {
        "draft": _open,
        "opening": _opened,
        "goal_setting": _quarter,
        "evaluating": _evaluation,
        "scoring": evaluation.scored,
        "scored": results.calibrate,
        "calibrated": results.publish,
        "published": _objections,
    }
    while (state := (await stage.hr.get(path))["state"]) in acts:
        await acts[state](stage)


async def _cycle(stage: Stage) -> dict[str, Any]:
    known = [cycle for cycle in await stage.hr.items("/v1/appraisal/cycles") if cycle["code"] == PERIOD]
    if known:
        return known[0]
    stage.clock.set(days.OPENING)
    body = {
        "code": PERIOD,
        "name": "2026 年第一季度考核",
        "period": PERIOD,
        "policy": {"leavers": "exclude"},
    }
    made: dict[str, Any] = await stage.hr.post("/v1/appraisal/cycles", body)
    return made


async def _open(stage: Stage) -> None:
    stage.clock.set(days.OPENING)
    await _advance(stage, "open")
    await _opened(stage)


async def _advance(stage: Stage, action: str) -> None:
    cycle = f"/v1/appraisal/cycles/{stage.cycle}"
    await stage.hr.post(f"{cycle}/{action}", tag=str((await stage.hr.get(cycle))["revision"]))


async def _opened(stage: Stage) -> None:
    path = f"/v1/appraisal/cycles/{stage.cycle}"
    await until(stage.hr, path, frozenset({"goal_setting", "draft"}))
    exclusions = await stage.hr.items(f"{path}/exclusions")
    left = len(exclusions)
    stage.say(
        f"考核周期 {PERIOD} 已启动，{left} 人不参加", f"the cycle {PERIOD} is open; {left} people are not appraised"
    )


async def _quarter(stage: Stage) -> None:
    await suppliers.score_last_quarter(stage)
    await goals.agree_goals(stage)
    for name, moment in days.ACTUALS.items():
        stage.clock.set(moment)
        await evaluation.pass_probations(stage, moment)
        await evaluation.record(stage, stage.hr, name)
    await evaluation.record(stage, stage.hr, name)  # the last file is sent twice by mistake, which changes nothing
    stage.clock.set(days.EVALUATION)
    await _advance(stage, "start_evaluation")


async def _evaluation(stage: Stage) -> None:
    await evaluation.evaluate(stage)
    await evaluation.score(stage)


async def _objections(stage: Stage) -> None:
    await results.appeal(stage)
    await results.close(stage)


async def _pay(stage: Stage) -> None:
    """From pay and plan to posted bonuses."""
    stage.clock.set(days.CALCULATION)
    await bonus.enter_pay_and_plan(stage)
    runs = [run for run in await stage.clerk.items("/v1/incentive/runs") if run["period"] == PERIOD]
    plan = stage.company.bonus_plan()["code"]
    body = {"plan_code": plan, "period": PERIOD, "cycle_id": stage.cycle}
    run = runs[0] if runs else await stage.clerk.post("/v1/incentive/runs", body, key=f"run-{PERIOD}")
    stage.run = run["id"]
    await bonus.carry_through(stage, stage.run, days.QUARTER_RUN)
    await bonus.read_statements(stage)
