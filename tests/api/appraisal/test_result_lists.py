"""Results in lists and streams, for people and for other services."""

import json

import pytest
from sqlalchemy import text

from tests.builders.appraisal import BASE, Quarter
from tests.clients import Clients
from tests.identities import client_system


@pytest.mark.req("APR-14")
async def test_all_results_that_somebody_may_see_are_streamed_as_the_list_shows_them(quarter: Quarter) -> None:
    await quarter.scored()
    company = quarter.company
    for who, filters in ((company.hr, {}), (company.hr, {"grade": "S"}), (company.head, {}), (company["E101"], {})):
        listed = await quarter.all(who, "results", **filters)
        answer = await quarter.get(who, "results/all", **filters)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jsonl")
        *streamed, end = [json.loads(line) for line in answer.content.splitlines()]
        assert (streamed, end["kind"], end["lines"]) == (listed, "end", len(listed))
    async with quarter.sessions.write() as session:  # as if they stood above themselves
        await session.execute(text("UPDATE form SET manager_chain = manager_chain || owner_id"))
    assert await quarter.all(company["E101"], "results") == []
    assert len(await quarter.all(company.hr, "results")) > len(await quarter.all(company.head, "results")) > 0
    unknown = await quarter.get(company.hr, "results/all", limit=5)
    assert unknown.status_code == 422


@pytest.mark.req("APR-14", "INC-03")
async def test_results_of_a_closed_cycle_stream_to_a_client_with_the_scope(
    appraisal: Clients, quarter: Quarter
) -> None:
    await quarter.published()
    address = f"{BASE}/cycles/{quarter.cycle_id}/results"
    incentive = appraisal(client_system("results"))
    early = await incentive.get(address)
    assert (early.status_code, early.json()["code"]) == (409, "not_in_this_state")
    assert early.json()["errors"] == [{"pointer": "/state", "found": "published", "expected": "已关闭"}]
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    answer = await incentive.get(address)
    assert answer.headers["content-type"].startswith("application/jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[0] == {
        "kind": "cycle", "id": quarter.cycle_id, "code": "2026-Q1", "state": "closed",
        "valid_from": "2026-01-01", "valid_to": "2026-03-31",
    }  # fmt: skip
    assert (lines[-1]["kind"], lines[-1]["lines"]) == ("end", 9)
    company = quarter.company
    line = next(line for line in lines if line.get("employee_id") == str(company["E101"].id))
    assert set(line) == {
        "kind", "id", "version", "subject_kind", "subject_code", "employee_id", "unit_id", "unit_path", "total",
        "grade", "attainment", "hash",
    }  # fmt: skip
    assert (line["total"], line["grade"], line["unit_id"]) == ("98.41", "S", str(company.sales.id))
    for who in (client_system("snapshot"), company.head.caller, company["E101"].caller):
        assert (await appraisal(who).get(address)).status_code == 403


@pytest.mark.req("APR-11")
async def test_results_are_found_by_cycle_unit_subject_and_grade(quarter: Quarter) -> None:
    await quarter.scored()
    company, hr = quarter.company, quarter.company.hr
    everybody = await quarter.all(hr, "results")
    assert {each["cycle_name"] for each in everybody} == {"一季度"}
    cases = (
        ({"cycle_id": quarter.cycle_id}, 8),
        ({"unit_id": str(company.sales.id)}, 3),
        ({"subject_id": str(company["E101"].id)}, 1),
        ({"grade": "D"}, 0),
        ({"grade": "S", "unit_id": str(company.sales.id)}, 3),
    )
    for chosen, count in cases:
        assert len(await quarter.all(hr, "results", **chosen)) == count, chosen
    assert await quarter.all(company["E101"], "results") == []
