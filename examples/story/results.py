"""From scores to closed results: calibration, publicity in the departments, two appeals, the decisions, the end."""

from typing import Any

from examples.reading import Row
from examples.story import days
from examples.story.stage import Stage

QUOTA = {"S": "10", "A": "50"}
MORNING, AFTERNOON = "T09:30", "T16:00"


async def results_by_number(stage: Stage) -> dict[str, dict[str, Any]]:
    """The present results of people as HR sees them, by employee number; those of units by unit code."""
    found = await stage.hr.items(f"/v1/appraisal/cycles/{stage.cycle}/subjects")
    return {result["subject_code"]: result for result in found}


async def calibrate(stage: Stage) -> None:
    """One session over the whole company; the minutes say who was moved and why."""
    stage.clock.set(days.CALIBRATION)
    results = await results_by_number(stage)
    session = await _session(stage)
    for row in stage.company.calibration:
        result = results[row["工号"]]
        if result["grade"] != row["调整后等级"]:
            move = {"result_id": result["id"], "grade": row["调整后等级"], "reason": row["理由"]}
            await stage.hr_director.post(f"/v1/appraisal/calibrations/{session}/moves", move)
        stage.say(f"calibration moves {row['姓名']} from {row['原等级']} to {row['调整后等级']}")
    await stage.hr_director.post(f"/v1/appraisal/calibrations/{session}/close")
    await stage.hr.post(f"/v1/appraisal/cycles/{stage.cycle}/calibrate")


async def _session(stage: Stage) -> str:
    """The open session of this cycle, convened if there is none."""
    known = await stage.hr.items("/v1/appraisal/calibrations", cycle_id=stage.cycle)
    running = [session["id"] for session in known if session["state"] == "open"]
    if running:
        return str(running[0])
    (root,) = await stage.hr.items("/v1/org/units", code=stage.company.root)
    body = {"cycle_id": stage.cycle, "unit_id": root["id"], "quota": QUOTA}
    return str((await stage.hr_director.post("/v1/appraisal/calibrations", body))["id"])


async def publish(stage: Stage) -> None:
    stage.clock.set(days.PUBLICATION)
    await stage.hr.post(f"/v1/appraisal/cycles/{stage.cycle}/publish")
    cycle = await stage.hr.get(f"/v1/appraisal/cycles/{stage.cycle}")
    stage.say(f"results are shown in the departments until {cycle['publicity_last']}")


async def appeal(stage: Stage) -> None:
    """Two people object within the window; HR decides each, with reasons."""
    results = await results_by_number(stage)
    known = await stage.hr.items("/v1/appraisal/appeals", cycle_id=stage.cycle)
    filed = {appeal["subject_code"]: appeal for appeal in known}
    for row in stage.company.appeals:
        if row["工号"] not in filed:
            stage.clock.set(row["申诉日期"] + MORNING)
            body = {"result_id": results[row["工号"]]["id"], "grounds": row["申诉理由"]}
            filed[row["工号"]] = await stage.by_number(row["工号"]).post("/v1/appraisal/appeals", body)
            stage.say(f"{row['姓名']} appeals: {row['申诉理由']}")
    for row in stage.company.appeals:
        if filed[row["工号"]]["state"] == "filed":
            stage.clock.set(row["决定日期"] + AFTERNOON)
            await _decide(stage, filed[row["工号"]]["id"], row)


async def _decide(stage: Stage, appeal: str, row: Row) -> None:
    verb = "uphold" if row["决定"] == "成立" else "reject"
    decision = {"reason": row["决定说明"]} | ({"grade": row["调整后等级"]} if verb == "uphold" else {})
    await stage.hr_director.post(f"/v1/appraisal/appeals/{appeal}/{verb}", decision)
    stage.say(f"HR on the appeal of {row['姓名']}: {row['决定说明']}")


async def close(stage: Stage) -> None:
    stage.clock.set(days.CLOSING)
    await stage.hr.post(f"/v1/appraisal/cycles/{stage.cycle}/close")
    stage.say("the cycle is closed; its results are final")
