"""The quarter that was lived through the API comes to the figures worked out beside it, in every score and fen."""

from typing import Any

import pytest

from examples.reading import table
from tests.e2e.system import COMPANY, EXPECTED, System

HR, FINANCE = "方晴", "秦国栋"


@pytest.fixture(scope="module")
def results(system: System) -> dict[str, dict[str, Any]]:
    cycle = system.cycle()
    found = system.items(system.company.named(HR), "/v1/appraisal/results", cycle_id=cycle["id"])
    return {result["subject_code"]: result for result in found}


@pytest.fixture(scope="module")
def lines(system: System) -> dict[str, dict[str, Any]]:
    run = system.run()
    found = system.items(system.company.named(FINANCE), f"/v1/incentive/runs/{run['id']}/lines")
    return {line["employee_number"]: line for line in found}


@pytest.mark.req("APR-11", "APR-12", "APR-13", "APR-14")
def test_every_result_has_the_expected_total_attainment_and_grade(results: dict[str, dict[str, Any]]) -> None:
    corrected = {row["工号"]: row["更正后等级"] for row in table(COMPANY / "corrections.csv")}
    expected = {
        row["对象编码"]: (row["总分"], row["达成率"], row["计算等级"], corrected.get(row["对象编码"], row["最终等级"]))
        for row in table(EXPECTED / "results.csv")
    }
    found = {
        code: (result["total"], result["attainment"], result["computed_grade"], result["grade"])
        for code, result in results.items()
    }
    assert found == expected


@pytest.mark.req("INC-03")
def test_every_bonus_has_the_expected_amount_to_the_fen(lines: dict[str, dict[str, Any]]) -> None:
    expected = {row["工号"]: row["金额"] for row in table(EXPECTED / "bonuses.csv")}
    found = {number: line["amount"] for number, line in lines.items()}
    beyond = {number: amount for number, amount in found.items() if number not in expected}
    assert {number: found.get(number) for number in expected} == expected
    assert set(beyond.values()) <= {"0.00"}, "who has no result gets nothing"
