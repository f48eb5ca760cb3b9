"""Whatever changes something leaves a line in the audit trail: every write, and every transition (PLT-04).

``tests/api/conftest.py`` holds the same at run time, with the states before and after; this finds it where no test
goes.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import pytest

from tests.architecture.sources import Source, sources

Function = tuple[str, str]
"""A module and the name of a function in it."""

WRITES: Final = ("post", "put", "patch", "delete")
RECORDING: Final = ("record", "audit")
TRAIL: Final = ("services.kit.audit.trail", "record")
MOVING: Final = (("services.kit.work.history", "advance"), ("services.kit.work.releasing", "decide"))
"""What makes a transition and leaves the line to its caller, who knows what was decided about."""

WITHOUT_LINE: Final[Mapping[str, str]] = {
    "check_approvals": "a question",
    "check_eligibility": "a question",
    "simulate_run": "a question",
    "simulate_run_as_picture": "a question",
    "simulate_run_as_workbook": "a question",
    "save_rating_draft": "nothing may tell when a rater wrote",
    "refresh_session": "a sign-in that goes on; its beginning is recorded",
    "revoke_session": "the session itself says when and why it ended",
}
"""Operations that write no line: which, and why."""


def module_of(source: Source) -> str:
    """The module that a file is."""
    return source.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def functions() -> Mapping[Function, ast.AsyncFunctionDef | ast.FunctionDef]:
    """Every function of the services."""
    kinds = (ast.AsyncFunctionDef, ast.FunctionDef)
    return {
        (module_of(source), node.name): node
        for source in sources("services")
        for node in source.tree.body
        if isinstance(node, kinds)
    }


@cache
def imported() -> Mapping[str, Mapping[str, Function]]:
    """By module, what its names stand for."""
    return {
        module_of(source): {
            each.asname or each.name: (node.module, each.name)
            for node in source.tree.body
            if isinstance(node, ast.ImportFrom) and node.module
            for each in node.names
        }
        for source in sources("services")
    }


def used(module: str, function: ast.AST) -> Iterator[Function]:
    """The functions that a function calls or hands on."""
    names = imported()[module]
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield names.get(node.id, (module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield ".".join(names[node.value.id]), node.attr


def records_itself(function: ast.AST) -> bool:
    """Whether it writes a line with its own hands: ``uow.record(…, subject=…)``."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RECORDING
        and any(word.arg == "subject" for word in node.keywords)
        for node in ast.walk(function)
    )


@cache
def calls() -> Mapping[Function, frozenset[Function]]:
    """By function, what it uses."""
    return {each: frozenset(used(each[0], node)) for each, node in functions().items()}


@cache
def recording() -> frozenset[Function]:
    """The functions that write a line themselves."""
    return frozenset(each for each, node in functions().items() if TRAIL in calls()[each] or records_itself(node))


@cache
def recorded() -> frozenset[Function]:
    """The functions that write a line, or call one that does, however far down."""
    found, size = set(recording()), 0
    while size < len(found):
        size = len(found)
        found |= {each for each, inner in calls().items() if inner & found}
    return frozenset(found)


def writing_routes() -> Iterator[Function]:
    """Every operation that writes."""
    for each, node in functions().items():
        said = [ast.unparse(decorator) for decorator in node.decorator_list]
        if any(f".{method}(" in line for line in said for method in WRITES):
            yield each


@pytest.mark.req("PLT-04")
def test_every_operation_that_writes_leaves_a_line_or_says_why_not() -> None:
    routes = list(writing_routes())
    assert len(routes) > 10 * len(WITHOUT_LINE)
    assert {name for module, name in routes if (module, name) not in recorded()} == set(WITHOUT_LINE)


@pytest.mark.req("PLT-04")
def test_whoever_makes_a_transition_leaves_its_line_beside_it() -> None:
    """In the function itself, in one that it calls, or in all that call it: not somewhere for another matter."""
    makers = [each for each, inner in calls().items() if inner & set(MOVING) and each not in MOVING]
    assert len(makers) > len(MOVING)
    near = {each for each, inner in calls().items() if each in recording() or inner & recording()}
    silent = []
    for each in makers:
        callers = {caller for caller, inner in calls().items() if each in inner}
        if each not in near and (not callers or not callers <= near):
            silent.append(each)
    assert silent == []
