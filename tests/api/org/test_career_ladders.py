"""Career ladders over HTTP (ORG-10)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.builders.org import ok
from tests.clients import Clients
from tests.identities import client_system, person

pytestmark = pytest.mark.req("ORG-10")
LADDERS = "/v1/org/career_ladders"
HEAD = {"years_managing": "2", "annual_attainment": "120"}


async def applied(org: Clients) -> str:
    body = {"template": "marketing", "valid_from": "2025-01-01"}
    made: str = (await ok(await org(Role.HR).post(f"{LADDERS}/apply_template", json=body)))["id"]
    return made


def ladder(**more: Any) -> dict[str, Any]:
    name = {"zh": "专员", "en": "Specialist"}
    steps = [{"code": "one", "track": "professional", "standing": 1, "name": name}]
    return {"name": {"zh": "阶梯", "en": "Ladder"}, "steps": steps, "reason": "年度修订", **more}


async def revised(org: Clients, ladder_id: str, **more: Any) -> Any:
    tag = (await org(Role.HR).get(f"{LADDERS}/{ladder_id}")).headers["ETag"]
    return await org(Role.HR).post(f"{LADDERS}/{ladder_id}/versions", json=ladder(**more), headers={"If-Match": tag})


async def test_a_ladder_is_created_from_a_template_with_criteria_and_effects_as_data(org: Clients) -> None:
    ladder_id = await applied(org)
    steps = {row["step"]["code"]: row for row in await ok(await org(Role.AUDITOR).get(f"{LADDERS}/{ladder_id}/steps"))}
    head = steps["head"]
    assert (head["next"], steps["vice_president"]["next"]) == ("director", None)
    assert steps["deputy_head"]["equals"] == ["senior_specialist"]
    assert {"measure": "annual_attainment", "comparator": "at_least", "value": "120"} in head["step"]["criteria"]
    budget = {"kind": "authority", "authority_type": "yearly_budget_approval", "before": "1000000", "limit": "5000000"}
    assert budget in head["step"]["effects"]
    [listed] = (await ok(await org(Role.AUDITOR).get(LADDERS)))["items"]
    [template] = await ok(await org(Role.AUDITOR).get("/v1/org/career_ladder_templates"))
    assert listed["steps"] == template["steps"]


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        (HEAD, [True, True]),
        ({**HEAD, "annual_attainment": "119.99"}, [True, False]),
        ({"annual_attainment": "130"}, [False, True]),
        ({}, [False, False]),
    ],
)
async def test_eligibility_is_answered_criterion_by_criterion(
    org: Clients, facts: dict[str, str], met: list[bool]
) -> None:
    path = f"{LADDERS}/{await applied(org)}/eligibility_checks"
    system = org(client_system("directory"))
    body = {"candidates": [{"step": "head", "facts": facts}, {"step": "specialist", "facts": {}}]}
    found = await ok(await system.post(path, json=body))
    head, specialist = found["answers"]
    assert (head["eligible"], [check["met"] for check in head["checks"]]) == (all(met), met)
    assert head["checks"][0]["name"] == {"zh": "团队管理年限", "en": "years managing a team"}
    assert (specialist["eligible"], specialist["checks"]) == (True, [])
    assert found["number"] == 1


async def test_a_ladder_changes_by_a_new_version_from_a_day_on_and_the_old_one_stays(org: Clients) -> None:
    ladder_id = await applied(org)
    assert (await revised(org, ladder_id, valid_from="2026-03-01")).status_code == 201
    path = f"{LADDERS}/{ladder_id}"
    for day, number, steps in (("2026-02-28", 1, 7), ("2026-03-01", 2, 1)):
        found = await ok(await org(Role.AUDITOR).get(path, params={"as_of": day}))
        assert (found["number"], len(found["steps"]), found["code"]) == (number, steps, "marketing")
    versions = await ok(await org(Role.AUDITOR).get(f"{path}/versions"))
    assert [(row["number"], row["reason"]) for row in versions] == [(1, "templates/marketing"), (2, "年度修订")]
    assert (await org(Role.AUDITOR).get(path, params={"as_of": "2024-12-31"})).status_code == 404
    checked = {"candidates": [{"step": "head", "facts": HEAD}]}
    gone = await org(Role.HR).post(f"{path}/eligibility_checks", json=checked, params={"as_of": "2026-03-01"})
    assert (gone.status_code, gone.json()["code"]) == (404, "step_unknown")


async def test_a_planned_version_is_replaced_by_a_later_one_of_the_same_day(org: Clients) -> None:
    ladder_id = await applied(org)
    name = {"zh": "改名", "en": "Renamed"}
    assert (await revised(org, ladder_id, valid_from="2026-03-01")).status_code == 201
    assert (await revised(org, ladder_id, valid_from="2026-03-01", name=name)).status_code == 201
    params = {"as_of": "2026-03-01"}
    [found] = (await ok(await org(Role.HR).get(LADDERS, params=params)))["items"]
    assert (found["number"], found["name"]) == (3, name)


async def test_a_version_begins_neither_in_the_past_nor_before_the_one_it_follows(org: Clients) -> None:
    ladder_id = await applied(org)
    past = await revised(org, ladder_id, valid_from="2026-01-04")
    assert (past.status_code, past.json()["code"]) == (409, "career_ladder_backdated")
    await ok(await revised(org, ladder_id, valid_from="2026-03-01"))
    early = await revised(org, ladder_id, valid_from="2026-02-01")
    assert (early.status_code, early.json()["errors"][0]["expected"]) == (409, "不早于 2026-03-01")


async def test_a_version_is_written_on_the_one_that_was_read(org: Clients) -> None:
    ladder_id = await applied(org)
    path = f"{LADDERS}/{ladder_id}"
    tag = (await org(Role.HR).get(path)).headers["ETag"]
    await ok(await revised(org, ladder_id, valid_from="2026-03-01"))
    body = ladder(valid_from="2026-03-01")
    stale = await org(Role.HR).post(f"{path}/versions", json=body, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert (await org(Role.HR).post(f"{path}/versions", json=body)).status_code == 428


@pytest.mark.parametrize(
    ("step", "pointer"),
    [
        ({"code": "one"}, "/steps"),
        ({"standing": 1}, "/steps/1/standing"),
        ({"criteria": [{"measure": "luck", "comparator": "at_least", "value": "1"}]}, "/steps/1/criteria/0/measure"),
        ({"criteria": [{"measure": "awards", "comparator": "at_least", "value": 1.5}]}, "/steps/1/criteria/0/value"),
        ({"criteria": [{"measure": "awards", "comparator": "at_least", "value": "-1"}]}, "/steps/1/criteria/0/value"),
        ({"effects": [{"kind": "gift"}]}, "/steps/1/effects/0"),
    ],
)
async def test_steps_that_do_not_fit_together_are_refused(org: Clients, step: dict[str, Any], pointer: str) -> None:
    good = ladder()["steps"][0]
    steps = [good, {**good, "code": "two", "standing": 2, **step}]
    body = ladder(code="broken", steps=steps, valid_from="2026-01-01")
    answer = await org(Role.HR).post(LADDERS, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert (await ok(await org(Role.HR).get(LADDERS)))["items"] == []


async def test_a_code_is_given_once_and_an_unknown_template_named(org: Clients) -> None:
    await applied(org)
    body = {"template": "marketing", "valid_from": "2026-01-01"}
    again = await org(Role.HR).post(f"{LADDERS}/apply_template", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "career_ladder_code_taken")
    none = await org(Role.HR).post(f"{LADDERS}/apply_template", json={**body, "template": "none"})
    assert (none.status_code, none.json()["errors"][0]["pointer"]) == (404, "/template")


@pytest.mark.req("PLT-03")
async def test_ladders_are_kept_by_hr_over_everything(org: Clients) -> None:
    local = org(person(Role.HR, over=UUID(int=7)))
    body = ladder(code="local", valid_from="2026-01-01")
    assert (await local.post(LADDERS, json=body)).status_code == 403
    assert (await org(Role.HR).post(LADDERS, json=body)).status_code == 201


@pytest.mark.req("PLT-04", "PLT-05")
async def test_a_ladder_leaves_audit_and_news_and_its_versions_cannot_be_changed(
    org: Clients, org_connection: AsyncConnection
) -> None:
    ladder_id = await applied(org)
    await ok(await revised(org, ladder_id, valid_from="2026-03-01"))
    recorded = text("SELECT type FROM org.event WHERE subject = :subject ORDER BY id")
    found = await org_connection.execute(recorded, {"subject": f"career_ladder/{ladder_id}"})
    assert found.scalars().all() == ["org.career_ladder.created", "org.career_ladder.revised"]
    rights = text("SELECT has_table_privilege('org.career_ladder_version', 'UPDATE')")
    assert (await org_connection.execute(rights)).scalar_one() is False
