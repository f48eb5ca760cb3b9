"""A run pays for the grades of its own days: the cycle that it names is checked before anything is frozen (INC-03)."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select

from services.incentive.runs.store.tables import (
    CalculationInputRow,
    CalculationRow,
    InputSnapshotRow,
    LineRow,
    SnapshotUnitRow,
)
from services.kit import json_lines
from services.kit.access.clients import Refused
from tests.builders.incentive import PLAN
from tests.builders.incentive_quarter import Quarter, neighbours_at

pytestmark = pytest.mark.req("INC-03", "INC-10")

YEARLY = {"code": "2026", "valid_from": "2026-01-01", "valid_to": "2026-12-31"}
LATER = {"code": "2026-Q2", "valid_from": "2026-04-01", "valid_to": "2026-06-30"}


def annual(**policy: Any) -> dict[str, Any]:
    """A plan that pays a year."""
    rule = {"kind": "annual_bonus", "months": "2"}
    return {**PLAN, "code": "AB", "rule": rule, "policy": {**PLAN["policy"], **policy}}


async def refused(quarter: Quarter, language: str = "zh") -> dict[str, Any]:
    """Has the run calculated; it must come back with a problem and without inputs."""
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    await quarter.work()
    run = await quarter.read(language)
    assert (run["state"], run["input_snapshot"], run["calculation"]) == ("draft", None, None)
    problem: dict[str, Any] = run["problem"]
    return problem


async def test_a_cycle_of_other_days_is_refused_with_field_found_and_expected(quarter: Quarter) -> None:
    await quarter.begin()
    quarter.company.cycle |= LATER
    problem = await refused(quarter, "en")
    assert problem["code"] == "cycle_period_unsuitable"
    assert problem["title"] == (
        "The cycle '2026-Q2' covers 2026-04-01 to 2026-06-30, which does not match the period of the bonus; "
        "choose a cycle over 2026-01-01 to 2026-03-31."
    )
    assert problem["errors"] == [
        {"pointer": "/cycle_id", "found": "2026-Q2", "expected": "a cycle over 2026-01-01 to 2026-03-31"}
    ]
    said = (await quarter.read("zh"))["problem"]
    assert said["errors"][0]["expected"] == "期间为 2026-01-01 至 2026-03-31 的考核周期"
    assert said["title"] == (
        "所选考核周期“2026-Q2”的期间为 2026-04-01 至 2026-06-30，与本次奖金期间不符，"
        "请选择期间为 2026-01-01 至 2026-03-31 的考核周期。"
    )


async def test_nothing_is_stored_and_org_is_not_asked_for_a_cycle_that_does_not_fit(quarter: Quarter) -> None:
    await quarter.begin()
    quarter.company.cycle |= LATER
    await refused(quarter)
    assert quarter.company.asked == ["appraisal"]
    async with quarter.sessions.read() as session:
        for row in (InputSnapshotRow, SnapshotUnitRow, CalculationInputRow, CalculationRow, LineRow):
            assert await session.scalar(select(func.count()).select_from(row)) == 0, row


async def test_a_cycle_that_is_not_closed_is_refused_whatever_sends_its_results(quarter: Quarter) -> None:
    await quarter.begin()
    quarter.company.cycle["state"] = "published"
    problem = await refused(quarter)
    assert problem["code"] == "cycle_not_closed"
    assert problem["errors"] == [{"pointer": "/cycle_id", "found": "published", "expected": "已关闭（closed）"}]


async def test_a_run_that_was_refused_is_calculated_once_the_cycle_fits(quarter: Quarter) -> None:
    await quarter.begin()
    right = dict(quarter.company.cycle)
    quarter.company.cycle |= LATER
    await refused(quarter)
    quarter.company.cycle = right
    assert (await quarter.reach("calculated"))["problem"] is None


async def test_a_year_is_paid_by_the_grades_of_a_yearly_cycle(quarter: Quarter) -> None:
    await quarter.begin(annual(), period="2026")
    assert (await refused(quarter))["code"] == "cycle_period_unsuitable"
    quarter.company.cycle |= YEARLY
    await quarter.reach("calculated")


async def test_a_plan_may_say_that_a_cycle_within_the_year_gives_its_grades(quarter: Quarter) -> None:
    await quarter.begin(annual(cycle="within_period"), period="2026")
    quarter.company.cycle |= {"code": "2025-Q4", "valid_from": "2025-10-01", "valid_to": "2025-12-31"}
    problem = await refused(quarter, "en")
    assert problem["errors"] == [
        {
            "pointer": "/cycle_id",
            "found": "2025-Q4",
            "expected": "a cycle over a part of 2026-01-01 to 2026-12-31",
        }
    ]
    quarter.company.cycle |= LATER
    await quarter.reach("calculated")


async def test_a_cycle_longer_than_the_run_is_never_a_part_of_it(quarter: Quarter) -> None:
    plan = {**PLAN, "policy": {**PLAN["policy"], "cycle": "within_period"}}
    await quarter.begin(plan)
    quarter.company.cycle |= YEARLY
    assert (await refused(quarter))["code"] == "cycle_period_unsuitable"


async def test_another_refusal_of_appraisal_is_not_taken_for_a_cycle_that_is_not_closed() -> None:
    refusal = {"code": "invalid", "errors": [{"pointer": "/cycle_id", "found": "published", "expected": "a cycle"}]}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(422, json=refusal))
    async with httpx2.AsyncClient(transport=transport) as http:
        with pytest.raises(Refused):
            await neighbours_at(http).appraisal.copy_results(uuid4(), [].append, [].append)


@pytest.mark.parametrize(
    "first",
    [
        {"kind": "result", "subject_kind": "employee", "employee_id": "x", "grade": "S"},
        {"kind": "cycle", "code": "2026-Q1", "state": "closed"},
        {"kind": "cycle", "code": "2026-Q1", "state": "closed", "valid_from": "2026-01-01", "valid_to": "soon"},
        None,
    ],
)
async def test_results_that_do_not_say_of_which_cycle_they_are_are_never_used(
    quarter: Quarter, first: dict[str, Any] | None
) -> None:
    """An appraisal service of an earlier release: the run waits for the new one and is calculated then."""
    await quarter.begin()
    await quarter.act(quarter.clerk, "calculate")

    async def answer(_: httpx2.Request) -> httpx2.Response:
        async def lines() -> Any:
            if first is not None:
                yield first

        body = b"".join([chunk async for chunk in json_lines.written(lines())])
        return httpx2.Response(200, content=body)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        await quarter.work_with(neighbours_at(http), raising=False, ahead=False)
    run = await quarter.read()
    assert (run["state"], run["problem"]["code"], run["input_snapshot"]) == ("calculating", "stream_broken", None)
    await quarter.work()
    assert (await quarter.read())["state"] == "calculated"
