"""Goals: agreed by both sides, complete, and changed only with a reason and the manager's consent."""

import httpx2
import pytest

from services.appraisal.cycles.usecases import cycles
from tests.builders.appraisal import BASE, Quarter

TARGETS = {"S01": "2000000", "S03": "8"}


async def form_of(quarter: Quarter, code: str = "E101") -> str:
    """An open cycle; the form of somebody."""
    await quarter.library()
    await quarter.schemes()
    await quarter.opened()
    found: str = (await quarter.forms())[code]["id"]
    return found


@pytest.mark.req("APR-05")
async def test_goals_go_from_proposal_over_counter_to_agreement(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    proposed = await quarter.propose(company.head, form, TARGETS)
    assert (proposed.json()["state"], proposed.json()["missing_parts"]) == ("proposed", {})
    own = await quarter.post(company.head, f"forms/{form}/goals/agree")
    assert (own.status_code, own.json()["code"]) == (409, "your_own_proposal")
    countered = await quarter.propose(company["E101"], form, {**TARGETS, "S01": "1800000"})
    assert countered.json()["state"] == "countered"
    agreed = await quarter.done(company.head, f"forms/{form}/goals/agree")
    assert (agreed["state"], agreed["agreed_revision"]) == ("agreed", 2)
    assert [(row["side"], row["items"][0]["target"]) for row in agreed["revisions"]] == [
        ("superior", "2000000"),
        ("subject", "1800000"),
    ]
    assert agreed["agreed"][0]["due_on"] == "2026-03-31"
    assert agreed["agreed"][0]["data_source"] == "CRM"


@pytest.mark.req("APR-05")
async def test_incomplete_goals_are_named_and_not_agreed(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    proposed = await quarter.propose(company.head, form, {"S01": "2000000"})
    assert proposed.json()["missing_parts"] == {"S03": ["measure", "target", "data_source", "due_on"]}
    refused = await quarter.post(company["E101"], f"forms/{form}/goals/agree")
    assert (refused.status_code, refused.json()["code"]) == (422, "goals_incomplete")
    lacking = refused.json()["errors"][1]
    assert (lacking["pointer"], lacking["expected"]) == ("/items/S03/target", "“费用率”的目标值，必填")


@pytest.mark.req("APR-05", "APR-11")
async def test_a_target_of_zero_is_refused_where_the_rule_divides_and_a_negative_one_is_not(quarter: Quarter) -> None:
    form = await form_of(quarter)
    answer = await quarter.propose(quarter.company.head, form, {"S01": "0"})
    assert (answer.status_code, answer.json()["code"]) == (422, "target_unusable")
    assert answer.json()["title"] == "按“越高越好”计分时目标值不能为 0（现为 0），请修改目标值或改用其他计分规则。"
    assert answer.json()["errors"][0]["pointer"] == "/items/0/target"
    assert (await quarter.propose(quarter.company.head, form, {"S01": "-5"})).status_code == 200


@pytest.mark.req("APR-05")
async def test_goals_are_for_measured_items_once_each(quarter: Quarter) -> None:
    form = await form_of(quarter)
    for targets in ({"J01": "5"}, {"NONE": "5"}):
        answer = await quarter.propose(quarter.company.head, form, targets)
        assert (answer.status_code, answer.json()["code"]) == (422, "goal_unknown")


@pytest.mark.req("APR-05", "PLT-08")
async def test_an_edit_needs_the_version_that_was_read(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    api, path = quarter.api(company.head.caller), f"{BASE}/forms/{form}/goals"
    body = {"items": [{"key": "S01", "target": "5"}]}
    assert (await api.put(path, json=body)).status_code == 428
    tag = (await api.get(path)).headers["etag"]
    assert (await api.put(path, json=body, headers={"If-Match": tag})).status_code == 200
    stale = await api.put(path, json=body, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (await api.put(path, json=body, headers={"If-Match": "rubbish"})).status_code == 422
    unchanged = await api.get(path)
    again = await api.get(path, headers={"If-None-Match": unchanged.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.req("APR-05")
async def test_a_change_after_agreement_needs_a_reason_and_the_manager_and_keeps_the_old_value(
    quarter: Quarter,
) -> None:
    await quarter.ready()
    company, form = quarter.company, (await quarter.forms())["E101"]["id"]
    changed = {**TARGETS, "S01": "1500000"}
    silent = await quarter.propose(company["E101"], form, changed)
    assert (silent.status_code, silent.json()["code"]) == (422, "reason_needed")
    asked = await quarter.propose(company["E101"], form, changed, reason="区域调整")
    assert (asked.json()["state"], asked.json()["agreed"][0]["target"]) == ("amending", "2000000")
    self_made = await quarter.post(company["E101"], f"forms/{form}/goals/agree")
    assert (self_made.status_code, self_made.json()["code"]) == (403, "transition_forbidden")
    agreed = await quarter.done(company.head, f"forms/{form}/goals/agree")
    assert agreed["agreed"][0]["target"] == "1500000"
    assert agreed["revisions"][0]["items"][0]["target"] == "2000000"
    await quarter.propose(company["E101"], form, TARGETS, reason="再调整")
    path = f"forms/{form}/goals/reject_change"
    stale = await quarter.post(company.head, path, {"reason": "不同意"}, seen="1")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    kept = await quarter.done(company.head, f"forms/{form}/goals/reject_change", {"reason": "不同意"})
    assert (kept["state"], kept["agreed"][0]["target"]) == ("agreed", "1500000")
    read = (await quarter.read(company["E101"], f"forms/{form}/goals"))["rejection"]
    assert (read["reason"], read["rejected_by_name"]) == ("不同意", company.head.caller.name)
    news = [
        each
        for each in (await quarter.read(company["E101"], "my/tasks"))["items"]
        if each["kind"] == "form.read_refusal"
    ]
    assert [(each["title"], each["link"]) for each in news] == [
        ("已退回，请查阅原因：name of E101的目标变更（一季度）", f"{BASE}/forms/{form}/goals")
    ]
    again = await quarter.propose(company["E101"], form, TARGETS, reason="三调")
    assert again.json()["rejection"] is None


@pytest.mark.req("APR-05", "PLT-08")
async def test_an_agreement_names_the_goals_that_were_seen(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    seen = (await quarter.propose(company.head, form, TARGETS)).headers["etag"]
    await quarter.propose(company.head, form, {**TARGETS, "S01": "9000000"})
    path = f"forms/{form}/goals/agree"
    stale = await quarter.post(company["E101"], path, seen=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (await quarter.read(company["E101"], f"forms/{form}/goals"))["state"] == "proposed"
    assert (await quarter.api(company["E101"].caller).post(f"{BASE}/{path}")).status_code == 428
    agreed = await quarter.done(company["E101"], path)
    assert agreed["agreed"][0]["target"] == "9000000"


@pytest.mark.req("APR-05", "PLT-03")
async def test_goals_are_between_the_two_and_nobody_else(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    for stranger in (company.other_head, company["E102"], company["E201"]):
        for path in (f"forms/{form}", f"forms/{form}/goals"):
            assert (await quarter.get(stranger, path)).status_code == 404
        assert (await quarter.post(stranger, f"forms/{form}/goals/agree")).status_code == 404
    assert (await quarter.propose(company.chief, form, TARGETS)).status_code == 403
    assert (await quarter.propose(company.hr, form, TARGETS)).status_code == 403


@pytest.mark.req("APR-05")
async def test_evaluation_waits_until_all_goals_are_agreed(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    early = await quarter.post(company.hr, f"cycles/{quarter.cycle_id}/start_evaluation")
    assert (early.status_code, early.json()["code"]) == (409, "goals_open")
    assert len(early.json()["errors"]) == 8
    one = "E101 name of E101的目标已确认（目前为“未提出”）"  # people and states as people call them
    assert one in {each["expected"] for each in early.json()["errors"]}
    assert (await quarter.post(company.head, f"cycles/{quarter.cycle_id}/start_evaluation")).status_code == 403
    await quarter.propose(company.head, form, TARGETS)
    progress = await quarter.read(company.hr, f"cycles/{quarter.cycle_id}/progress")
    assert progress["goals"] == {"empty": 7, "proposed": 1}


@pytest.mark.req("APR-05")
async def test_however_many_goals_are_open_all_of_them_are_counted(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cycles, "_NAMED", 1)
    monkeypatch.setattr(cycles, "_FAULTS", 2)
    await form_of(quarter)
    early = (await quarter.post(quarter.company.hr, f"cycles/{quarter.cycle_id}/start_evaluation")).json()
    assert len(early["errors"]) == 2
    assert early["title"].endswith("等 8 份。")


@pytest.mark.req("APR-05")
async def test_a_goal_is_due_within_its_cycle(quarter: Quarter) -> None:
    form, head = await form_of(quarter), quarter.company.head
    path = f"{BASE}/forms/{form}/goals"
    api = quarter.api(head.caller)

    async def due(day: str) -> httpx2.Response:
        tag = (await api.get(path)).headers["etag"]
        body = {"items": [{"key": "S01", "target": "2000000", "due_on": day}]}
        return await api.put(path, json=body, headers={"If-Match": tag})

    for day in ("2025-12-31", "2026-04-01"):
        refused = await due(day)
        assert (refused.status_code, refused.json()["code"]) == (422, "due_outside_cycle")
        assert "2026-01-01 至 2026-03-31" in refused.json()["title"]
    assert [(await due(day)).status_code for day in ("2026-01-01", "2026-03-31")] == [200, 200]
