"""Rows of files and deliveries about other units' subjects leave a line in the trail, like single attempts (PLT-04)."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.appraisal.tracking.usecases.measurement_files import FORM
from services.kit.files.routes import XLSX
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value, write_workbook
from services.kit.identity import Role
from tests.api.appraisal import test_goal_loading as goal_files
from tests.api.appraisal import test_scheme_files as scheme_files
from tests.api.test_audit_trail import trail
from tests.builders.appraisal import BASE, Quarter, measurement
from tests.builders.appraisal_company import Person

pytestmark = pytest.mark.req("PLT-03", "PLT-04", "PLT-06")
NOWHERE = str(UUID(int=0))


async def attempts(quarter: Quarter, who: Person) -> list[tuple[str, str, dict[str, Any]]]:
    """What somebody was refused, in the order in which they tried."""
    found = await trail(quarter.api, action="access.refused", actor_id=str(who.caller.account_id))
    lines = sorted(found, key=lambda line: (line["done_at"], line["id"]))
    return [(line["resource"], line["resource_id"], line["after"]) for line in lines]


@pytest.mark.req("APR-06")
async def test_measurements_of_other_units_are_refused_by_row_and_each_subject_is_in_the_trail(
    quarter: Quarter,
) -> None:
    await quarter.ready()
    company, route = quarter.company, "/v1/appraisal/measurements"
    local = Person("E900", company.sales, "HR", company.head, (Role.HR,), over=company.sales.id)
    foreign = measurement("E201", "S01", "5")
    answer = await quarter.measure(measurement("E101", "S01", "5"), foreign, {**foreign, "external_id": "2"}, who=local)
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (
        422, ["/2/subject", "/3/subject"],
    )  # fmt: skip
    refused = {"code": "subject_beyond_scope", "subject_code": "E201"}
    line = ("employee", NOWHERE, {"method": "POST", "route": route, **refused})
    assert await attempts(quarter, local) == [line]
    rows: list[list[Value]] = [["员工", "E201", "S01", 5, date(2026, 1, 31), "CRM", "X-1", None]]
    data = write_workbook([SheetContent("实绩", headers(FORM, "zh"), rows)])
    client = quarter.api(local.caller)
    sent = {"content": data, "headers": {"Content-Type": XLSX}}
    tried = await client.post(f"{BASE}/measurements", params={"dry_run": "true"}, **sent)  # type: ignore[arg-type]  # the same arguments twice
    assert (tried.status_code, len(tried.json()["errors"])) == (200, 1)
    assert (await client.post(f"{BASE}/measurements", **sent)).status_code == 422  # type: ignore[arg-type]  # the same arguments twice
    assert await attempts(quarter, local) == [line, ("employee", NOWHERE, {"dry_run": True, **refused}), line]
    assert (await quarter.measure(measurement("E101", "S01", "5"), who=local)).status_code == 200
    assert len(await attempts(quarter, local)) == 3  # of what is theirs there is no such line
    assert await attempts(quarter, company.hr) == []


@pytest.mark.req("APR-05")
async def test_a_file_of_goals_leaves_a_line_for_each_form_that_is_hidden_or_only_read(quarter: Quarter) -> None:
    await goal_files.opened(quarter)
    company, route = quarter.company, "/v1/appraisal/imports/goals"
    data = goal_files.workbook(goal_files.row("E101", "S01", 1), goal_files.row("E201", "S01", 5))
    hidden = {"code": "no_form", "subject_code": "E201"}
    await goal_files.sent(quarter, company.head, data, dry_run="true")
    assert (await goal_files.sent(quarter, company.head, data)).status_code == 422
    assert await attempts(quarter, company.head) == [
        ("form", NOWHERE, {"dry_run": True, **hidden}),
        ("form", NOWHERE, {"method": "POST", "route": route, **hidden}),
    ]
    form = (await quarter.forms())["E101"]["id"]
    above = await goal_files.sent(quarter, company.chief, goal_files.workbook(goal_files.row("E101", "S01", 5)))
    assert above.status_code == 422
    read = {"method": "POST", "route": route, "code": "not_in_this_capacity", "subject_code": "E101"}
    assert await attempts(quarter, company.chief) == [("form", form, read)]


@pytest.mark.req("APR-02")
async def test_a_file_of_schemes_for_other_units_positions_leaves_a_line_for_each_scheme(quarter: Quarter) -> None:
    await quarter.library()
    await scheme_files.places_known(quarter)
    brand = replace(quarter.company.hr, over=quarter.company.brand.id)
    items = [scheme_files.item("QE-NEW", "S01", "100")]
    data = scheme_files.workbook([scheme_files.HEAD], [["QE-NEW", "REP"]], items)
    tried = await scheme_files.sent(quarter, brand, data, dry_run="true")
    assert (tried.status_code, len(tried.json()["errors"])) == (200, 1)
    assert (await scheme_files.sent(quarter, brand, data)).status_code == 422
    refused = {"code": "subjects_not_yours", "subject_code": "QE-NEW"}
    route = {"method": "POST", "route": "/v1/appraisal/imports/schemes"}
    assert await attempts(quarter, brand) == [
        ("scheme", NOWHERE, {"dry_run": True, **refused}), ("scheme", NOWHERE, {**route, **refused}),
    ]  # fmt: skip
    assert await quarter.all(quarter.company.hr, "schemes") == []
