"""January: managers propose goals, some people answer with other values, both sides agree."""

from typing import Any

from examples.story import days
from examples.story.files import Goals
from examples.story.gateway import Person, together
from examples.story.stage import Stage


async def agree_goals(stage: Stage) -> None:
    stage.clock.set(days.GOALS)
    forms = await stage.hr.items(f"/v1/appraisal/cycles/{stage.cycle}/forms")
    numbers = {person["id"]: person["number"] for person in await stage.hr.items("/v1/org/employees")}
    open_forms = [form for form in forms if form["goal_state"] != "agreed"]
    countered = sum(await together(_settle(stage, form, numbers) for form in open_forms))
    stage.say(
        f"{len(forms)} 份考核表的目标已确认，其中 {countered} 份经过协商",
        f"goals of {len(forms)} forms are agreed, {countered} of them after a counter-proposal",
    )


async def _settle(stage: Stage, form: dict[str, Any], numbers: dict[str, str]) -> bool:
    """The manager proposes; the person agrees, or counters and the manager agrees. True if there was a counter."""
    goals = stage.company.goals[form["subject_code"], form["position_code"] or ""]
    manager = stage.by_number(numbers[form["manager_id"]])
    person = stage.by_number(numbers[form["owner_id"]])
    path = f"/v1/appraisal/forms/{form['id']}/goals"
    if form["goal_state"] == "empty":
        await _put(manager, path, goals, goals.first)
    if goals.first == goals.agreed:
        await _agree(person, path)
        return False
    if form["goal_state"] != "countered":
        await _put(person, path, goals, goals.agreed)
    await _agree(manager, path)
    return True


async def _agree(person: Person, path: str) -> None:
    """Agree to the goals as they are now."""
    await person.post(f"{path}/agree", tag=(await person.read(path)).headers["ETag"])


async def _put(person: Person, path: str, goals: Goals, values: dict[str, str]) -> None:
    """Propose, or counter what the other side has proposed."""
    tag = (await person.read(path)).headers["ETag"]
    items = [{"key": key, "target": value, "due_on": goals.deadline} for key, value in values.items()]
    await person.put(path, {"items": items}, tag=tag)
