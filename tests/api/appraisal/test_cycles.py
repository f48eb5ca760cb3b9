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
