"""What a run is calculated from: neighbours that are away or wrong, input snapshots, replays (INC-10, INC-11)."""

from dataclasses import replace

import httpx2
import pytest

from services.incentive.calculation.domain.calculation import RULES
from services.incentive.runs.store import input_snapshots
from services.kit.identity import Role
from tests.builders.incentive_quarter import Quarter, neighbours_at
from tests.databases import free_port

pytestmark = pytest.mark.req("INC-10")


async def test_a_neighbour_that_is_away_leaves_the_run_collecting_and_says_so(quarter: Quarter) -> None:
    await quarter.begin()
    quarter.company.away.add("appraisal")
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    await quarter.work(raising=False, ahead=False)
    answer = await quarter.clients(quarter.clerk).get(f"/v1/incentive/runs/{quarter.run_id}")
    assert answer.headers["retry-after"] == "7"
    run = answer.json()
    assert (run["state"], run["problem"]["code"], run["input_snapshot"]) == (
        "calculating",
        "neighbour_unavailable",
        None,
    )
    assert run["problem"]["title"] == "考核服务暂时不可用，请稍后再试。"
    quarter.company.away.clear()
    await quarter.work()
    run = await quarter.read()
    assert (run["state"], run["problem"]) == ("calculated", None)


async def test_a_refused_connection_is_a_neighbour_that_is_away(quarter: Quarter) -> None:
    await quarter.begin()
    await quarter.act(quarter.clerk, "calculate")
    async with httpx2.AsyncClient() as http:
        nobody = neighbours_at(http, f"http://127.0.0.1:{free_port()}")
        await quarter.work_with(nobody, raising=False, ahead=False)
    run = await quarter.read("en")
    assert (run["state"], run["problem"]["code"]) == ("calculating", "neighbour_unavailable")
    assert run["problem"]["title"].startswith("The appraisal service is not available")


async def test_a_stream_that_breaks_off_is_never_taken_for_the_whole(quarter: Quarter) -> None:
    await quarter.begin()
    await quarter.act(quarter.clerk, "calculate")

    async def cut_off(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=b'{"kind":"snapshot"}\n{"kind":"unit","id":"x"}\n')

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(cut_off)) as http:
        await quarter.work_with(neighbours_at(http), raising=False, ahead=False)
    run = await quarter.read()
    assert (run["state"], run["problem"]["code"], run["input_snapshot"]) == ("calculating", "stream_broken", None)


async def test_facts_that_make_no_sense_send_the_run_back_to_draft_with_the_reason(quarter: Quarter) -> None:
    await quarter.begin()
    quarter.company.people.append(quarter.company.people[0])
    await quarter.act(quarter.clerk, "calculate")
    await quarter.work()
    run = await quarter.read()
    assert (run["state"], run["problem"]["code"], run["input_snapshot"]) == ("draft", "inputs_unusable", None)
    del quarter.company.people[-1]
    assert (await quarter.reach("calculated"))["problem"] is None


async def test_with_org_stopped_after_the_snapshot_the_run_still_completes(quarter: Quarter) -> None:
    before = await quarter.reach("calculated")
    quarter.company.away |= {"org", "appraisal"}
    again = await quarter.act(quarter.clerk, "calculate", reuse_inputs="true")
    assert again.status_code == 202
    await quarter.work()
    run = await quarter.reach("paid")
    assert run["calculation"]["content_hash"] == before["calculation"]["content_hash"]
    assert run["input_snapshot"] == before["input_snapshot"]


async def test_a_snapshot_must_be_there_to_calculate_from(quarter: Quarter) -> None:
    await quarter.begin()
    refused = await quarter.act(quarter.clerk, "calculate", reuse_inputs="true")
    assert (refused.status_code, refused.json()["code"]) == (409, "input_snapshot_missing")


@pytest.mark.req("INC-11")
async def test_a_replay_from_the_input_snapshot_gives_the_same_bytes(quarter: Quarter) -> None:
    run = await quarter.reach("posted")
    quarter.company.change("E001", grade="D")
    replayed = await quarter.clients(Role.AUDITOR).get(f"/v1/incentive/runs/{quarter.run_id}/replay")
    assert replayed.json() == {
        "rules": RULES,
        "present_rules": RULES,
        "compared": "bytes",
        "identical": True,
        "lines": 4,
        "content_hash": run["calculation"]["content_hash"],
        "differing": [],
        "note": None,
    }


async def test_a_job_that_runs_again_after_its_round_is_over_changes_nothing(quarter: Quarter) -> None:
    await quarter.begin()
    await quarter.act(quarter.clerk, "calculate")
    await quarter.act(quarter.clerk, "cancel")
    await quarter.work()
    assert (await quarter.read())["state"] == "cancelled"
    assert quarter.company.asked == []


async def test_whoever_is_excluded_is_named_with_the_reason_in_both_languages(quarter: Quarter) -> None:
    quarter.company.change("E001", grade=None)
    quarter.company.change("E002", pay=())
    run = await quarter.reach("calculated")
    assert (run["calculation"]["lines"], run["calculation"]["excluded"]) == (2, 2)
    path = f"/v1/incentive/runs/{quarter.run_id}/exclusions"
    clerk = quarter.clients(quarter.clerk)
    texts = [
        [item["reason_text"] for item in (await clerk.get(path, headers={"Accept-Language": tongue})).json()["items"]]
        for tongue in ("zh", "en")
    ]
    assert texts == [
        [
            "没有最终考核结果，请人力资源确认该员工是否参加本期考核",
            "本期没有薪酬档案，请薪酬管理补录后重新核算",
        ],
        [
            "no final appraisal result; HR has to check whether the person is in the cycle",
            "no pay profile in the period; compensation has to add one and calculate again",
        ],
    ]


@pytest.mark.req("INC-11")
async def test_many_chunks_come_to_the_same_bytes_as_one(quarter: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await quarter.reach("calculated")
    monkeypatch.setattr(input_snapshots, "CHUNK", 1)
    assert (await quarter.act(quarter.clerk, "calculate", reuse_inputs="true")).status_code == 202
    await quarter.work()
    many = await quarter.read()
    assert many["calculation"]["id"] != one["calculation"]["id"]
    assert many["calculation"]["content_hash"] == one["calculation"]["content_hash"]


async def test_a_person_whose_number_was_changed_is_known_by_the_new_one(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    quarter.company.change("E001", number="E901")
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    await quarter.work()
    exclusion = await quarter.clients(quarter.clerk).get(f"/v1/incentive/runs/{quarter.run_id}/exclusions")
    assert [(item["employee_number"], item["reason"]) for item in exclusion.json()["items"]] == [
        ("E901", "no_pay_profile")
    ]


async def test_a_assignment_in_a_unit_that_org_does_not_tell_of_leaves_the_person_out(quarter: Quarter) -> None:
    quarter.company.lost = "E001"
    await quarter.reach("calculated")
    exclusion = await quarter.clients(quarter.clerk).get(f"/v1/incentive/runs/{quarter.run_id}/exclusions")
    assert [(item["employee_number"], item["reason"]) for item in exclusion.json()["items"]] == [
        ("E001", "unknown_unit")
    ]


@pytest.mark.req("INC-10")
async def test_the_hash_of_the_frozen_inputs_tells_a_unit_that_was_changed(quarter: Quarter) -> None:
    before = (await quarter.reach("calculated"))["input_snapshot"]["content_hash"]
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    await quarter.work()
    assert (await quarter.read())["input_snapshot"]["content_hash"] == before
    quarter.company.group = replace(quarter.company.group, name="新集团")
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    await quarter.work()
    assert (await quarter.read())["input_snapshot"]["content_hash"] != before
