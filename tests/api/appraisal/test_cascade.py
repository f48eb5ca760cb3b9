"""Goals break down from year to quarter and from a unit to its people, and their progress rolls up (APR-05)."""

import asyncio
from typing import Any

import pytest

from tests.beginnings import begin
from tests.builders.appraisal import BASE, Person, Quarter, measurement, scheme, section

pytestmark = pytest.mark.req("APR-05")
SALES = [section("work", "100", ("S01", "100"))]


def schemes() -> list[dict[str, Any]]:
    units = {"subject_kind": "unit", "positions": [], "units": ["D12"], "sections": SALES}
    return [
        scheme("Y-UNIT", frequency="year", **units),
        scheme("Q-UNIT", frequency="quarter", **units),
        scheme("QE-REP", "REP", sections=SALES),
    ]


async def broken_down(quarter: Quarter) -> dict[str, str]:
    """A year and a quarter of the sales department, and a quarter of its people, all agreed; the forms."""
    return await broken_down_under(quarter, "E102", quarter.company.head)


async def broken_down_under(quarter: Quarter, number: str, boss: Person) -> dict[str, str]:
    """The same, where ``boss`` is the manager of one of the people."""

    async def play() -> tuple[dict[str, str], str]:
        company = quarter.company
        await quarter.library()
        await quarter.schemes(*schemes())
        await quarter.opened(code="2026", name="年度", period="2026", frequency="year")
        forms = {"year": (await quarter.forms())["D12"]["id"]}
        await agreed(quarter, forms["year"], "1000")
        await quarter.opened()
        made = await quarter.forms()
        forms |= {code: made[code]["id"] for code in ("D12", "E101", "E102", "E103")}
        await agreed(quarter, forms["D12"], "400")
        for code, target in (("E101", "200"), ("E102", "150")):
            await quarter.propose(boss if code == number else company.head, forms[code], {"S01": target})
            await quarter.done(company[code], f"forms/{forms[code]}/goals/agree")
        return forms, quarter.cycle_id

    forms, quarter.cycle_id = await begin(quarter.api.app, f"goals to be broken down {number} {boss.number}", play)
    return forms


async def agreed(quarter: Quarter, form: str, target: str) -> None:
    company = quarter.company
    proposed = await quarter.propose(company.head, form, {"S01": target})
    assert proposed.status_code == 200, proposed.text
    await quarter.done(company.chief, f"forms/{form}/goals/agree")


def serve(form: str) -> dict[str, Any]:
    return {"item": "S01", "parent": {"form_id": form, "item": "S01"}}


async def test_progress_rolls_up_from_people_to_quarter_to_year(quarter: Quarter) -> None:
    forms, company = await broken_down(quarter), quarter.company
    could = await quarter.read(company["E101"], f"forms/{forms['E101']}/alignable_goals")
    aims = {(each["cycle_code"], each["subject_code"]) for each in could["goals"]}
    assert aims == {("2026-Q1", "D12"), ("2026", "D12")}
    unaligned = await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/unaligned_goals")
    assert [each["subject_code"] for each in unaligned] == ["D12", "E101", "E102"]
    await quarter.done(company.head, f"forms/{forms['D12']}/goals/align", serve(forms["year"]))
    await quarter.done(company["E101"], f"forms/{forms['E101']}/goals/align", serve(forms["D12"]))
    await quarter.done(company.head, f"forms/{forms['E102']}/goals/align", serve(forms["D12"]))
    assert await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/unaligned_goals") == []
    rows = (measurement("E101", "S01", "100"), measurement("E102", "S01", "60"))
    assert (await quarter.measure(*rows)).status_code == 200
    [year] = (await quarter.read(company.chief, f"forms/{forms['year']}/goals/alignment"))["goals"]
    assert (year["actual"], year["progress_percent"], year["broken_down"]) == ("160.00", "16.00", "400")
    assert [(each["subject_code"], each["progress_percent"]) for each in year["children"]] == [("D12", "40.00")]
    [unit] = (await quarter.read(company.head, f"forms/{forms['D12']}/goals/alignment"))["goals"]
    assert (unit["broken_down"], unit["target"], unit["aligned_count"]) == ("350", "400", 2)
    assert unit["parent"]["cycle_code"] == "2026"
    assert [each["subject_code"] for each in unit["children"]] == ["E101", "E102"]
    [own] = (await quarter.read(company["E101"], f"forms/{forms['E101']}/goals/alignment"))["goals"]
    assert (own["parent"]["subject_code"], own["progress_percent"], own["children"]) == ("D12", "50.00", [])
    await quarter.done(company["E101"], f"forms/{forms['E101']}/goals/align", {"item": "S01"})
    left = await quarter.all(company.head, f"cycles/{quarter.cycle_id}/unaligned_goals")
    assert [each["subject_code"] for each in left] == ["E101"]

    whole = (await quarter.read(company.hr, f"forms/{forms['year']}"))["cycle_id"]
    await quarter.done(company.hr, f"cycles/{whole}/cancel", {"reason": "年度目标重定"})
    could = await quarter.read(company["E101"], f"forms/{forms['E101']}/alignable_goals")
    assert [each["cycle_code"] for each in could["goals"]] == ["2026-Q1"]
    body = {"from_cycle_id": whole, "reason": "沿用年度目标"}
    gone = await quarter.post(company.head, f"forms/{forms['D12']}/goals/copy", body)
    assert (gone.status_code, gone.json()["code"]) == (409, "nothing_to_copy")


async def test_the_topmost_units_goals_serve_nothing_but_those_of_people_directly_in_it_could(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.library()
    top = scheme("Q-TOP", subject_kind="unit", positions=[], units=["G00"], sections=SALES)
    await quarter.schemes(top, scheme("QE-HR", "HR", sections=SALES))
    await quarter.opened()
    made = await quarter.forms()
    for code, bosses, owner in (("G00", company.hr, company.chief), ("E003", company.chief, company.hr2)):
        assert (await quarter.propose(owner, made[code]["id"], {"S01": "1000"})).status_code == 200
        await quarter.done(bosses, f"forms/{made[code]['id']}/goals/agree")
    unaligned = await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/unaligned_goals")
    assert [each["subject_code"] for each in unaligned] == ["E003"]


@pytest.mark.req("PLT-03", "PLT-08")
async def test_a_goal_serves_only_what_is_above_it_and_only_the_two_sides_say_so(quarter: Quarter) -> None:
    forms, company = await broken_down(quarter), quarter.company
    path = f"forms/{forms['E101']}/goals/align"
    for wrong in (forms["E102"], forms["E101"], forms["E103"]):
        refused = await quarter.post(company["E101"], path, serve(wrong))
        assert (refused.status_code, refused.json()["code"]) == (422, "not_alignable")
    down = await quarter.post(company.head, f"forms/{forms['year']}/goals/align", serve(forms["D12"]))
    assert down.status_code == 422
    missing = await quarter.post(company["E101"], path, {"item": "J01"})
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/item")
    nominees = {"raters": [{"rater_id": str(company["E102"].id), "relation": "peer"}]}
    seen = {"If-Match": await quarter.revision(f"forms/{forms['E101']}")}
    api = quarter.api(company["E101"].caller)
    refused = await api.put(f"{BASE}/forms/{forms['E101']}/nomination", json=nominees, headers=seen)
    assert refused.json()["code"] == "nothing_to_nominate"  # the scheme asks no raters
    stale = await quarter.post(company["E101"], path, serve(forms["D12"]), seen='"99"')
    assert stale.status_code == 412
    for stranger, status in ((company.chief, 403), (company.hr, 403), (company["E102"], 404)):
        assert (await quarter.post(stranger, path, serve(forms["D12"]))).status_code == status
    for stranger in (company["E102"], company.other_head):
        assert (await quarter.get(stranger, f"forms/{forms['E101']}/goals/alignment")).status_code == 404
    assert await quarter.all(company.other_head, f"cycles/{quarter.cycle_id}/unaligned_goals") == []


@pytest.mark.req("PLT-03")
async def test_a_goal_shows_only_those_below_it_whose_forms_its_reader_may_see(quarter: Quarter) -> None:
    company = quarter.company
    company["E102"].boss = company.other_head  # in the unit, under somebody of another
    forms = await broken_down_under(quarter, "E102", company.other_head)
    for code in ("E101", "E102"):
        await quarter.done(company[code], f"forms/{forms[code]}/goals/align", serve(forms["D12"]))
    for reader, codes in ((company.head, ["E101"]), (company.chief, ["E101", "E102"]), (company.hr, ["E101", "E102"])):
        [unit] = (await quarter.read(reader, f"forms/{forms['D12']}/goals/alignment"))["goals"]
        assert [each["subject_code"] for each in unit["children"]] == codes
        assert (unit["broken_down"], unit["aligned_count"]) == ("350", 2)  # the sum tells nothing of one of them


async def test_of_two_at_once_one_is_taken(live: Quarter) -> None:
    forms, company = await broken_down(live), live.company
    path = f"forms/{forms['E101']}/goals/align"
    seen = await live.revision(f"forms/{forms['E101']}")
    wishes = ((company.head, "D12"), (company["E101"], "year"))
    both = [live.post(who, path, serve(forms[to]), seen=seen) for who, to in wishes]
    assert sorted(answer.status_code for answer in await asyncio.gather(*both)) == [200, 412]
