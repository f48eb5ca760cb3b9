"""A quarter from schemes to closed results, over HTTP."""

import pytest

from tests.builders.appraisal import Quarter


@pytest.mark.req("APR-04", "APR-11", "APR-13")
async def test_a_quarter_runs_from_draft_to_closed(quarter: Quarter) -> None:
    await quarter.closed()
    assert await quarter.state() == "closed"
    results = await quarter.results()
    assert set(results) == {p.number for p in (*quarter.company.reps, *quarter.company.brands)}
    assert {result["hash"] is not None for result in results.values()} == {True}


@pytest.mark.req("APR-04")
async def test_the_answer_to_a_move_tells_where_the_cycle_stands_now(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    body = {"code": "2026-Q1", "name": "一季度", "period": "2026-Q1"}
    cycle = await quarter.done(quarter.company.hr, "cycles", body)
    quarter.cycle_id = cycle["id"]
    opening = await quarter.move("open")
    assert (opening["state"], opening["revision"]) == ("opening", cycle["revision"] + 1)
    await quarter.jobs()
    await quarter.agree_all()
    await quarter.measure_all()
    recorded = [(await quarter.move("start_evaluation"))["state"]]
    await quarter.rate_all()
    recorded.append((await quarter.move("score"))["state"])
    await quarter.jobs()
    recorded.append((await quarter.move("finish_calibration"))["state"])
    quarter.clock.set(2026, 4, 14, 1)
    published = await quarter.move("publish")
    assert (published["public_notice_from"], published["public_notice_to"]) == ("2026-04-14", "2026-04-20")
    quarter.clock.set(2026, 4, 21, 1)
    recorded += [published["state"], (await quarter.move("close"))["state"]]
    assert recorded == ["evaluating", "scoring", "calibrated", "published", "closed"]
