"""The quarter that was lived through the API comes to the figures worked out beside it, in every score and fen."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from examples.reading import sheet, table
from examples.story.stage import PERIOD
from tests.e2e.system import COMPANY, EXPECTED, System

HR, FINANCE = "方晴", "秦国栋"


@pytest.fixture(scope="module")
def results(system: System) -> dict[str, dict[str, Any]]:
    cycle = system.cycle()
    found = system.items(system.company.named(HR), "/v1/appraisal/results", cycle_id=cycle["id"])
    return {result["subject_code"]: result for result in found}


@pytest.fixture(scope="module")
def supplied() -> list[dict[str, str]]:
    """What the suppliers must come to, a row for each quarter."""
    return table(EXPECTED / "suppliers.csv")


@pytest.fixture(scope="module")
def lines(system: System) -> dict[str, dict[str, Any]]:
    run = system.run()
    found = system.items(system.company.named(FINANCE), f"/v1/incentive/runs/{run['id']}/lines")
    return {line["employee_number"]: line for line in found}


@pytest.mark.req("APR-11", "APR-12", "APR-13", "APR-14")
def test_every_result_has_the_expected_total_attainment_and_grade(
    results: dict[str, dict[str, Any]], supplied: list[dict[str, str]]
) -> None:
    corrected = {row["工号"]: row["更正后等级"] for row in table(COMPANY / "corrections.csv")}
    expected = {
        row["对象编码"]: (row["总分"], row["达成率"], row["计算等级"], corrected.get(row["对象编码"], row["最终等级"]))
        for row in table(EXPECTED / "results.csv")
    }
    expected |= {
        row["供应商编码"]: (row["总分"], row["达成率"], row["等级"], row["等级"])
        for row in supplied
        if row["期间"] == PERIOD
    }
    found = {
        code: (result["total"], result["attainment"], result["computed_grade"], result["grade"])
        for code, result in results.items()
    }
    assert found == expected


@pytest.mark.req("APR-03", "APR-11")
def test_suppliers_have_the_expected_class_scores_and_consequences(
    system: System, supplied: list[dict[str, str]]
) -> None:
    hr = system.company.named(HR)
    cycles = {each["code"]: each["id"] for each in system.items(hr, "/v1/appraisal/cycles")}
    suppliers = {each["code"]: each for each in system.items(hr, "/v1/appraisal/suppliers")}
    eliminations = system.items(hr, "/v1/appraisal/supplier_eliminations")
    opened = {(each["supplier_code"], each["grounds"][-1]["cycle_code"]): each["state"] for each in eliminations}
    assert opened == {(row["供应商编码"], row["期间"]): "confirmed" for row in supplied if row["启动淘汰程序"] == "是"}
    for row in supplied:
        code, supplier = row["供应商编码"], suppliers[row["供应商编码"]]
        [given] = system.items(hr, f"/v1/appraisal/suppliers/{supplier['id']}/classifications")
        assert (given["supplier_class"], given["score"]) == (row["类别"], row["评级得分"])
        assert supplier["preferred_for_large_orders"] == (row["大额订单优先"] == "是")
        found = system.items(hr, "/v1/appraisal/results", cycle_id=cycles[row["期间"]])
        [result] = [each for each in found if each["subject_code"] == code]
        assert (result["total"], result["attainment"], result["grade"]) == (row["总分"], row["达成率"], row["等级"])


@pytest.mark.req("APR-03", "APR-11")
def test_every_item_of_a_supplier_has_the_expected_score(system: System, results: dict[str, dict[str, Any]]) -> None:
    names = {row["指标编码"]: row["指标名称"] for row in sheet(COMPANY / "indicators.xlsx", "指标")}
    expected: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for row in table(EXPECTED / "supplier_items.csv"):
        if row["期间"] == PERIOD:
            expected[row["供应商编码"]].append((names[row["指标编码"]], Decimal(row["得分"])))
    for code, items in expected.items():
        read = system.read(system.company.named(HR), f"/v1/appraisal/results/{results[code]['id']}/explanation")
        [section] = [step for form in read["tree"]["steps"] for step in form["steps"] if step["rule"] == "section"]
        assert [(item["label"]["zh"], Decimal(item["value"])) for item in section["steps"]] == items


@pytest.mark.req("INC-03")
def test_every_bonus_has_the_expected_amount_to_the_fen(lines: dict[str, dict[str, Any]]) -> None:
    expected = {row["工号"]: row["金额"] for row in table(EXPECTED / "bonuses.csv")}
    found = {number: line["amount"] for number, line in lines.items()}
    beyond = {number: amount for number, amount in found.items() if number not in expected}
    assert {number: found.get(number) for number in expected} == expected
    assert set(beyond.values()) <= {"0.00"}, "who has no result gets nothing"
