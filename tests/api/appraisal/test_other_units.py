"""HR of one unit reads, whatever it opens about a cycle, nothing of another unit (PLT-03)."""

from dataclasses import replace

import pytest

from tests.api.appraisal.test_two_cycles import ADDRESSES, shown
from tests.builders.appraisal import BASE, Person, Quarter

pytestmark = pytest.mark.req("PLT-03", "APR-12")
OF_NO_CYCLE = ("measurements?limit=200", "obligations", "incidents", "my/tasks")
SALES = ("E100", "E101", "E102", "E103", '"D12"')


async def said(quarter: Quarter, who: Person) -> dict[str, str]:
    """Everything that a person reads about the cycle, by path."""
    found = {}
    for address in (*ADDRESSES, *OF_NO_CYCLE):
        path = address.replace("CYCLE", quarter.cycle_id).replace("UNIT", str(who.over or quarter.company.sales.id))
        answer = await quarter.api(who.caller).get(f"{BASE}/{path}")
        if answer.is_success:
            found[address] = shown(answer)
    return found


async def telling(quarter: Quarter) -> set[str]:
    """Where HR over everything reads of sales; HR of brand never does."""
    everything = await said(quarter, quarter.company.hr)
    brand = await said(quarter, replace(quarter.company.hr2, over=quarter.company.brand.id))
    named = {address for address, text in brand.items() if any(each in text for each in SALES)}
    assert named == set()
    assert len(brand) > 10
    return {address for address, text in everything.items() if any(each in text for each in SALES)}


async def test_while_a_cycle_runs(quarter: Quarter) -> None:
    await quarter.ready()
    path = f"cycles/{quarter.cycle_id}"
    headers = {"If-Match": await quarter.revision(path)}
    body = {"goals_due_on": "2026-01-06", "ratings_due_on": "2026-01-07"}
    hr = quarter.api(quarter.company.hr.caller)
    assert (await hr.put(f"{BASE}/{path}/deadlines", json=body, headers=headers)).is_success
    await quarter.move("start_evaluation")
    quarter.clock.set(2026, 1, 9, 1)
    about = {"unit_id": str(quarter.company.sales.id), "level": "general", "title": "投诉", "description": "客户投诉"}
    await quarter.done(quarter.company["E101"], "incidents", {**about, "occurred_at": "2026-01-08T00:30:00Z"})
    parts = ("exclusions", "forms", "overdue", "raters", "readiness", "goals", "progress", "obligations")
    brand = replace(quarter.company.hr2, over=quarter.company.brand.id)
    assert (await quarter.read(brand, f"{path}/progress"))["forms"] == 5
    forms = await quarter.all(quarter.company.hr, f"{path}/forms", unit_id=str(quarter.company.brand.id))
    assert {each["subject_code"] for each in forms} == {each.number for each in quarter.company.brands}
    owed = await quarter.all(quarter.company.hr, "obligations", unit_id=str(quarter.company.brand.id))
    assert owed == []  # what there is is of sales
    told = await telling(quarter)
    assert [part for part in parts if not any(part in address for address in told)] == []


async def test_once_it_is_closed(quarter: Quarter) -> None:
    await quarter.closed()
    found = await quarter.results()
    for code in ("E101", "E201"):
        body = {"grade": "A", "reason": "系统故障属实"}
        await quarter.done(quarter.company.hr, f"results/{found[code]['id']}/corrections", body)
    told = await telling(quarter)
    for part in ("results?", "results/all", "corrections", "measurements", "reports/progress"):
        assert [address for address in told if part in address], told
