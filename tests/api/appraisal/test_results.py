"""After scoring: the public notice, appeals, closing, corrections."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from services.kit.access.revocations import revoke
from services.kit.identity import Role, RoleAssignment
from tests.api.appraisal.onlookers import PATHS
from tests.builders.appraisal import BASE, Person, Quarter, measurement
from tests.clients import Clients
from tests.identities import person


def auditor(quarter: Quarter) -> Person:
    """An auditor of the whole organisation."""
    return Person("A1", quarter.company.group, "X", roles=(Role.AUDITOR,))


@pytest.mark.req("APR-13")
async def test_grades_are_shown_in_the_department_and_nowhere_else(quarter: Quarter) -> None:
    company = quarter.company
    company["E103"].assignments = [("REP", company.team, datetime(2025, 1, 1, tzinfo=UTC).date(), None, "primary")]
    await quarter.published()
    path = f"cycles/{quarter.cycle_id}/public_notice"
    page = await quarter.read(company["E101"], path)
    assert (page["public_notice_from"], page["public_notice_to"]) == ("2026-04-14", "2026-04-20")
    assert {line["subject_code"] for line in page["items"]} == {"E101", "E102", "E103"}
    assert "total" not in page["items"][0]
    assert {line["subject_code"] for line in (await quarter.read(company["E201"], path))["items"]} == {
        "E201", "E202", "E203", "E204", "E205",
    }  # fmt: skip
    assert (await quarter.read(company.chief, path))["items"] == []
    assert len((await quarter.read(company.hr, path))["items"]) == 8
    quarter.clock.set(2026, 4, 20, 16)  # midnight in Shanghai
    over = await quarter.get(company["E101"], path)
    assert (over.status_code, over.json()["code"]) == (409, "public_notice_over")
    assert len((await quarter.read(company.hr, path))["items"]) == 8


@pytest.mark.req("APR-13")
async def test_nothing_is_shown_before_publication(quarter: Quarter) -> None:
    await quarter.scored()
    answer = await quarter.get(quarter.company["E101"], f"cycles/{quarter.cycle_id}/public_notice")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_this_state")


async def appeal(quarter: Quarter, who: str = "E101") -> httpx2.Response:
    """Somebody appeals against their result."""
    result = (await quarter.results())[who]
    return await quarter.post(quarter.company[who], "appeals", {"result_id": result["id"], "grounds": "系统故障"})


@pytest.mark.req("APR-13")
async def test_an_appeal_is_heard_until_the_last_second_of_the_window(quarter: Quarter) -> None:
    await quarter.published()
    quarter.clock.moment = datetime(2026, 4, 20, 15, 59, 59, 999999, tzinfo=UTC)
    assert (await appeal(quarter, "E101")).status_code == 201
    quarter.clock.moment = datetime(2026, 4, 20, 16, 0, 0, tzinfo=UTC)
    late = await appeal(quarter, "E102")
    assert (late.status_code, late.json()["code"]) == (409, "public_notice_over")
    assert "2026-04-20" in late.json()["title"]


@pytest.mark.req("APR-13", "PLT-03")
async def test_only_the_subject_appeals_and_only_once(quarter: Quarter) -> None:
    await quarter.published()
    company, result = quarter.company, (await quarter.results())["E101"]["id"]
    body = {"result_id": result, "grounds": "x"}
    for who, status in ((company["E102"], 404), (company.other_head, 404), (company.head, 403), (company.hr, 403)):
        assert (await quarter.post(who, "appeals", body)).status_code == status
    assert (await appeal(quarter)).status_code == 201
    again = await appeal(quarter)
    assert (again.status_code, again.json()["code"]) == (409, "already_appealed")


@pytest.mark.req("APR-13")
async def test_an_accepted_appeal_makes_a_new_version_and_a_rejected_one_does_not(quarter: Quarter) -> None:
    await quarter.published()
    company, before = quarter.company, await quarter.results()
    first, second = (await appeal(quarter, "E101")).json(), (await appeal(quarter, "E102")).json()
    early = await quarter.post(company.hr, f"cycles/{quarter.cycle_id}/close")
    assert (early.status_code, early.json()["code"]) == (409, "public_notice_running")
    quarter.clock.set(2026, 4, 21, 1)
    waiting = await quarter.post(company.hr, f"cycles/{quarter.cycle_id}/close")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "appeals_open")
    for verb, sent in (("accept", {"grade": "A", "reason": "x"}), ("reject", {"reason": "x"})):
        assert (await quarter.post(company.head, f"appeals/{first['id']}/{verb}", sent)).status_code == 403
    upheld = await quarter.done(company.hr, f"appeals/{first['id']}/accept", {"grade": "A", "reason": "故障属实"})
    assert (upheld["state"], upheld["new_version"], upheld["decision"]) == ("accepted", 2, "故障属实")
    rejected = await quarter.done(company.hr, f"appeals/{second['id']}/reject", {"reason": "核对无误"})
    assert (rejected["state"], rejected["new_version"]) == ("rejected", None)
    again = await quarter.post(company.hr, f"appeals/{first['id']}/reject", {"reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")
    after = await quarter.results()
    assert (after["E101"]["grade"], after["E101"]["cause"], after["E101"]["version"]) == ("A", "appeal", 2)
    assert after["E102"] == before["E102"]
    versions = await quarter.read(company["E101"], f"results/{after['E101']['id']}/versions")
    assert [each["grade"] for each in versions["items"]] == ["S", "A"]
    await quarter.move("close")
    listed = await quarter.all(company["E101"], "appeals")
    assert [each["id"] for each in listed] == [first["id"]]


@pytest.mark.req("APR-13", "APR-14")
async def test_an_appeal_can_have_the_result_computed_anew_with_360_as_it_was(quarter: Quarter) -> None:
    await quarter.published()
    filed = (await appeal(quarter, "E201")).json()
    before = (await quarter.results())["E201"]
    fix = measurement("E201", "S01", "1000000", external_id="fix", corrects="E201-S01-2026-03-31")
    await quarter.measure(fix)
    hr = quarter.company.hr
    both = {"grade": "A", "rescore": True, "reason": "x"}
    assert (await quarter.post(hr, f"appeals/{filed['id']}/accept", both)).json()["code"] == "one_decision"
    await quarter.done(hr, f"appeals/{filed['id']}/accept", {"rescore": True, "reason": "数据更正"})
    after = (await quarter.results())["E201"]
    # work 0.6 × 50 + 0.4 × 92.5 = 67 → 46.90 + 8 + 16
    assert (before["total"], after["total"], after["grade"]) == ("98.41", "70.90", "B")
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    assert (await quarter.read(hr, f"results/{after['id']}/replay"))["same"] is True


@pytest.mark.req("APR-13", "PLT-03")
async def test_nobody_decides_in_his_own_matter(quarter: Quarter) -> None:
    quarter.company["E101"].roles = (Role.HR,)
    await quarter.published()
    filed = (await appeal(quarter, "E101")).json()
    for verb, sent in (("accept", {"grade": "A", "reason": "x"}), ("reject", {"reason": "x"})):
        answer = await quarter.post(quarter.company["E101"], f"appeals/{filed['id']}/{verb}", sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "own_matter")


@pytest.mark.req("APR-14")
async def test_a_correction_after_closing_needs_a_second_person_and_reports_itself(quarter: Quarter) -> None:
    await quarter.closed()
    company, result = quarter.company, (await quarter.results())["E101"]
    path = f"results/{result['id']}/corrections"
    wanted = {"total": "84.99", "reason": "审计发现重复计入"}
    for who, status in ((company["E101"], 403), (company.head, 403), (auditor(quarter), 403)):
        assert (await quarter.post(who, path, wanted)).status_code == status
    asked = await quarter.done(company.hr, path, wanted)
    assert (asked["state"], asked["change"]["total"]) == ("requested", "84.99")
    assert (await quarter.post(company.hr2, path, wanted)).json()["code"] == "correction_pending"
    for self_same in (company.hr, replace(company.hr, account_id=uuid4())):
        for verb in ("approve", "refuse"):
            same = await quarter.post(self_same, f"corrections/{asked['id']}/{verb}", {"reason": "x"})
            assert (same.status_code, same.json()["code"]) == (403, "second_person_needed")
    approved = await quarter.done(company.hr2, f"corrections/{asked['id']}/approve", {"reason": "已核"})
    assert (approved["state"], approved["new_version"]) == ("approved", 2)
    after = (await quarter.results())["E101"]
    assert (after["total"], after["grade"], after["computed_grade"], after["cause"]) == (
        "84.99",
        "B",
        "B",
        "correction",
    )
    async with quarter.sessions.read() as session:
        found = await session.execute(text("SELECT type, data FROM event ORDER BY id"))
        events = [(row.type, row.data) for row in found]
    assert [name for name, _ in events][-2:] == ["appraisal.cycle.closed", "appraisal.result.changed"]
    assert events[-1][1]["version"] == 2
    again = await quarter.post(company.hr2, f"corrections/{asked['id']}/approve", {"reason": "x"})
    assert again.json()["code"] == "transition_not_possible"


@pytest.mark.req("APR-14")
async def test_a_refused_correction_changes_nothing(quarter: Quarter) -> None:
    await quarter.closed()
    company, before = quarter.company, await quarter.results()
    path = f"results/{before['E101']['id']}/corrections"
    own = await quarter.post(replace(company["E101"], roles=(Role.HR,)), path, {"grade": "S", "reason": "x"})
    assert (own.status_code, own.json()["code"]) == (403, "own_matter")
    asked = await quarter.done(company.hr, path, {"grade": "B", "reason": "x"})
    seeing = person(Role.HR, over=uuid4())
    unseen = await quarter.api(seeing).get(f"{BASE}/corrections/{asked['id']}")
    assert (unseen.status_code, unseen.json()["code"]) == (404, "no_correction"), "HR of another unit"
    assert (await quarter.api(seeing).get(f"{BASE}/corrections")).json()["items"] == []
    seeing = replace(seeing, role_assignments=(*seeing.role_assignments, RoleAssignment(Role.AUDITOR)))
    for verb in ("approve", "refuse"):
        decided = await quarter.api(seeing).post(
            f"{BASE}/corrections/{asked['id']}/{verb}", json={"reason": "x"}, headers={"If-Match": "1"}
        )
        assert (decided.status_code, decided.json()["code"]) == (403, "transition_forbidden"), "HR of another unit"
    boss = Person("E001b", company.group, "CEO", roles=(Role.EXECUTIVE,))
    refused = await quarter.done(boss, f"corrections/{asked['id']}/refuse", {"reason": "依据不足"})
    assert refused["state"] == "refused"
    assert await quarter.results() == before
    assert [each["state"] for each in await quarter.all(company.hr, "corrections")] == ["refused"]


@pytest.mark.req("APR-14")
async def test_before_closing_there_are_no_corrections_and_after_it_no_appeals(quarter: Quarter) -> None:
    await quarter.published()
    result = (await quarter.results())["E101"]["id"]
    early = await quarter.post(quarter.company.hr, f"results/{result}/corrections", {"grade": "B", "reason": "x"})
    assert (early.status_code, early.json()["code"]) == (409, "not_in_this_state")
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    assert (await appeal(quarter)).status_code == 409
    form = (await quarter.forms())["E101"]["id"]
    for path, sent in (
        ("adjustments", {"points": "1", "reason": "x"}),
        ("item_exclusions", {"item": "S01", "reason": "x"}),
    ):
        answer = await quarter.post(quarter.company.hr, f"forms/{form}/{path}", sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_in_this_state")


@pytest.mark.req("APR-14", "PLT-03")
async def test_the_database_role_cannot_change_what_is_only_ever_added(quarter: Quarter) -> None:
    tables = ("result", "measurement", "goal", "indicator", "adjustment", "grade_adjustment", "item_exclusion", "audit")
    async with quarter.sessions.read() as session:
        for table in tables:
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                query = text("SELECT has_table_privilege(current_user, :name, :right)")
                allowed = await session.execute(query, {"name": f"appraisal.{table}", "right": right})
                assert allowed.scalar() is False, (table, right)


@pytest.mark.req("PLT-03")
async def test_a_revoked_account_no_longer_decides(quarter: Quarter) -> None:
    await quarter.scored()
    await quarter.move("finish_calibration")
    async with quarter.sessions.write() as session:
        await revoke(session, quarter.company.hr.caller.account_id, datetime(2100, 1, 1, tzinfo=UTC))
    answer = await quarter.post(quarter.company.hr, f"cycles/{quarter.cycle_id}/publish")
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")


@pytest.mark.req("PLT-03")
async def test_nothing_is_answered_without_a_token(appraisal: Clients) -> None:
    stranger = appraisal.stranger()
    some = "01900000-0000-7000-8000-000000000000"
    for path, operations in PATHS.items():
        if not path.startswith(BASE) or path.endswith("/inbox"):
            continue
        for method in operations:
            address = path.replace("{", "").replace("}", "")
            for name in re.findall(r"{([a-z_]+)}", path):
                address = address.replace(name, some)
            answer = await stranger.request(method.upper(), address)
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"


@pytest.mark.req("PLT-04")
async def test_decisions_are_in_the_trail_with_before_and_after(quarter: Quarter) -> None:
    await quarter.published()
    filed = (await appeal(quarter)).json()
    await quarter.done(quarter.company.hr, f"appeals/{filed['id']}/accept", {"grade": "A", "reason": "故障属实"})
    async with quarter.sessions.read() as session:
        query = "SELECT actor_id, before, after FROM audit WHERE action = 'appraisal.result.changed'"
        row = (await session.execute(text(query))).one()
    assert row.actor_id == quarter.company.hr.caller.account_id
    assert (row.before["grade"], row.after["grade"], row.after["reason"]) == ("S", "A", "故障属实")
