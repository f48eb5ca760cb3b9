"""Which tests enter which function, and how long each takes: a plugin of pytest for a copy of the repository.

`note_entries` writes a call of `enter` into every function of the copy that a change concerns; the plugin
(`-p gates.mutants.touched --touched FOLDER`) keeps, for each of them, the tests that entered it. Every worker of
pytest-xdist writes a file of its own.
"""

import ast
import json
from collections import defaultdict
from collections.abc import Collection, Generator
from pathlib import Path
from typing import Final

import pytest

ENTERED: Final[set[str]] = set()


def enter(place: str) -> None:
    """Called by a function under note, `place` being its path and name."""
    ENTERED.add(place)


def note_entries(file: Path, path: str, functions: Collection[str]) -> None:
    """Writes the calls into the module `file`; `path` is its name in the repository."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in functions:
            call = ast.parse(
                f"__import__('gates.mutants.touched', fromlist=['enter']).enter({f'{path}:{node.name}'!r})"
            )
            node.body.insert(1 if ast.get_docstring(node, clean=False) is not None else 0, call.body[0])
    file.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")


def read_notes(folder: Path) -> dict[str, dict[str, float]]:
    """The seconds of each test by the functions that it enters, of all workers."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for file in folder.glob("*.json"):
        for place, tests in json.loads(file.read_text(encoding="utf-8")).items():
            found[place].update(tests)
    return found


class Notes:
    """Functions, with the tests that entered them and the seconds of each test."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tests: dict[str, dict[str, float]] = defaultdict(dict)
        self._seconds: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, None, None]:
        """One test with its fixtures."""
        ENTERED.clear()
        yield
        for place in ENTERED:
            self._tests[place][item.nodeid] = self._seconds[item.nodeid]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """How long a part of a test took; what is set up for many tests is nobody's."""
        if report.when == "call":
            self._seconds[report.nodeid] = report.duration

    def pytest_sessionfinish(self) -> None:
        """Writes what was found."""
        self._file.write_text(json.dumps(self._tests), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The folder to write to."""
    parser.addoption("--touched", required=True, help="folder for the tests by the functions that they enter")


def pytest_configure(config: pytest.Config) -> None:
    """Takes notes from now on."""
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    config.pluginmanager.register(Notes(Path(config.getoption("--touched")) / f"{worker}.json"))
