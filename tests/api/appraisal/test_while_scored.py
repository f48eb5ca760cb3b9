"""While a cycle is being scored, on a database that commits: everybody is answered at once, and nothing slips in."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.appraisal.feedback.usecases import ratings
from services.appraisal.scoring.usecases import scoring
from services.kit.work.unit_of_work import SystemWork
from tests.api.appraisal.test_ratings import sheet_of
from tests.builders.appraisal import BASE, Quarter
from tests.clients import CIPHER, ZONE

AT_ONCE = 20
"""Seconds; a request that waited for the job would never end."""


async def refusals(quarter: Quarter, sheets: dict[str, str], form: str) -> list[tuple[int, str]]:
    """What raters, HR and a manager are answered who act on the cycle now."""
    company = quarter.company
    submitted = {"ratings": {"Q1": "1", "Q2": "1"}}
    draft = quarter.api(company["E103"].caller).put(f"{BASE}/rating_forms/{sheets['E103']}/draft", json=submitted)
    asked = [
        quarter.post(company["E102"], f"rating_forms/{sheets['E102']}/submit", submitted),
        draft,
        quarter.post(company.hr, f"cycles/{quarter.cycle_id}/score"),
        quarter.post(company.head, f"forms/{form}/adjustments", {"points": "1", "reason": "x"}),
    ]
    async with asyncio.timeout(AT_ONCE):
        answers = await asyncio.gather(*asked)
    return [(answer.status_code, answer.json()["code"]) for answer in answers]


@pytest.mark.req("APR-09", "APR-11")
async def test_while_a_job_takes_answers_and_scores_everybody_is_answered_at_once(
    live: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.ready()
    await live.measure_all()
    await live.move("start_evaluation")
    sheets = {who: await sheet_of(live, live.company[who], "peer") for who in ("E102", "E103")}
    form = (await live.forms())["E101"]["id"]
    await live.rate_all(but=("E102", "E103"))
    await live.move("score")
    system, cycle_id = SystemWork(live.sessions, live.clock, ZONE, CIPHER), UUID(live.cycle_id)
    expected = [
        (409, "ratings_closed"), (409, "ratings_closed"), (409, "transition_not_possible"), (409, "not_in_this_state")
    ]  # fmt: skip
    async with system.begin() as uow:
        assert await ratings.take_answers(uow, cycle_id=cycle_id) > 0
        assert await refusals(live, sheets, form) == expected
    written = scoring.copy_rows

    async def at_the_end(*given: Any) -> None:
        """All results are written but not yet there for others."""
        await written(*given)
        assert await refusals(live, sheets, form) == expected

    monkeypatch.setattr(scoring, "copy_rows", at_the_end)
    async with system.begin() as uow:
        await scoring.score_cycle(uow, cycle_id=cycle_id)
        async with asyncio.timeout(AT_ONCE):
            assert await live.state() == "scoring"
    assert await live.state() == "scored"
    assert {result["version"] for result in (await live.results()).values()} == {1}


@pytest.mark.req("APR-11")
async def test_two_jobs_that_score_a_cycle_at_once_make_one_set_of_results(live: Quarter) -> None:
    await live.ready()
    await live.measure_all()
    await live.move("start_evaluation")
    await live.rate_all()
    await live.move("score")
    system, cycle_id = SystemWork(live.sessions, live.clock, ZONE, CIPHER), UUID(live.cycle_id)

    async def job() -> int:
        async with system.begin() as uow:
            taken = await ratings.take_answers(uow, cycle_id=cycle_id)
        async with system.begin() as uow:
            await scoring.score_cycle(uow, cycle_id=cycle_id)
        return taken

    taken = sorted(await asyncio.gather(job(), job(), job()))
    assert taken[:2] == [0, 0]
    assert taken[2] > 0
    assert await live.state() == "scored"
    assert {result["version"] for result in (await live.results()).values()} == {1}


@pytest.mark.req("APR-04", "APR-11")
async def test_a_cycle_that_is_cancelled_while_a_job_scores_it_keeps_no_result(
    live: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.ready()
    await live.measure_all()
    await live.move("start_evaluation")
    await live.rate_all()
    await live.move("score")
    known = scoring.store.existing

    async def cancelled(*given: Any) -> Any:
        async with asyncio.timeout(AT_ONCE):
            await live.done(live.company.hr, f"cycles/{live.cycle_id}/cancel", {"reason": "重组"})
        return await known(*given)

    monkeypatch.setattr(scoring.store, "existing", cancelled)
    async with SystemWork(live.sessions, live.clock, ZONE, CIPHER).begin() as uow:
        await scoring.score_cycle(uow, cycle_id=UUID(live.cycle_id))
    assert await live.state() == "cancelled"
    assert await live.results() == {}
