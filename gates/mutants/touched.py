"""Which tests can notice which change, and how long each takes: a plugin of pytest for a copy of the repository.

`with_notes` writes notes into a module of the copy: that a function was entered; that a guard refused; that a part of
a condition decided it. The plugin (`-p gates.mutants.touched --touched FOLDER`) keeps, for each note, the tests that
passed and took it, those too for which `tests.beginnings` copied what an earlier test had played.
"""

import ast
import importlib
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Generator
from pathlib import Path
from typing import Any, Final

import pytest

from gates.mutants.changes import Change
from gates.mutants.notes import ENTERED

BEGUN: Final = " (begun)"
"""Behind the place of a note that was taken while what the test begins with was played."""

NEXT: Final = "services/kit/workflow.py:next"
"""The function that makes moves of workflows: it notes state and action."""

_US: Final = "__import__('gates.mutants.notes', fromlist=['enter'])"


def with_notes(source: str, path: str, wanted: Collection[Change]) -> str:
    """The module with notes about its changes; `path` is its name in the repository."""
    written: list[tuple[int, int, str]] = []
    for change in wanted:
        if change.replacement == "pass":
            written.append((change.start, 0, f"with {_US}.Guard({change.name!r}): "))
        elif change.replacement:
            decides = str(change.replacement == "False")
            written.append((change.start, -change.end, f"{_US}.value({change.name!r}, ("))
            written.append((change.end, -change.start, f"), {decides!r})"))
    starts = _starts(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            if body:
                line = min([body[0].lineno, *(each.lineno for each in getattr(body[0], "decorator_list", ()))])
                start, indent = starts[line - 1], " " * body[0].col_offset
                if f"{path}:{node.name}" == NEXT:
                    written.append((start, -len(source), f"{indent}{_US}.enter(f'{{state}} {{action}}')\n"))
                elif source.startswith(indent, start):
                    written.append((start, -len(source), f"{indent}{_US}.enter({f'{path}:{node.name}'!r})\n"))
    for place, _, text in sorted(written, reverse=True):
        source = source[:place] + text + source[place:]
    return source


def _starts(source: str) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def read_notes(folder: Path) -> dict[str, dict[str, float]]:
    """The seconds of each test by the notes that it took, of all workers."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for file in folder.glob("*.json"):
        for place, tests in json.loads(file.read_text(encoding="utf-8")).items():
            found[place].update(tests)
    return found


class Notes:
    """Notes, with the tests that took them and the seconds of each test."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tests: dict[str, dict[str, float]] = defaultdict(dict)
        self._seconds: dict[str, float] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, None, None]:
        """One test with its fixtures."""
        ENTERED.clear()
        yield
        if item.nodeid in self._seconds:
            for place in ENTERED:
                self._tests[place][item.nodeid] = self._seconds[item.nodeid]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """How long a test took that passed; what is set up for many tests is nobody's."""
        if report.when == "call" and report.passed:
            self._seconds[report.nodeid] = report.duration

    def pytest_sessionfinish(self) -> None:
        """Writes what was found."""
        self._file.write_text(json.dumps(self._tests), encoding="utf-8")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Listens to the beginnings of tests, before any module imports `begin`."""
    beginnings = importlib.import_module("tests.beginnings")
    begin = beginnings.begin
    played: dict[tuple[str, str], set[str]] = defaultdict(set)

    async def noted(app: Any, name: str, play: Callable[[], Awaitable[Any]]) -> Any:
        before = set(ENTERED)
        ENTERED.clear()
        made = await begin(app, name, play)
        notes = played[app.state.app_context.name, name]
        notes.update(ENTERED)
        ENTERED.clear()
        ENTERED.update(before, (place + BEGUN for place in notes))
        return made

    beginnings.begin = noted  # type: ignore[attr-defined]  # a module found by its name has no types


def pytest_addoption(parser: pytest.Parser) -> None:
    """The folder to write to."""
    parser.addoption("--touched", required=True, help="folder for the notes of each test")


def pytest_configure(config: pytest.Config) -> None:
    """Takes notes from now on."""
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    config.pluginmanager.register(Notes(Path(config.getoption("--touched")) / f"{worker}.json"))
