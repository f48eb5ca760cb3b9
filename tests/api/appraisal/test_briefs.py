"""The monthly brief of a unit: drafted, completed, signed as it was seen, archived unchangeable (APR-08)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.kit.identity import Role
from tests.builders.appraisal import Person, Quarter, measurement, scheme, section
from tests.builders.appraisal_company import Unlinked

pytestmark = pytest.mark.req("APR-08")


async def measured(quarter: Quarter) -> None:
    """A quarter with a form of the sales unit, whose figures of February are there on 3 March."""
    company = quarter.company
    await quarter.library()
    own = scheme("QU", units=["D12"], subject_kind="unit", sections=[section("w", "100", ("S01", "60"), ("S03", "40"))])
    own.pop("positions")
    await quarter.schemes(own)
    await quarter.opened()
    form = (await quarter.forms())["D12"]
    assert (await quarter.propose(company.chief, form["id"], {"S01": "1000", "S03": "8"})).status_code == 200
    await quarter.done(company.head, f"forms/{form['id']}/goals/agree")
    unit = {"subject_kind": "unit"}
    await quarter.measure(
        measurement("D12", "S01", "300", "2026-01-31", **unit),
        measurement("D12", "S01", "600", "2026-02-28", **unit),
        measurement("D12", "S03", "8.6", "2026-02-28", **unit),
    )
    quarter.clock.set(2026, 3, 3, 1)


async def test_last_months_brief_is_drafted_by_itself_completed_signed_and_archived(quarter: Quarter) -> None:
    company = quarter.company
    await measured(quarter)
    incident = {"level": "general", "description": "x"}
    for month, day, title in ((2, 20, "二月投诉"), (3, 3, "三月投诉")):
        quarter.clock.set(2026, month, day, 1)
        for unit, what in ((company.sales, title), (company.brand, f"品牌{title}")):
            about = {"unit_id": str(unit.id), "title": what, "occurred_at": f"2026-{month:02}-02T00:00:00Z"}
            await quarter.done(company["E101"], "incidents", {**incident, **about})
    await quarter.follow("follow_obligations")
    await quarter.follow("follow_obligations")
    (brief,) = await quarter.all(company.head, "briefs")
    path = f"briefs/{brief['id']}"
    assert (brief["month"], brief["head_name"], brief["state"]) == ("2026-02", "name of E100", "drafted")
    lines = {line["code"]: line for line in brief["indicators"]}
    assert [lines["S01"][name] for name in ("actual", "so_far", "target", "attainment", "gap")] == [
        "600", "900", "1000", "90.00", "-100",
    ]  # fmt: skip
    assert (lines["S03"]["attainment"], lines["S03"]["unattained"]) == ("92.50", None)
    assert {each["owner_name"] for each in brief["obligations"]} == {"name of E100"}
    assert len(brief["obligations"]) == 2
    assert all("二月投诉" in each["title"] and each["open_at_end"] for each in brief["obligations"])
    [task] = await quarter.all(company.head, "my/tasks", kind="brief.sign")
    assert task["due_at"] == "2026-03-05T16:00:00Z"
    early = await quarter.post(company.head, f"{path}/sign", {})
    assert (early.status_code, early.json()["code"]) == (422, "brief_incomplete")
    edited = await edit(quarter, path, {"analysis": "春节影响", "measures": "复盘投放"})
    assert (edited["measures"], edited["revision"]) == ("复盘投放", 2)
    stale = await quarter.post(company.head, f"{path}/sign", {}, seen='"1"')
    assert stale.status_code == 412
    signed = await quarter.done(company.head, f"{path}/sign", {})
    assert (signed["state"], signed["signature"]["name"]) == ("signed", "name of E100")
    assert await quarter.all(company.head, "my/tasks", kind="brief.sign") == []
    for action, body in (("sign", {}), ("refresh", None)):
        answer = await quarter.post(company.head, f"{path}/{action}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "brief_archived")
        assert "已由name of E100于 2026-03-03 09:00 签署归档" in answer.json()["title"]
    page = await quarter.read(company.hr, f"{path}/page")
    assert page["indicators"][0][1:] == ["600", "900", "1,000", "-100", "90.00%"]
    files = [await quarter.get(company.hr, f"{path}/brief.pdf") for _ in range(2)]
    assert files[0].content.startswith(b"%PDF")
    assert files[0].content == files[1].content
    for statement in (
        "UPDATE signed_brief SET content = ''", "DELETE FROM signed_brief",
        "UPDATE brief SET measures = ''", "UPDATE brief SET state = 'drafted'", "DELETE FROM brief",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with quarter.sessions.write() as session:
                await session.execute(text(statement))


async def edit(quarter: Quarter, path: str, body: dict[str, Any], by: Person | None = None) -> Any:
    """Complete a brief as its head."""
    headers = {"If-Match": await quarter.revision(path)}
    api = quarter.api((by or quarter.company.head).caller)
    return (await api.patch(f"/v1/appraisal/{path}", json=body, headers=headers)).json()


@pytest.mark.req("PLT-03")
async def test_somebody_else_than_the_head_signs_with_a_reason_and_strangers_see_nothing(quarter: Quarter) -> None:
    company = quarter.company
    await measured(quarter)
    body = {"unit_id": str(company.sales.id), "month": "2026-02"}
    for stranger in (company.other_head, company["E101"], replace(company.hr2, over=company.brand.id)):
        refused = await quarter.post(stranger, "briefs", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity")
        assert "name of E100" in refused.json()["title"]
    nowhere = await quarter.post(company.hr, "briefs", {**body, "unit_id": str(company.sales.id)[:-12] + "0" * 12})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unit_unknown")
    running = await quarter.post(company.head, "briefs", {**body, "month": "2026-03"})
    assert (running.status_code, running.json()["code"]) == (409, "month_not_over")
    brief = await quarter.done(company.hr, "briefs", body)
    twice = await quarter.post(company.head, "briefs", body)
    assert (twice.status_code, twice.json()["code"]) == (409, "brief_exists")
    path = f"briefs/{brief['id']}"
    assert (await quarter.get(company.other_head, path)).status_code == 404
    await edit(quarter, path, {"measures": "复盘投放"})
    reader = Person("E900", company.group, "OTHER", company.chief, (Role.AUDITOR,))
    assert (await quarter.get(reader, path)).status_code == 200
    refused = await quarter.post(reader, f"{path}/sign", {"reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity")
    refused = await quarter.post(reader, "briefs", {**body, "month": "2026-01"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity")
    quarter.clock.set(2026, 2, 20, 1)
    incident = {"unit_id": str(company.team.id), "level": "general", "title": "投诉", "description": "x"}
    await quarter.done(company["E101"], "incidents", {**incident, "occurred_at": "2026-02-02T00:00:00Z"})
    quarter.clock.set(2026, 3, 3, 1)
    headless = await quarter.done(company.hr, "briefs", {**body, "unit_id": str(company.team.id)})
    owed = (await quarter.read(company.hr, f"briefs/{headless['id']}/page"))["open_rows"]
    assert {owner for _, owner, _ in owed} == {"人力资源"}  # nobody heads the team
    nobody = Unlinked("E901", company.group, "X", None, (Role.HR,), company.brand.id)
    assert (await quarter.get(nobody, f"briefs/{headless['id']}")).status_code == 404
    without = await quarter.post(company.chief, f"{path}/sign", {})
    assert (without.status_code, without.json()["code"]) == (422, "reason_needed")
    signed = await quarter.done(company.chief, f"{path}/sign", {"reason": "部门负责人休假"})
    assert signed["signature"]["reason"] == "部门负责人休假"
    assert "部门负责人休假" in (await quarter.read(company.hr, f"{path}/page"))["signature"]


async def test_of_two_signatures_at_once_one_counts_and_figures_can_be_taken_anew_before(live: Quarter) -> None:
    company = live.company
    await measured(live)
    brief = await live.done(company.hr, "briefs", {"unit_id": str(company.sales.id), "month": "2026-02"})
    path = f"briefs/{brief['id']}"
    correction = measurement("D12", "S01", "700", "2026-02-28", subject_kind="unit", external_id="new")
    await live.measure({**correction, "corrects": "D12-S01-2026-02-28"})
    fresh = await live.done(company.head, f"{path}/refresh")
    assert fresh["indicators"][0]["actual"] == "700"
    await edit(live, path, {"measures": "复盘投放"})
    seen = await live.revision(path)
    both = await asyncio.gather(
        live.post(company.head, f"{path}/sign", {}, seen=seen),
        live.post(company.chief, f"{path}/sign", {"reason": "代签"}, seen=seen),
    )
    assert sorted(answer.status_code for answer in both) == [200, 412]


@pytest.mark.req("ORG-09", "PLT-02", "PLT-03")
async def test_whom_the_head_delegated_to_signs_on_the_heads_behalf_while_that_lasts(quarter: Quarter) -> None:
    company = quarter.company
    await measured(quarter)
    deputy, kind = company["E101"], {"kind": "brief.sign_for_head"}
    company.delegates(company.head, deputy, company.group, "2026-03-02", "2026-03-04")
    company.delegates(company.head, company["E102"], company.brand, "2026-03-02", "2026-03-04")  # another unit
    company.delegates(company.head, deputy, company.brand, "2026-03-01", "2026-03-09")  # elsewhere, and longer
    company.delegates(company.other_head, company["E103"], company.sales, "2026-03-02", "2026-03-04")  # not the head
    company.delegates(company.head, company["E201"], company.group, "2026-03-02", "2026-03-04", limit="0.00")
    await quarter.follow("follow_obligations")
    (brief,) = await quarter.all(company.head, "briefs")
    path = f"briefs/{brief['id']}"
    assert (await quarter.get(deputy, path)).status_code == 404  # not told yet
    for _ in range(2):
        await quarter.follow("follow_delegations")
        (task,) = await quarter.all(deputy, "my/tasks", **kind)
    assert task["link"].endswith(path)
    assert (task["title"], task["due_at"]) == ("代负责人签署D12 2026 年 2 月简报", "2026-03-05T16:00:00Z")
    assert [each["id"] for each in await quarter.all(deputy, "briefs")] == [brief["id"]]
    for stranger in (company["E102"], company["E103"], company["E201"]):
        assert (await quarter.get(stranger, path)).status_code == 404
        assert await quarter.all(stranger, "my/tasks", **kind) == await quarter.all(stranger, "briefs") == []
    edited = await edit(quarter, path, {"measures": "复盘投放"}, by=deputy)
    assert edited["measures"] == "复盘投放"

    quarter.clock.set(2026, 3, 5, 1)  # the delegation has ended
    assert (await quarter.post(deputy, f"{path}/sign", {})).status_code == 404
    await quarter.follow("follow_delegations")
    assert await quarter.all(deputy, "my/tasks", **kind) == []
    company.delegates(company.head, deputy, company.sales, "2026-03-05", "2026-03-06")
    await quarter.follow("follow_delegations")
    signed = await quarter.done(deputy, f"{path}/sign", {})
    signature = signed["signature"]
    assert (signature["name"], signature["on_behalf_of"], signature["reason"]) == ("name of E101", "name of E100", None)
    assert (await quarter.read(deputy, f"{path}/page"))["signature"].endswith("（受name of E100委托代签）")
    assert await quarter.all(deputy, "my/tasks", **kind) == []
    async with quarter.sessions.read() as session:
        content = str(await session.scalar(text("SELECT content FROM signed_brief")))
    assert '"on_behalf_of":"name of E100"' in content
