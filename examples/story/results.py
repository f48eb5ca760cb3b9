"""From scores to closed results: calibration, public notice, two appeals, the decisions, the end."""

from typing import Any

from examples.reading import Row
from examples.story import days
from examples.story.stage import Stage

QUOTA = {"S": "10", "A": "50"}
MORNING, AFTERNOON = "T09:30", "T16:00"


async def results_by_number(stage: Stage) -> dict[str, dict[str, Any]]:
    """The present results of people as HR sees them, by employee number; those of units by unit code."""
    found = await stage.hr.items("/v1/appraisal/results", cycle_id=stage.cycle)
    return {result["subject_code"]: result for result in found}


async def calibrate(stage: Stage) -> None:
    """One session over the whole company; the minutes say who was moved and why."""
    stage.clock.set(days.CALIBRATION)
    results = await results_by_number(stage)
    calibration = f"/v1/appraisal/calibrations/{await _calibration(stage)}"
    for row in stage.company.calibration:
        result = results[row["工号"]]
        if result["grade"] != row["调整后等级"]:
            adjustment = {
                "result_id": result["id"],
                "result_version": result["version"],
                "grade": row["调整后等级"],
                "reason": row["理由"],
            }
            await stage.hr_director.post(f"{calibration}/grade_adjustments", adjustment)
        name, before, after = row["姓名"], row["原等级"], row["调整后等级"]
        stage.say(f"校准：{name} 由 {before} 调整为 {after}", f"calibration adjusts {name} from {before} to {after}")
    await stage.hr_director.post(f"{calibration}/close", tag=await _revision(stage, calibration))
    await _advance(stage, "finish_calibration")


async def _revision(stage: Stage, path: str) -> str:
    """The revision under which HR reads something now."""
    return str((await stage.hr.get(path))["revision"])


async def _advance(stage: Stage, action: str) -> None:
    cycle = f"/v1/appraisal/cycles/{stage.cycle}"
    await stage.hr.post(f"{cycle}/{action}", tag=await _revision(stage, cycle))


async def _calibration(stage: Stage) -> str:
    """The open calibration of this cycle, opened if there is none."""
    running = await stage.hr.items("/v1/appraisal/calibrations", cycle_id=stage.cycle, state="open")
    if running:
        return str(running[0]["id"])
    (root,) = await stage.hr.items("/v1/org/units", code=stage.company.root)
    body = {"cycle_id": stage.cycle, "unit_id": root["id"], "quota": QUOTA}
    return str((await stage.hr_director.post("/v1/appraisal/calibrations", body))["id"])


async def publish(stage: Stage) -> None:
    stage.clock.set(days.PUBLICATION)
    await _advance(stage, "publish")
    cycle = await stage.hr.get(f"/v1/appraisal/cycles/{stage.cycle}")
    last = cycle["public_notice_to"]
    stage.say(f"结果在部门内公示至 {last}", f"results are shown in the departments until {last}")


async def appeal(stage: Stage) -> None:
    """Two people object within the window; HR decides each, with reasons."""
    results = await results_by_number(stage)
    known = await stage.hr.items("/v1/appraisal/appeals", cycle_id=stage.cycle)
    filed = {appeal["subject_code"]: appeal for appeal in known}
    for row in stage.company.appeals:
        if row["工号"] not in filed:
            stage.clock.set(row["申诉日期"] + MORNING)
            result = results[row["工号"]]
            body = {"result_id": result["id"], "result_version": result["version"], "grounds": row["申诉理由"]}
            filed[row["工号"]] = await stage.by_number(row["工号"]).post("/v1/appraisal/appeals", body)
            stage.say(f"{row['姓名']} 申诉：{row['申诉理由']}", f"{row['姓名']} appeals: {row['申诉理由']}")
    for row in stage.company.appeals:
        if filed[row["工号"]]["state"] == "filed":
            stage.clock.set(row["决定日期"] + AFTERNOON)
            await _decide(stage, filed[row["工号"]], row)


async def _decide(stage: Stage, appeal: dict[str, Any], row: Row) -> None:
    verb = "accept" if row["决定"] == "成立" else "reject"
    result = await stage.hr.get(f"/v1/appraisal/results/{appeal['result_id']}")
    decision = {"reason": row["决定说明"], "result_version": result["version"]}
    if verb == "accept":
        decision["grade"] = row["调整后等级"]
    path = f"/v1/appraisal/appeals/{appeal['id']}"
    await stage.hr_director.post(f"{path}/{verb}", decision, tag=await _revision(stage, path))
    name, words = row["姓名"], row["决定说明"]
    stage.say(f"人力资源对 {name} 申诉的决定：{words}", f"HR on the appeal of {name}: {words}")


async def close(stage: Stage) -> None:
    stage.clock.set(days.CLOSING)
    await _advance(stage, "close")
    stage.say("考核周期已关闭，结果为最终结果", "the cycle is closed; its results are final")
