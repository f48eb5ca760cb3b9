"""Accounts in bulk: by file, tried out first, then all or nothing; roles wait for a second administrator (ORG-14)."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.kit.files.routes import CSV, XLSX
from services.kit.files.sheets import SheetForm
from services.kit.files.writing import write_csv
from services.kit.identity import Role
from services.org.exchange.domain.account_file import ACCOUNT_SHEET
from tests.builders.accounts import ACCEPT, ACCOUNTS, ASSIGNMENTS, PASSWORD, sign_in
from tests.builders.org import Organisation, ok, small_company
from tests.clients import Clients
from tests.identities import person

pytestmark = pytest.mark.req("ORG-12", "ORG-14", "PLT-06")
FORM: SheetForm[Any] = ACCOUNT_SHEET
IMPORTS = f"{ACCOUNTS}/imports"

GOOD = [
    ("wei.wang", None, "E2", "人力资源", "S"),
    ("wei.wang", None, "E2", "薪酬管理", None),
    ("na.li", "李娜", "E3", None, None),
    ("outside.audit", "外部审计", None, "审计", None),
]


def csv(*rows: tuple[object, ...]) -> bytes:
    return write_csv([column.header for column in FORM.columns], rows)  # type: ignore[arg-type]  # rows of cells


async def send(client: httpx2.AsyncClient, data: bytes, kind: str = CSV, **asked: str) -> httpx2.Response:
    return await client.post(IMPORTS, content=data, params=asked, headers={"Content-Type": kind})


async def faults(client: httpx2.AsyncClient, *rows: tuple[object, ...]) -> list[tuple[int, str | None]]:
    """Row and column of everything that a dry run finds."""
    tried = await ok(await send(client, csv(*rows), dry_run="true"))
    assert tried["error_count"] == len(tried["errors"])
    return [(each["row"], each["column"]) for each in tried["errors"]]


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


@pytest.fixture
async def second(signing: Clients, administrator: httpx2.AsyncClient) -> httpx2.AsyncClient:
    return signing.bearing((await sign_in(signing, "second.administrator"))["access_token"])


async def test_a_file_is_tried_out_taken_over_and_its_roles_are_released_together(
    company: Organisation, org: Clients, signing: Clients, administrator: httpx2.AsyncClient, second: httpx2.AsyncClient
) -> None:
    tried = await ok(await send(administrator, csv(*GOOD), dry_run="true"))
    assert (tried["created"], tried["roles_proposed"], tried["import_id"], tried["invitations"]) == (3, 3, None, [])
    assert (await ok(await administrator.get(ACCOUNTS, params={"q": "wang"})))["items"] == []
    done = await ok(await send(administrator, csv(*GOOD)))
    assert (done["created"], done["changed"], done["unchanged"], done["roles_proposed"]) == (3, 0, 0, 3)
    assert [(each["login"], each["name"]) for each in done["invitations"]] == [
        ("wei.wang", "员工E2"),
        ("na.li", "李娜"),
        ("outside.audit", "外部审计"),
    ]
    again = await ok(await send(administrator, csv(*GOOD)))
    assert (again["created"], again["changed"], again["unchanged"], again["import_id"]) == (0, 0, 3, None)

    proposed = {"state": "proposed", "import_id": done["import_id"]}
    seen = (await ok(await second.get(ASSIGNMENTS, params=proposed)))["items"]
    assert {(each["account_login"], each["role"], each["unit_code"]) for each in seen} == {
        ("wei.wang", "hr", "S"),
        ("wei.wang", "compensation", None),
        ("outside.audit", "auditor", None),
    }
    early = await _release(second, seen)
    assert (early.status_code, early.json()["code"]) == (409, "roles_not_released")
    assert [each["pointer"] for each in early.json()["errors"]] == ["/items/0", "/items/1", "/items/2"]
    for each in done["invitations"]:
        await ok(await signing.stranger().post(ACCEPT, json={"token": each["token"], "password": PASSWORD}))
    stale = await _release(second, seen)
    assert stale.status_code == 409, "the accounts have got their owners since"
    seen = (await ok(await second.get(ASSIGNMENTS, params=proposed)))["items"]
    own = await _release(administrator, seen)
    assert (own.status_code, len(own.json()["errors"])) == (409, 3)
    attempts = {"action": "access.refused", "resource": "role_assignment"}
    lines = (await ok(await org(Role.AUDITOR).get("/v1/org/audit_entries", params=attempts)))["items"]
    assert [(line["actor_name"], line["after"]["code"]) for line in lines] == [
        ("系统管理员", "second_person_needed")
    ] * 3
    assert {line["resource_id"] for line in lines} == {each["id"] for each in seen}
    released = await ok(await _release(second, seen))
    assert {each["state"] for each in released["items"]} == {"released"}
    me = signing.bearing((await sign_in(signing, "wei.wang"))["access_token"])
    assert sorted((await ok(await me.get("/v1/org/me")))["roles"]) == ["compensation", "employee", "hr"]


async def _release(client: httpx2.AsyncClient, seen: list[dict[str, Any]]) -> httpx2.Response:
    body = {"items": [{"id": each["id"], "revision": each["revision"]} for each in seen]}
    return await client.post(f"{ASSIGNMENTS}/release", json=body)


@pytest.mark.parametrize(("format_", "kind"), [("xlsx", XLSX), ("csv", CSV)])
async def test_what_is_exported_imports_again_with_nothing_changed(
    format_: str, kind: str, company: Organisation, org: Clients, administrator: httpx2.AsyncClient
) -> None:
    await ok(await send(administrator, csv(*GOOD)))
    auditor = org(person(Role.AUDITOR))
    exported = (await auditor.get(f"{ACCOUNTS}/exports", params={"format": format_})).content
    done = await ok(await send(administrator, exported, kind))
    assert (done["created"], done["changed"], done["unchanged"], done["error_count"]) == (0, 0, 5, 0)
    assert (await auditor.get(f"{ACCOUNTS}/exports", params={"format": format_})).content == exported
    assert b"argon2" not in exported
    assert (await send(auditor, exported, kind)).status_code == 403


async def test_a_file_names_links_and_adds_roles_to_accounts_that_are_there_and_takes_nothing_away(
    company: Organisation, org: Clients, administrator: httpx2.AsyncClient
) -> None:
    await ok(await send(administrator, csv(("na.li", "李娜", None, "审计", None), *GOOD[:1])))
    more = csv(("na.li", "李娜娜", "E3", "财务", None), ("wei.wang", None, None, None, None))
    done = await ok(await send(administrator, more))
    assert (done["created"], done["changed"], done["unchanged"], done["roles_proposed"]) == (0, 1, 1, 1)
    [account] = (await ok(await administrator.get(ACCOUNTS, params={"login": "na.li"})))["items"]
    assert (account["name"], account["employee_number"]) == ("李娜娜", "E3")
    assert sorted(each["role"] for each in account["role_assignments"]) == ["auditor", "finance"]
    none = csv(("na.li", None, None, "员工", None))
    assert (await ok(await send(administrator, none)))["unchanged"] == 1
    one_more = ("na.li", None, None, "薪酬管理", None)
    own = org(person(Role.ADMINISTRATOR, employee_id=UUID(company.ids["E3"])))
    assert await faults(own, one_more) == [(2, "角色")]
    done = await ok(await send(administrator, csv(one_more)))
    assert (done["changed"], done["roles_proposed"]) == (1, 1)


async def test_every_wrong_cell_is_named_and_nothing_is_stored(
    company: Organisation, administrator: httpx2.AsyncClient
) -> None:
    await ok(await send(administrator, csv(*GOOD)))
    wrong = [
        ("Wei.Wang", None, None, None, None),  # looks like one that is there
        ("na.li", "李娜", "E4", None, None),  # is the account of E3
        ("new.one", "新一", "E2", None, None),  # E2 has another account
        ("new.two", "新二", "E99", "审计", "NIRGENDS"),
        ("new.three", "新三", "E5", None, "S"),
        ("new.three", "新三三", "E5", "审计", None),
        ("new.three", "新三", "E5", "审计", None),
        ("new.four", None, "E5", "直接上级", None),
        ("administrator", None, None, "财务", None),
    ]
    assert await faults(administrator, *wrong) == [
        (9, "角色"),
        (2, "登录名"),
        (3, "工号"),
        (4, "工号"),
        (5, "工号"),
        (5, "范围单元编码"),
        (6, "范围单元编码"),
        (7, "姓名"),
        (8, "角色"),
        (10, "角色"),
    ]
    refused = await send(administrator, csv(*wrong))
    assert (refused.status_code, refused.json()["code"]) == (422, "cells_refused")
    assert (await send(administrator, csv(*GOOD), "text/plain")).status_code == 415
    assert (await ok(await administrator.get(ACCOUNTS, params={"q": "new."})))["items"] == []


async def test_the_template_says_what_each_column_holds(org: Clients) -> None:
    for language, word in (("zh", "登录名"), ("en", "Login")):
        answer = await org(Role.AUDITOR).get(f"{IMPORTS}/template", headers={"Accept-Language": language})
        assert answer.headers["content-type"] == XLSX, word
    assert (await org(Role.HR).get(f"{IMPORTS}/template")).status_code == 403
