"""People are found by what others know of them (ORG-07)."""

from typing import Any

import pytest

from tests.builders.org import Organisation, ok, small_company
from tests.clients import Clients

pytestmark = pytest.mark.req("ORG-07")


async def numbers(company: Organisation, **asked: Any) -> list[str]:
    page = await ok(await company.hr.get("/v1/org/employees", params=asked))
    return [each["number"] for each in page["items"]]


async def test_people_are_found_by_name_state_unit_position_and_manager(org: Clients) -> None:
    company = await small_company(org)
    ids = company.ids
    await company.person("E9", "B1", hired_on="2026-01-05", probation_until="2026-04-04", name="王小明")
    await company.terminate("E4", "2026-01-31")
    assert await numbers(company, q="小明") == ["E9"]
    assert await numbers(company, q="e9") == ["E9"]  # the number alone
    assert await numbers(company, q="%") == []
    assert await numbers(company, state="on_probation", as_of="2026-04-04") == ["E9"]
    assert await numbers(company, state="on_probation", as_of="2026-04-05") == []
    assert await numbers(company, state="left", as_of="2026-01-31") == []
    assert await numbers(company, state="left", as_of="2026-02-01") == ["E4"]
    assert await numbers(company, unit_id=ids["B"]) == ["E6", "E9"]
    assert await numbers(company, position_id=ids["S2"]) == ["E4", "E5"]
    assert await numbers(company, manager_id=ids["E3"]) == ["E4", "E5"]


async def test_a_hire_answers_with_the_person_and_where_they_are_found(org: Clients) -> None:
    company = await small_company(org)
    body = {"number": "E9", "name": "新人", "hired_on": "2026-03-01", "position_id": company.ids["B1"]}
    answer = await company.hr.post("/v1/org/employees", json=body)
    made = await ok(answer)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/org/employees/{made['id']}")
    assert (made["number"], made["main_assignment"]["position_code"]) == ("E9", "B1")
    assert made["employments"][0]["hired_on"] == "2026-03-01"
