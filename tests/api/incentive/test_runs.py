"""The life of a run, at the API."""

import pytest

from tests.builders.incentive import Quarter


@pytest.mark.req("INC-03", "INC-10")
async def test_a_run_goes_from_draft_to_paid_and_pays_the_worked_examples(quarter: Quarter) -> None:
    await quarter.begin()
    run = await quarter.reach("paid")
    lines = await quarter.lines()
    assert {number: line["amount"] for number, line in lines.items()} == {
        "E001": "54000.00",
        "E002": "55200.00",
        "E003": "28320.00",
        "E004": "0.00",
    }
    assert run["calculation"]["totals"] == [{"currency": "CNY", "amount": "137520.00"}]
