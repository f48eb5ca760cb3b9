"""Files that are no workbook, and people who may not import (ORG-14)."""

from typing import Any

import pytest

from services.kit.files.writing import SheetContent, write_workbook
from services.kit.identity import Role
from tests.api.org.test_imports import UNITS, csv, send, workbook
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
