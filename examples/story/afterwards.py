"""What comes after the quarter: a late raise, a corrected grade, an award, a referral, a team pool, each paid once."""

from typing import Any

from examples.story import bonus, days
from examples.story.claims import enter_award, enter_referral, share_out_pool
from examples.story.gateway import Refused
from examples.story.later_report import tell_lines
from examples.story.plans import claim_plans
from examples.story.stage import PERIOD, Stage

CORRECTIONS = "/v1/appraisal/corrections"
RUNS = bonus.RUNS


async def live(stage: Stage) -> None:
    """Live on to the end of the year, or what is left of it, and tell what was paid and why."""
    stage.say("季度之后", "after the quarter")
    await enter_late_raise(stage)
    await correct_grade(stage)
    for plan in claim_plans(stage.company):
        await bonus.enter_plan(stage, plan)
    await enter_award(stage)
    await enter_referral(stage)
    differences = await _run(stage, stage.company.bonus_plan()["code"], PERIOD, days.MAY_RUNS, before=1)
    award = await _run(stage, "SA", "2026-05", days.MAY_RUNS)
    referral = await _run(stage, "RB", "2026-05", days.MAY_RUNS)
    stage.clock.set(days.MAY_STATEMENTS)
    await share_out_pool(stage)
    pool = await _run(stage, "TP", "2026-12", days.YEAR_END_RUN)
    stage.clock.set(days.YEAR_END)
    await tell_lines(stage, [differences, award, referral, pool])


async def enter_late_raise(stage: Stage) -> None:
    """The clerk enters in May what has been in force since January; the manager releases it."""
    stage.clock.set(days.LATE_RAISE)
    entered = await stage.clerk.send(f"{bonus.PAY_CHANGES}/imports", stage.company.late_pay(), "text/csv")
    if entered["change_id"] is not None:
        await stage.compensation.post(f"{bonus.PAY_CHANGES}/{entered['change_id']}/release", tag="1")
        stage.say("一项自 1 月起生效的调薪，5 月才录入", "a raise in force since January is entered in May")


async def correct_grade(stage: Stage) -> None:
    """HR asks for a correction of a closed result; a second person of HR approves it."""
    found = await stage.hr.items("/v1/appraisal/results", cycle_id=stage.cycle)
    results = {result["subject_code"]: result for result in found}
    for row in stage.company.rows("corrections"):
        result = results[row["工号"]]
        if result["grade"] == row["更正后等级"]:
            continue
        stage.clock.set(days.CORRECTION)
        asked = await stage.hr.items(CORRECTIONS, cycle_id=stage.cycle, state="requested")
        correction = asked[0] if asked else await _request(stage, result, row["更正后等级"], row["理由"])
        path = f"{CORRECTIONS}/{correction['id']}"
        body = {"reason": "已核对登记与回款凭证，更正成立。"}
        await stage.hr_director.post(f"{path}/approve", body, tag=str(correction["revision"]))
        name, before, after = row["姓名"], row["原等级"], row["更正后等级"]
        stage.say(
            f"更正：{name} 由 {before} 改为 {after}", f"the grade of {name} is corrected from {before} to {after}"
        )


async def _request(stage: Stage, result: dict[str, Any], grade: str, reason: str) -> dict[str, Any]:
    body = {"result_version": result["version"], "grade": grade, "reason": reason}
    asked: dict[str, Any] = await stage.hr.post(f"/v1/appraisal/results/{result['id']}/corrections", body)
    return asked


async def _run(stage: Stage, plan: str, period: str, when: days.RunDays, *, before: int = 0) -> str:
    """The id of the run of a plan and period that follows ``before`` others, carried through to posting."""
    known = await _runs(stage, plan, period)
    if len(known) <= before:
        stage.clock.set(when.calculation)
        cycle = {"cycle_id": stage.cycle} if before else {}
        body = {"plan_code": plan, "period": period, **cycle}
        try:
            known = [*known, await stage.clerk.post(RUNS, body, key=f"run-{plan}-{period}-{before}")]
        except Refused as refused:
            if refused.code != "run_exists":  # claims wait for nobody: the system may have opened it first
                raise
            known = await _runs(stage, plan, period)
    await bonus.carry_through(stage, known[before]["id"], when)
    return str(known[before]["id"])


async def _runs(stage: Stage, plan: str, period: str) -> list[dict[str, Any]]:
    return [run for run in await stage.clerk.items(RUNS) if (run["plan_code"], run["period"]) == (plan, period)]
