"""The house rules that no ready-made tool holds (docs/architecture.md)."""

import ast
import re

import pytest

from tests.architecture.sources import ALL, PRODUCT, domain, sources

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "service", "misc"}
IMPURE = {"uuid.uuid4", "uuid4", "uuid7", "datetime.now", "date.today", "time.time", "open", "random.random"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [each.name for each in sources(*ALL) if each.path.stem in BANNED_NAMES] == []


def test_modules_import_at_their_top() -> None:
    inside = [
        each.at(node)
        for each in sources(*PRODUCT)
        for function in each.walk()
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert inside == []


def test_nobody_hides_imports_from_the_running_program() -> None:
    assert [each.name for each in sources(*PRODUCT) if "TYPE_CHECKING" in each.text] == []


@pytest.mark.req("PLT-04")
def test_every_line_of_incentives_trail_says_what_was_done_and_a_decision_from_which_state() -> None:
    silent = []
    for each in sources("services/incentive"):
        for node in each.walk():
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            said = {keyword.arg for keyword in node.keywords}
            if node.func.attr in {"record", "audit"} and "subject" in said:
                action = ast.unparse(node.args[0])
                decides = "{" in action or re.search(r"(approved|refused|revoked|released|withdrawn|paid)'$", action)
                wanted = {"before", "after"} if decides else {"after"}
                if not (None in said or wanted <= said):
                    silent.append(each.at(node))
    assert silent == []


@pytest.mark.parametrize("mark", ["type: ignore", "noqa"])
def test_every_exemption_names_its_rule_and_its_reason(mark: str) -> None:
    form = re.compile(rf"# {mark}(\[[\w,-]+\]|: [A-Z]+\d+(, ?[A-Z]+\d+)*) +(#|-) ?\S.+")
    without_reason = [
        f"{each.name}:{number}: {line.strip()}"
        for each in sources(*PRODUCT)
        for number, line in enumerate(each.lines, 1)
        if f"# {mark}" in line and not form.search(line)
    ]
    assert without_reason == []


def test_nothing_is_left_to_do_in_the_code() -> None:
    word = re.compile(r"#.*\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
    assert [each.name for each in sources(*ALL) if word.search(each.text)] == []


def test_nobody_catches_everything_without_a_reason() -> None:
    broad = [
        each.at(node)
        for each in sources(*PRODUCT)
        for node in each.walk()
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not isinstance(node.body[-1], ast.Raise)
        and "  # " not in each.lines[node.lineno - 1]  # a reason makes it an exception to the rule
    ]
    assert broad == []


@pytest.mark.req("INC-10")
def test_exact_floors_never_use_binary_floating_point() -> None:
    floats = [
        each.at(node)
        for each in domain()
        for node in each.walk()
        if (isinstance(node, ast.Name) and node.id in {"float", "round"})
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert floats == []


def test_the_domain_asks_neither_clock_nor_chance_nor_disk() -> None:
    calls = [
        each.at(node)
        for each in domain()
        for node in each.walk()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in IMPURE
    ]
    assert calls == []


def test_every_module_class_and_function_of_the_product_says_what_it_is_for() -> None:
    silent = [
        each.at(node)
        for each in sources("services", "gateway", "deploy", "gates")
        for node in each.walk()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and node.col_offset == 0
        and ast.get_docstring(node) is None
    ]
    assert silent == []
