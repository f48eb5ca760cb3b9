"""The house stays in pieces that a person can hold: files, functions, areas, and org as a whole (decision 0036)."""

import ast
from collections import Counter

import pytest

from tests.architecture.sources import PRODUCT, Source, sources

LONGEST_FILE = 300
LONG_FUNCTION = 40
LONG_FUNCTIONS = 0.01
LARGEST_AREA = 4_000
LARGEST_ORG = 17_000
"""Lines of org's code: blank lines and docstrings do not count."""


def test_no_file_is_longer_than_a_person_reads_in_one_go() -> None:
    too_long = [
        f"{each.name}: {len(each.lines)}" for each in sources(*PRODUCT, "tests") if len(each.lines) > LONGEST_FILE
    ]
    assert too_long == []


def test_no_area_outgrows_what_one_person_knows() -> None:
    lines: Counter[str] = Counter()
    for each in sources("services"):
        service, *inner = each.name.split("/")[1:]
        if service != "kit" and len(inner) > 1:
            lines[f"{service}/{inner[0]}"] += len(each.lines)
    assert lines
    assert {area: count for area, count in lines.items() if count > LARGEST_AREA} == {}


@pytest.mark.parametrize("service", ["org", "appraisal", "incentive", "kit"])
def test_hardly_a_function_is_long(service: str) -> None:
    lengths = [
        (node.end_lineno or 0) - node.lineno + 1
        for each in sources(f"services/{service}")
        for node in each.walk()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert len([length for length in lengths if length > LONG_FUNCTION]) <= LONG_FUNCTIONS * len(lengths)


def test_org_keeps_within_its_lines() -> None:
    assert sum(code_lines(each) for each in sources("services/org")) <= LARGEST_ORG


def code_lines(source: Source) -> int:
    """The lines of a file that are neither blank nor part of a docstring."""
    described = {
        line
        for node in source.walk()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return sum(1 for number, line in enumerate(source.lines, 1) if line.strip() and number not in described)
