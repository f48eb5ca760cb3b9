"""January: managers propose goals, some people answer with other values, both sides agree."""

from typing import Any

from examples.story import days
from examples.story.files import Goals
from examples.story.gateway import Person, together
from examples.story.stage import Stage


async def agree_goals(stage: Stage) -> None:
    stage.clock.set(days.GOALS)
    forms = await stage.hr.items(f"/v1/appraisal/cycles/{stage.cycle}/forms")
    numbers = await _numbers(stage)
    countered = sum(await together(_settle(stage, form, numbers) for form in forms if form["state"] != "agreed"))
    stage.say(f"goals of {len(forms)} sheets are agreed, {countered} after a counter-proposal")


async def _numbers(stage: Stage) -> dict[str, str]:
    employees = await stage.hr.items("/v1/org/employees")
    return {employee["id"]: employee["number"] for employee in employees}


async def _settle(stage: Stage, form: dict[str, Any], numbers: dict[str, str]) -> bool:
    """The manager proposes; the person agrees, or counters and the manager agrees. True if there was a counter."""
    goals = stage.company.goals[form["subject_code"], form["position_code"] or ""]
    manager = stage.by_number(numbers[form["manager_id"]])
    person = stage.by_number(numbers[form["owner_id"]])
    path = f"/v1/appraisal/forms/{form['id']}/goals"
    if form["state"] == "empty":
        await _put(manager, path, goals, goals.first)
    if goals.first == goals.agreed:
        await person.post(f"{path}/agree")
        return False
    if form["state"] != "countered":
        await person.post(f"{path}/counter", {"items": _items(goals, goals.agreed)})
    await manager.post(f"{path}/agree")
    return True


async def _put(person: Person, path: str, goals: Goals, values: dict[str, str]) -> None:
    current = await person.read(path)
    await person.put(path, {"items": _items(goals, values)}, tag=current.headers.get("ETag"))


def _items(goals: Goals, values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "target": value, "deadline": goals.deadline} for key, value in values.items()]
