"""Promotions held against criteria by what the organisation itself knows (ORG-10)."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.api.org.counting import statements
from tests.api.org.test_career_ladders import LADDERS
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients

pytestmark = pytest.mark.req("ORG-10")
MEASURES = ("years_managing", "years_in_step", "team_size", "annual_attainment")


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


@pytest.fixture
async def checks(company: Organisation) -> str:
    """The address of the checks of a ladder with one step that looks at everything."""
    criteria = [{"measure": measure, "comparator": "at_least", "value": "2"} for measure in MEASURES]
    name = {"zh": "阶梯", "en": "Ladder"}
    step = {"code": "top", "track": "management", "standing": 1, "name": name, "criteria": criteria}
    body = {"code": "l", "name": name, "steps": [step], "valid_from": "2020-01-01", "reason": "新设"}
    return f"{LADDERS}/{(await ok(await company.hr.post(LADDERS, json=body)))['id']}/eligibility_checks"


async def found(
    company: Organisation, checks: str, number: str | None, day: str = "2026-01-05", **facts: str
) -> dict[str, tuple[Any, Any, bool]]:
    who = {"employee_id": company.ids[number]} if number else {}
    body = {"candidates": [{"step": "top", "facts": facts, **who}]}
    [answer] = (await ok(await company.hr.post(checks, json=body, params={"as_of": day})))["answers"]
    return {each["criterion"]["measure"]: (each["found"], each["source"], each["met"]) for each in answer["checks"]}


async def test_what_is_not_given_comes_from_the_organisations_own_history(company: Organisation, checks: str) -> None:
    head = await found(company, checks, "E2", "2026-01-01", annual_attainment="130")
    assert head == {
        "years_managing": ("6", "organisation", True),
        "years_in_step": ("6", "organisation", True),
        "team_size": ("4", "organisation", True),
        "annual_attainment": ("130", "given", True),
    }
    specialist = await found(company, checks, "E4")
    assert specialist["years_managing"] == ("0", "organisation", False)
    assert specialist["team_size"] == ("0", "organisation", False)
    assert specialist["annual_attainment"] == (None, None, False)


async def test_what_is_given_goes_before_what_is_known(company: Organisation, checks: str) -> None:
    head = await found(company, checks, "E2", years_managing="1.5", team_size="30")
    assert head["years_managing"] == ("1.5", "given", False)
    assert head["team_size"] == ("30", "given", True)
    assert head["years_in_step"][1] == "organisation"


async def test_nothing_is_known_of_nobody(company: Organisation, checks: str) -> None:
    assert set((await found(company, checks, None)).values()) == {(None, None, False)}


async def test_a_team_is_that_of_the_day_over_all_levels_and_each_person_counts_once(
    company: Organisation, checks: str
) -> None:
    await company.terminate("E6", "2026-01-31")
    await company.place("E3", "B1", "acting", "2026-02-01", "2026-12-31")
    for day, sizes in (("2026-01-31", ("5", "4", "2")), ("2026-02-01", ("4", "3", "2"))):
        teams = [await found(company, checks, number, day) for number in ("E1", "E2", "E3")]
        assert tuple(team["team_size"][0] for team in teams) == sizes
        for number, size in zip(("E1", "E2", "E3"), sizes, strict=True):
            asked = {"as_of": day, "direct": "false"}
            page = await ok(await company.hr.get(f"/v1/org/employees/{company.ids[number]}/reports", params=asked))
            assert str(len(page["items"])) == size


async def test_who_sits_beside_the_holder_leads_nobody(company: Organisation, checks: str) -> None:
    await company.place("E6", "M1", "concurrent", "2026-01-01")
    assert (await found(company, checks, "E6"))["team_size"][0] == "0"
    assert (await found(company, checks, "E6"))["years_managing"][0] == "0.01"


async def test_an_acting_head_does_not_count_in_the_own_team_nor_as_head_before_there_was_anything_to_head(
    company: Organisation, checks: str
) -> None:
    await company.terminate("E3", "2025-12-31")
    await company.place("E4", "S1", "acting", "2026-01-01", "2026-12-31")
    assert (await found(company, checks, "E4"))["team_size"][0] == "1"
    await ok(await company.change_unit("B", valid_from="2026-02-01", head_position_id=company.ids["S2"]))
    move = {"position_id": company.ids["B2"], "valid_from": "2026-01-10", "overfill_reason": "交接"}
    await ok(await act(company.hr, f"/v1/org/employees/{company.ids['E5']}/transfer", json=move))
    assert (await found(company, checks, "E5", "2026-03-01"))["years_managing"][0] == "0"


async def test_a_transfer_to_another_grade_begins_the_step_anew(company: Organisation, checks: str) -> None:
    await company.position("X1", "B", grade="P6")
    move = {"position_id": company.ids["X1"], "valid_from": "2025-01-05"}
    await ok(await act(company.hr, f"/v1/org/employees/{company.ids['E4']}/transfer", json=move))
    assert (await found(company, checks, "E4", "2026-01-05"))["years_in_step"][0] == "1"


async def test_somebody_who_does_not_work_here_then_is_named(company: Organisation, checks: str) -> None:
    people = [{"step": "top", "employee_id": company.ids[who], "facts": {}} for who in ("E2", "S")]
    answer = await company.hr.post(checks, json={"candidates": people})
    assert (answer.status_code, answer.json()["code"]) == (422, "candidates_unknown")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/candidates/1/employee_id"]
    early = await company.hr.post(checks, json={"candidates": people[:1]}, params={"as_of": "2020-01-01"})
    assert early.status_code == 200


async def test_many_candidates_need_as_many_statements_as_one(
    company: Organisation, checks: str, org_connection: AsyncConnection
) -> None:
    counts = []
    for people in (["E2"], ["E1", "E2", "E3", "E4", "E5", "E6"] * 20):
        body = {"candidates": [{"step": "top", "employee_id": company.ids[number]} for number in people]}
        with statements(org_connection) as seen:
            answers = (await ok(await company.hr.post(checks, json=body)))["answers"]
        counts.append(len(seen))
        assert len(answers) == len(people)
    assert counts[0] == counts[1]
