"""Files that are no workbook, people who may not import, and what a file cannot end (ORG-14)."""

from datetime import date
from typing import Any

import pytest

from services.kit.files.writing import SheetContent, write_workbook
from services.kit.identity import Role
from tests.api.org.test_imports import ASSIGNMENTS, EMPLOYEES, POSITIONS, UNITS, changed, csv, send, workbook
from tests.builders.org import ok
from tests.clients import Clients
from tests.identities import person

pytestmark = pytest.mark.req("ORG-14", "PLT-06")


async def test_something_that_is_no_workbook_is_refused_clearly(org: Clients) -> None:
    hr = org(Role.HR)
    renamed = await send(hr, b"PK\x03\x04 not really")
    assert (renamed.status_code, renamed.json()["code"]) == (400, "not_a_workbook")
    picture = await send(hr, b"...", "image/png")
    assert picture.status_code == 415
    unnamed = await send(hr, csv("units", UNITS), "text/csv")
    assert unnamed.status_code == 415
    other_sheet = write_workbook([SheetContent("工资", ["工号", "工资"], [("E1", 1)])])
    assert (await send(hr, other_sheet)).json()["code"] == "cells_refused"


@pytest.mark.req("PLT-03")
async def test_only_hr_of_the_whole_organisation_imports(org: Clients, org_sessions: Any) -> None:
    await ok(await send(org(Role.HR), workbook()))
    (unit,) = (await ok(await org(Role.HR).get("/v1/org/units", params={"code": "S"})))["items"]
    local = org(person(Role.HR, over=unit["id"]))
    assert (await send(local, workbook())).status_code == 403
    assert (await send(local, workbook(), dry_run="true")).status_code == 403
    assert (await local.get("/v1/org/exports")).status_code == 403
    assert (await send(org(Role.ADMINISTRATOR), workbook())).status_code == 403
    assert (await org(Role.AUDITOR).get("/v1/org/exports")).status_code == 200


async def test_a_unit_still_in_use_cannot_be_ended_by_a_file(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    ended = csv("units", changed(UNITS, 3, 8, date(2026, 3, 31))[1:])
    report = await ok(await send(hr, ended, "text/csv", dry_run="true", sheet="units"))
    assert [(fault["row"], fault["column"]) for fault in report["errors"]][:1] == [(2, "失效日期")]


async def test_somebody_with_a_running_assignment_does_not_leave_by_a_file(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    gone = csv("employees", changed(EMPLOYEES, 4, 5, date(2026, 3, 31))[2:])
    report = await ok(await send(hr, gone, "text/csv", dry_run="true", sheet="employees"))
    assert [(fault["row"], fault["column"]) for fault in report["errors"]] == [(2, "离职日期")]
    both = workbook(
        employees=changed(EMPLOYEES, 4, 5, date(2026, 3, 31)),
        assignments=changed(ASSIGNMENTS, 5, 4, date(2026, 3, 31)),
    )
    done = await ok(await send(hr, both))
    assert (done["employees"], done["assignments"]) == ({"created": 0, "changed": 1}, {"created": 0, "changed": 1})


async def test_a_position_that_somebody_still_holds_is_not_ended_by_a_file(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    ended = csv("positions", changed(POSITIONS, 4, 9, date(2026, 3, 31))[2:])
    report = await ok(await send(hr, ended, "text/csv", dry_run="true", sheet="positions"))
    assert [(fault["row"], fault["column"]) for fault in report["errors"]] == [(2, "失效日期")]
