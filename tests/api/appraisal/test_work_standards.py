"""Work standards of role documents open obligations on their schedule and after events (APR-07)."""

from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from services.appraisal.clients.org import OrgClient, StandardLine
from services.kit.access.clients import Refused, ServiceClient
from services.kit.identity import Role
from tests.builders.appraisal import Quarter
from tests.builders.appraisal_company import Unlinked, id_of
from tests.builders.incentive_quarter import FixedToken

pytestmark = pytest.mark.req("APR-07", "ORG-03")


def line(subject: str, code: str, deadline: dict[str, Any], metric: str = "月度经营分析报告") -> StandardLine:
    """A standard as org tells it."""
    texts = {"duty": {"zh": "编制经营分析", "en": "Analyse"}, "metric": {"zh": metric, "en": f"{metric} in English"}}
    return StandardLine(
        document_id=id_of(f"document {code}"), place=metric, subject=subject, code=code, deadline=deadline, **texts
    )  # type: ignore[arg-type]  # what org writes


BY_THE_FIFTH = {"kind": "day_of_period", "every": "month", "nth": 5, "counting": "calendar"}
DRILL = {"kind": "each_period", "every": "quarter", "step": 1}
REVIEW = {
    "kind": "around_event", "event": {"zh": "项目结束", "en": "end of the project"}, "amount": 7,
    "measure": "working_days", "side": "after",
}  # fmt: skip
DAILY = {"kind": "on_weekdays", "days": ["monday"]}


async def test_standards_are_read_of_positions_and_units_and_only_what_is_not_in_force_yet_is_passed_over() -> None:
    standard = {"metric": {"zh": "月报", "en": "Report"}, "deadline": DRILL}
    duty = {"code": "D1", "text": {"zh": "经营", "en": "Run"}, "standards": [standard]}
    codes = {"1": ("REP", None), "2": (None, "D12"), "3": ("NEW", None)}
    listed = [
        {"id": str(id_of(each)), "subject": "unit" if unit else "position", "position_code": code, "unit_code": unit}
        for each, (code, unit) in codes.items()
    ]

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("role_documents"):
            return httpx2.Response(200, json={"items": listed, "next": None})
        if request.url.path.endswith(str(id_of("3"))):
            return httpx2.Response(refusal, json={"code": "role_document_unknown"})
        return httpx2.Response(200, json={"content": {"duties": [duty]}})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        org = OrgClient(ServiceClient("org", "http://org.test", http=http, tokens=FixedToken()))
        refusal = 404
        assert [each.code async for each in org.standards()] == ["REP", "D12"]
        refusal = 403
        with pytest.raises(Refused):
            [each async for each in org.standards()]


async def told(quarter: Quarter, *lines: StandardLine) -> None:
    """A cycle that knows who sits where, and what org tells on 3 March."""
    await quarter.ready()
    quarter.clock.set(2026, 3, 3, 1)
    quarter.company.told = list(lines)
    await quarter.follow("follow_standards")


def of(found: Sequence[dict[str, Any]], start: str) -> dict[str, Any]:
    """The one whose title has this in it."""
    (one,) = [each for each in found if start in each["title"]]
    return one


async def test_a_schedule_opens_what_is_owed_once_in_each_period(quarter: Quarter) -> None:
    company = quarter.company
    await told(
        quarter,
        line("unit", "D12", BY_THE_FIFTH),
        line("unit", "D12", DRILL, "季度应急演练"),
        line("position", "BRAND", DAILY, "周例会"),
        line("position", "REP", BY_THE_FIFTH, "客户拜访记录"),
    )
    found = await quarter.all(company.head, "obligations", owner_id=str(company.head.id))
    report, drill = of(found, "月度经营分析报告"), of(found, "季度应急演练")
    assert (report["due_at"], report["demand"], report["origin"]) == (
        "2026-03-05T16:00:00Z",
        "work_standard",
        "standard",
    )
    assert drill["due_at"] == "2026-03-31T16:00:00Z"
    assert {each["owner_name"] for each in await quarter.all(company.hr, "obligations")} == {
        "name of E100", "name of E101", "name of E102", "name of E103",
    }  # fmt: skip
    await quarter.follow("follow_standards")
    assert len(await quarter.all(company.hr, "obligations")) == 5
    quarter.clock.set(2026, 4, 1, 1)
    await quarter.follow("follow_standards")
    found = await quarter.all(company.hr, "obligations", owner_id=str(company.head.id))
    assert [each["due_at"] for each in found if "月度" in each["title"]] == [
        "2026-03-05T16:00:00Z", "2026-04-05T16:00:00Z",
    ]  # fmt: skip
    await quarter.done(company.head, f"obligations/{report['id']}/submit", {"submission": "见附件"})
    returned = await quarter.done(company.chief, f"obligations/{report['id']}/return", {"reason": "补充数据"})
    assert (returned["due_at"], returned["late"]) == ("2026-03-05T16:00:00Z", True)


async def test_an_event_opens_what_is_owed_after_it_for_every_holder_once(quarter: Quarter) -> None:
    company = quarter.company
    headless = line("unit", "T121", REVIEW, "班组复盘")
    await told(quarter, line("position", "REP", REVIEW, "复盘会"), line("unit", "D12", BY_THE_FIFTH), headless)
    standards = {each["metric"]: each for each in await quarter.all(company.head, "work_standards")}
    path = f"work_standards/{standards['复盘会']['id']}/events"
    body = {"occurred_at": "2026-03-02T02:00:00Z"}
    assert (await quarter.done(company["E101"], path, body))["opened"] == 3
    assert (await quarter.done(company.head, path, body))["opened"] == 0
    assert (await quarter.done(company.hr, path, body))["opened"] == 0
    (owed,) = await quarter.all(company["E102"], "obligations")
    assert owed["due_at"] == "2026-03-11T16:00:00Z"  # seven working days after Monday, 2 March
    team = next(each["id"] for each in await quarter.all(company.hr, "work_standards") if each["metric"] == "班组复盘")
    for who, where, when, code in (
        (
            Unlinked("E901", company.group, "X", None, (Role.HR,), company.brand.id),
            f"work_standards/{team}/events",
            body,
            "not_in_this_capacity",
        ),
        (company["E201"], path, body, "not_in_this_capacity"),
        (company.head, path, {"occurred_at": "2026-03-09T02:00:00Z"}, "incident_occurs_later"),
        (company.head, f"work_standards/{standards['月度经营分析报告']['id']}/events", body, "not_after_an_event"),
        (company.head, f"work_standards/{company.hr.id}/events", body, "no_work_standard"),
    ):
        assert (await quarter.post(who, where, when)).json()["code"] == code


async def test_daily_and_weekly_standards_and_those_before_an_event_are_owed_too(quarter: Quarter) -> None:
    company = quarter.company
    before = {**REVIEW, "event": {"zh": "大促", "en": "campaign"}, "side": "before"}
    tuesdays = {"kind": "on_weekdays", "days": ["tuesday", "friday"]}
    await told(
        quarter,
        line("unit", "D12", {"kind": "each_period", "every": "day", "step": 1}, "日报"),
        line("unit", "D12", {"kind": "each_period", "every": "week", "step": 2}, "双周复盘"),
        line("unit", "D12", tuesdays, "例会纪要"),
        line("position", "REP", before, "备货检查"),
    )

    async def owed() -> set[tuple[str, str]]:
        found = await quarter.all(company.head, "obligations", owner_id=str(company.head.id))
        return {(each["title"].partition("：")[2], each["due_at"][:10]) for each in found}

    first = {
        ("日报（2026 年 3 月 3 日）", "2026-03-03"),
        ("双周复盘（2026 年 3 月 2 日至 2026 年 3 月 15 日）", "2026-03-13"),
        ("例会纪要（2026 年 3 月 3 日）", "2026-03-03"),
    }
    assert await owed() == first
    quarter.clock.set(2026, 3, 4, 1)
    await quarter.follow("follow_standards")
    assert await owed() == {*first, ("日报（2026 年 3 月 4 日）", "2026-03-04")}
    quarter.clock.set(2026, 3, 7, 1)
    await quarter.follow("follow_standards")
    assert await owed() == {*first, ("日报（2026 年 3 月 4 日）", "2026-03-04")}
    [standard] = [each for each in await quarter.all(company.head, "work_standards") if each["metric"] == "备货检查"]
    assert standard["deadline"]["kind"] == "before_event"
    body = {"occurred_at": "2026-03-20T02:00:00Z"}
    assert (await quarter.done(company.head, f"work_standards/{standard['id']}/events", body))["opened"] == 3
    [check] = await quarter.all(company["E101"], "obligations")
    assert check["due_at"] == "2026-03-11T16:00:00Z"
    await quarter.done(company["E101"], f"obligations/{check['id']}/submit", {"submission": "已检查"})
    returned = await quarter.done(company.head, f"obligations/{check['id']}/return", {"reason": "缺照片"})
    assert returned["due_at"] == "2026-03-11T16:00:00Z"


async def test_hr_lets_somebody_else_owe_it_with_a_reason(quarter: Quarter) -> None:
    company = quarter.company
    await told(quarter, line("unit", "D12", BY_THE_FIFTH))
    [report] = await quarter.all(company.head, "obligations")
    path, kind = f"obligations/{report['id']}", "obligation.submit"
    body = {"owner_id": str(company["E101"].id), "reason": "负责人出差"}
    for who, given, status, code in (
        (company.head, body, 403, "role_missing"),
        (company.hr, {**body, "owner_id": str(company.head.id)}, 422, "obligation_owner_invalid"),
        (company.hr, {**body, "owner_id": report["id"]}, 422, "obligation_owner_invalid"),
    ):
        answer = await quarter.post(who, f"{path}/assign", given)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    stale = await quarter.post(company.hr, f"{path}/assign", body, seen='"9"')
    assert stale.status_code == 412
    found = await quarter.done(company.hr, f"{path}/assign", body)
    assert (found["owner_name"], found["due_at"], found["revision"]) == ("name of E101", report["due_at"], 2)
    assert await quarter.all(company.head, "my/tasks", kind=kind) == []
    assert len(await quarter.all(company["E101"], "my/tasks", kind=kind)) == 1
    handed_in = await quarter.done(company["E101"], f"{path}/submit", {"submission": "见附件"})
    assert handed_in["submitted_by_name"] == "name of E101"
    late = await quarter.post(company.hr, f"{path}/assign", {**body, "owner_id": str(company["E102"].id)})
    assert (late.status_code, late.json()["code"]) == (409, "transition_not_possible")
    assert (await quarter.done(company.head, f"{path}/accept", {}))["state"] == "accepted"
