"""Codes, numbers, logins that people could take for each other, and names with what nobody sees (ORG-07)."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.kit.identity import Role
from services.org.structure.domain.code import skeleton
from tests.api.org.test_imports import EMPLOYEES, UNITS, changed, csv, send, workbook
from tests.builders.org import FROM, Organisation, ok
from tests.clients import Clients

pytestmark = pytest.mark.req("ORG-07")
UNIT = {"name": "单元", "name_en": "Unit", "kind": "department", "valid_from": FROM}
PERSON = {"name": "王一", "hired_on": FROM}


@pytest.mark.parametrize("number", ["CC1001", "cc1001", "CC1OO1", "CCl0o1", "ccI0O1"])
async def test_an_employee_number_that_could_be_taken_for_another_is_refused_and_names_it(
    org: Clients, number: str
) -> None:
    hr = org(Role.HR)
    await ok(await hr.post("/v1/org/employees", json={**PERSON, "number": "CC1001"}))
    refused = await hr.post("/v1/org/employees", json={**PERSON, "number": number})
    assert (refused.status_code, refused.json()["code"]) == (409, "employee_number_taken")
    assert "CC1001" in refused.json()["errors"][0]["expected"]
    await ok(await hr.post("/v1/org/employees", json={**PERSON, "number": "CC1002"}))


async def test_units_and_positions_have_codes_that_cannot_be_taken_for_each_other(org: Clients) -> None:
    made = Organisation(org(Role.HR))
    await made.unit("SALES-1")
    await made.position("S1", "SALES-1")
    unit = await made.hr.post("/v1/org/units", json={**UNIT, "code": "sales-l"})
    facts = {"title": "岗", "title_en": "Post", "track": "professional", "grade": "P1", "headcount": 1}
    where = {"unit_id": made.ids["SALES-1"], "valid_from": FROM}
    position = await made.hr.post("/v1/org/positions", json={**facts, **where, "code": "sI"})
    assert [(each.status_code, each.json()["code"]) for each in (unit, position)] == [
        (409, "unit_code_taken"),
        (409, "position_code_taken"),
    ]


@pytest.mark.req("ORG-12")
async def test_logins_and_service_clients_are_told_apart_by_everybody(org: Clients) -> None:
    admin = org(Role.ADMINISTRATOR)
    account = {"name": "管理员"}
    await ok(await admin.post("/v1/org/accounts", json={**account, "login": "administrator"}))
    for login in ("Administrator", "adm1nistrator", "ADMINISTRATOR"):
        refused = await admin.post("/v1/org/accounts", json={**account, "login": login})
        assert (refused.status_code, refused.json()["code"]) == (422, "account_refused")
        assert "administrator" in refused.json()["errors"][0]["expected"]
    both = {"items": [{**account, "login": each} for each in ("li.ting", "Li.Ting")]}
    twice = await admin.post("/v1/org/accounts/bulk", json=both)
    assert [each["pointer"] for each in twice.json()["errors"]] == ["/items/1/login"]
    ours = await admin.post("/v1/org/service_clients", json={"client_id": "Appraisa1", "scopes": ["directory"]})
    assert (ours.status_code, ours.json()["code"]) == (409, "service_client_taken"), ours.text


@pytest.mark.req("ORG-14")
async def test_a_file_brings_no_code_that_could_be_taken_for_another(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    file = workbook(
        units=[*UNITS, (*changed(UNITS, 3, 0, "s")[1],)],
        employees=[*EMPLOYEES, ("e1", "王", None, *EMPLOYEES[0][3:]), ("E4", "赵", None, *EMPLOYEES[0][3:])],
    )
    report = await ok(await send(hr, file, dry_run="true"))
    found = [(each["sheet"], each["row"], each["column"], each["found"]) for each in report["errors"]]
    assert found == [("单元", 4, "单元编码", "s"), ("员工", 5, "工号", "e1")]
    alone = [("E5", "赵", None, *EMPLOYEES[0][3:]), ("e5", "钱", None, *EMPLOYEES[0][3:])]
    within = await ok(await send(hr, csv("employees", alone), "text/csv", sheet="employees", dry_run="true"))
    assert [(each["row"], each["expected"].count("E5")) for each in within["errors"]] == [(3, 1)]


@pytest.mark.parametrize("table", ["unit", "position", "career_ladder"])
async def test_the_database_itself_keeps_codes_apart(org_sessions: Any, table: str) -> None:
    insert = text(f"INSERT INTO org.{table} (id, code, revision) VALUES (gen_random_uuid(), :code, 1)")  # noqa: S608 - of the test
    async with org_sessions.write() as session:
        await session.execute(insert, {"code": "CC1001"})
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(insert, {"code": "cc\u200b1oO\uff29"})


@pytest.mark.parametrize("code", ["CC1OO1", "ａdmin", "a\u200bb\u202ec", "ＯＩｌ", "straße", "li.ting-1_O"])
async def test_the_database_and_the_rules_read_a_code_alike(org_sessions: Any, code: str) -> None:
    async with org_sessions.read() as session:
        assert await session.scalar(text("SELECT org.skeleton(:code)"), {"code": code}) == skeleton(code)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王\u202e一", "U+202E"), ("王\u200b一", "U+200B"), ("王\ufeff一", "U+FEFF"), ("王\u2066一", "U+2066")],
)
async def test_a_name_with_an_invisible_character_is_refused_by_its_name(org: Clients, name: str, shown: str) -> None:
    refused = await org(Role.HR).post("/v1/org/employees", json={**PERSON, "number": "E1", "name": name})
    assert refused.status_code == 422
    (fault,) = refused.json()["errors"]
    assert (fault["pointer"], shown in fault["expected"]) == ("/name", True)


async def test_wide_and_unbreakable_spaces_in_a_name_become_plain_ones(org: Clients) -> None:
    made = await org(Role.HR).post(
        "/v1/org/employees", json={**PERSON, "number": "E1", "name": "\u3000欧阳\u3000一\u00a0"}
    )
    assert (await ok(made))["name"] == "欧阳 一"
