"""From scores to closed results: calibration, publicity in the departments, two appeals, the decisions, the end."""

from typing import Any

from examples.story import days
from examples.story.gateway import Refused
from examples.story.stage import Stage

QUOTA = {"S": "10", "A": "50"}
REVIEW_MORNING = "T09:30"
DECISION_AFTERNOON = "T16:00"


async def results_by_number(stage: Stage) -> dict[str, dict[str, Any]]:
    """The present results of people as HR sees them, by employee number; those of units by unit code."""
    found = await stage.hr.items(f"/v1/appraisal/cycles/{stage.cycle}/subjects")
    return {result["subject_code"]: result for result in found}


async def calibrate(stage: Stage) -> None:
    """One session over the marketing centre; the minutes say who was moved and why."""
    stage.clock.set(days.CALIBRATION)
    results = await results_by_number(stage)
    units = {unit["code"]: unit["id"] for unit in await stage.hr.items("/v1/org/units")}
    body = {"cycle_id": stage.cycle, "unit_id": units["G00"], "quota": QUOTA}
    session = await stage.hr_director.post("/v1/appraisal/calibrations", body)
    for row in stage.company.calibration:
        move = {"result_id": results[row["工号"]]["id"], "grade": row["调整后等级"], "reason": row["理由"]}
        await stage.hr_director.post(f"/v1/appraisal/calibrations/{session['id']}/moves", move)
        stage.say(f"calibration moves {row['姓名']} from {row['原等级']} to {row['调整后等级']}")
    await stage.hr_director.post(f"/v1/appraisal/calibrations/{session['id']}/close")
    await stage.hr.post(f"/v1/appraisal/cycles/{stage.cycle}/calibrate")


async def publish(stage: Stage) -> None:
    stage.clock.set(days.PUBLICATION)
    await stage.hr.post(f"/v1/appraisal/cycles/{stage.cycle}/publish")
    cycle = await stage.hr.get(f"/v1/appraisal/cycles/{stage.cycle}")
    stage.say(f"results are shown in the departments until {cycle['publicity_last']}")


async def appeal(stage: Stage) -> None:
    """Two people object within the window; HR decides each, with reasons."""
    results = await results_by_number(stage)
    filed: dict[str, str] = {}
    for row in stage.company.appeals:
        stage.clock.set(row["申诉日期"] + REVIEW_MORNING)
        body = {"result_id": results[row["工号"]]["id"], "grounds": row["申诉理由"]}
        try:
            filed[row["工号"]] = (await stage.by_number(row["工号"]).post("/v1/appraisal/appeals", body))["id"]
        except Refused as refused:  # a story that was cut short has filed it before
            known = await stage.hr.items("/v1/appraisal/appeals", cycle_id=stage.cycle)
            own = [each["id"] for each in known if each["result_id"] == body["result_id"]]
            if not own:
                raise refused
            filed[row["工号"]] = own[0]
        stage.say(f"{row['姓名']} appeals: {row['申诉理由']}")
    for row in stage.company.appeals:
        stage.clock.set(row["决定日期"] + DECISION_AFTERNOON)
        verb = "uphold" if row["决定"] == "支持" else "reject"
        decision = {"reason": row["决定说明"]} | ({"grade": row["调整后等级"]} if verb == "uphold" else {})
        await stage.hr_director.post(f"/v1/appraisal/appeals/{filed[row['工号']]}/{verb}", decision)
        stage.say(f"HR: {row['决定说明']}")


async def close(stage: Stage) -> None:
    stage.clock.set(days.CLOSING)
    await stage.hr.post(f"/v1/appraisal/cycles/{stage.cycle}/close")
    stage.say("the cycle is closed; its results are final")
