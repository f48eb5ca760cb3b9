"""April: everybody asked to rate saves a draft and hands it in; the quarter is scored once nothing is missing."""

from datetime import date
from typing import Any

from examples.story import days
from examples.story.gateway import Person, Refused, together, until
from examples.story.stage import Stage

PROPOSALS = "/v1/appraisal/measurement_proposals"


async def evaluate(stage: Stage) -> None:
    """Fill in the sheets one day, hand them in another."""
    stage.clock.set(days.EVALUATION)
    raters = sorted({rater for rater, _, _ in stage.company.marks})
    sheets = await together(_fill_in(stage, number) for number in raters)
    drafted = sum(len(own) for own in sheets)
    stage.say(
        f"{len(raters)} 人已起草 {drafted} 份评价表", f"{len(raters)} people have drafted {drafted} rating sheets"
    )
    stage.clock.set(days.SUBMISSION)
    await together(
        _submit(stage.by_number(number), rating) for number, own in zip(raters, sheets, strict=True) for rating in own
    )
    stage.say(
        "评价表已提交，匿名评价人的草稿已删除",
        "the rating sheets are submitted; drafts of anonymous raters are deleted",
    )


async def pass_probations(stage: Stage, moment: str) -> None:
    """Whoever leads somebody whose probation ends soon passes them; by itself it would not end."""
    path, passed = "/v1/org/probation_reviews", 0
    for number in stage.company.on_probation(date.fromisoformat(moment[:10])):
        [employee] = await stage.hr.items("/v1/org/employees", number=number)
        known = await stage.hr.items(path, employee_id=employee["id"])
        review = known[0] if known else await stage.hr.post(path, {"employee_id": employee["id"]})
        if review["state"] == "open":
            superior, tag = stage.by_number(review["superior_number"]), str(review["revision"])
            await superior.post(f"{path}/{review['id']}/pass", {"reason": "试用期目标已完成"}, tag=tag)
            passed += 1
    if passed:
        stage.say(f"{passed} 名试用期员工转正", f"{passed} people on probation are passed")


async def _submit(rater: Person, rating: str) -> None:
    """Hand a sheet in. These posts leave no key behind, so one that is sent again may find itself done."""
    try:
        await rater.post(f"/v1/appraisal/rating_forms/{rating}/submit")
    except Refused as refused:
        if refused.code != "already_submitted":
            raise


async def _fill_in(stage: Stage, number: str) -> list[str]:
    """Save a draft of every sheet that this person has something to say about; returns their ids."""
    rater = stage.by_number(number)
    asked = await rater.items("/v1/appraisal/my/rating_forms")
    return [rating for rating in await together(_draft(stage, rater, number, sheet) for sheet in asked) if rating]


async def _draft(stage: Stage, rater: Person, number: str, asked: dict[str, Any]) -> str | None:
    key = (number, asked["subject_code"], asked["position_title"] or "")
    sheet = stage.company.marks.get(key)
    if sheet is None or asked["state"] != "open":
        return None
    body: dict[str, Any] = {"ratings": sheet.marks}
    if sheet.comment:
        body["comment"] = sheet.comment
    await rater.put(f"/v1/appraisal/rating_forms/{asked['id']}/draft", body)
    return str(asked["id"])


async def score(stage: Stage) -> None:
    """Scoring is refused while an actual is missing; HR hands it in and scores."""
    stage.clock.set(days.SCORING)
    path = f"/v1/appraisal/cycles/{stage.cycle}"
    try:
        await _start(stage, path)
    except Refused as refused:
        if refused.code != "inputs_missing":
            raise
        named = "；".join(each["expected"] for each in refused.body["errors"])
        stage.say(f"计分被拒绝，数据不全：{named}", f"scoring is refused while something is missing: {named}")
        await record(stage, stage.hr, "late")
        await _start(stage, path)
    await scored(stage)


async def scored(stage: Stage) -> None:
    """Wait for the results."""
    cycle = await until(stage.hr, f"/v1/appraisal/cycles/{stage.cycle}", frozenset({"scored", "evaluating"}))
    if cycle["state"] != "scored":
        raise Refused("score", 0, {"code": "not_scored"})
    stage.say("全部考核表已计分", "all sheets are scored")


async def _start(stage: Stage, path: str) -> None:
    await stage.hr.post(f"{path}/score", tag=str((await stage.hr.get(path))["revision"]))


async def record(stage: Stage, feeder: Person, name: str) -> dict[str, Any]:
    """Hand in one file of actuals."""
    answer: dict[str, Any] = await feeder.send("/v1/appraisal/measurements", stage.company.actuals(name), "text/csv")
    new, known = answer["accepted"], answer["repeated"]
    zh, en = ("补报的实绩", "late actuals") if name == "late" else (f"{name} 的实绩", f"actuals {name}")
    stage.say(f"{zh}：接收 {new} 条，已有 {known} 条", f"{en}: {new} accepted, {known} known already")
    if answer["pending"]:
        await _release(stage)
    return answer


async def _release(stage: Stage) -> None:
    """What HR entered about herself counts once a second person of HR has looked at it."""
    count = 0
    for each in await stage.hr_director.items(PROPOSALS, state="proposed"):
        await stage.hr_director.post(f"{PROPOSALS}/{each['id']}/release", tag=str(each["revision"]))
        count += len(each["measurements"])
    stage.say(
        f"与录入人本人有关的 {count} 条实绩经第二人确认", f"{count} actuals about whoever entered them are released"
    )
