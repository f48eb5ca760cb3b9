"""Every number explains itself: items, sections and sheets of every result, and the amount of every statement."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from examples.reading import sheet, table
from tests.e2e.system import COMPANY, EXPECTED, System

AT_ONCE = 4
Key = tuple[str, str]


def _rows(name: str, *columns: str) -> dict[str, list[list[str]]]:
    """Rows of one expected file by subject code, in the order of the file."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for row in table(EXPECTED / name):
        found[row["对象编码"]].append([row[column] for column in columns])
    return found


def _steps(tree: dict[str, Any], *rules: str) -> Iterator[dict[str, Any]]:
    if tree["rule"] in rules:
        yield tree
        return
    for step in tree["steps"]:
        yield from _steps(step, *rules)


@pytest.fixture(scope="module")
def explanations(system: System) -> dict[str, dict[str, Any]]:
    """The first version's tree of every result by subject code: before anybody moved a grade."""
    hr = system.company.named("方晴")
    results = system.items(hr, "/v1/appraisal/results", cycle_id=system.cycle()["id"])

    def explained(result: dict[str, Any]) -> dict[str, Any]:
        tree: dict[str, Any] = system.read(hr, f"/v1/appraisal/results/{result['id']}/explanation", version="1")["tree"]
        return tree

    with ThreadPoolExecutor(AT_ONCE) as readers:
        return dict(zip((r["subject_code"] for r in results), readers.map(explained, results), strict=True))


@pytest.mark.req("APR-11")
def test_every_sheet_comes_to_the_expected_total(explanations: dict[str, dict[str, Any]]) -> None:
    for code, expected in _rows("forms.csv", "总分").items():
        sheets = [step["value"] for step in _steps(explanations[code], "form_total")]
        assert sheets == [row[0] for row in expected], code


@pytest.mark.req("APR-11")
def test_every_section_comes_to_the_expected_score(explanations: dict[str, dict[str, Any]]) -> None:
    for code, expected in _rows("sections.csv", "部分", "得分").items():
        sections = [(step["label"]["zh"], Decimal(step["value"])) for step in _steps(explanations[code], "section")]
        assert sections == [(name, Decimal(score)) for name, score in expected], code


@pytest.mark.req("APR-11")
def test_every_item_comes_to_the_expected_score(explanations: dict[str, dict[str, Any]]) -> None:
    names = {row["指标编码"]: row["指标名称"] for row in sheet(COMPANY / "indicators.xlsx", "指标")}
    for code, expected in _rows("items.csv", "指标编码", "得分").items():
        items = [
            (item["label"]["zh"], Decimal(item["value"]))
            for section in _steps(explanations[code], "section")
            for item in section["steps"]
        ]
        assert items == [(names[indicator], Decimal(score)) for indicator, score in expected], code


@pytest.mark.req("APR-06", "APR-11")
def test_actuals_name_the_stored_measurement_they_came_from(explanations: dict[str, dict[str, Any]]) -> None:
    """The actual that was missing at first counts like the others."""
    (late,) = table(COMPANY / "actuals-late.csv")
    inputs = [
        given
        for section in _steps(explanations[late["考核对象编码"]], "section")
        for item in section["steps"]
        for given in item["inputs"]
    ]
    found = [
        given for given in inputs if given["name"]["zh"] == f"实绩 {late['日期']}" and given["value"] == late["数值"]
    ]
    assert found
    assert all(given["source"].startswith("measurement:") for given in found)


@pytest.mark.req("INC-11", "INC-16")
def test_every_statement_explains_the_amount_it_names(system: System) -> None:
    compensation = system.company.named("程雅琴")
    statements = system.items(compensation, "/v1/incentive/statements", run_id=system.run()["id"])
    segments: dict[str, int] = defaultdict(int)
    for row in table(EXPECTED / "segments.csv"):
        segments[row["工号"]] += 1

    def read(statement: dict[str, Any]) -> dict[str, Any]:
        recorded: dict[str, Any] = system.read(compensation, f"/v1/incentive/statements/{statement['id']}")
        return recorded

    with ThreadPoolExecutor(AT_ONCE) as readers:
        for recorded in readers.map(read, statements):
            tree, words = recorded["explanation"]["tree"], recorded["explanation"]["narration"]
            assert Decimal(tree["value"].split()[0]) == Decimal(recorded["amount"]), recorded["employee_name"]
            assert len(words) >= 2, recorded["employee_name"]
            if Decimal(recorded["amount"]):
                assert len(tree["steps"]) == segments[recorded["employee_number"]], recorded["employee_name"]
