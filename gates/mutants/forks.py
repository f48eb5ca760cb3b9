"""Tries many changes in one pytest process: a plugin (`-p gates.mutants.forks --plan FILE --verdicts FILE`).

pytest collects once. For each change the process forks; the child gives the changed function its new code and runs the
tests of the plan until one fails. All children use one PostgreSQL server and clones of one migrated template, as the
workers of pytest-xdist do. A change that no child can make in place (outside functions) is left to the caller.
"""

import contextlib
import gc
import importlib
import json
import os
import re
import signal
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

import pytest
from _pytest.runner import runtestprotocol

from deploy.database import SERVICES
from gates.mutants.changes import Change
from services.kit.workflow import Workflow
from tests.databases import TestDatabase, TestServer, running_server

SECONDS: Final = 900
"""After that a child counts as one whose tests do not end."""

NOTICED, SURVIVED, NOT_IN_PLACE = 1, 0, 3


@dataclass(frozen=True)
class Trial:
    """A change and the tests that may notice it."""

    change: Change
    tests: Sequence[str]


class NotInPlaceError(Exception):
    """The change is not inside a function that has been loaded."""


Loaded = Mapping[CodeType, Sequence[FunctionType]]


def loaded_functions(folder: Path) -> Loaded:
    """The functions of our own modules that this process holds, by their code."""
    found: dict[CodeType, list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(folder)):
            found[each.__code__].append(each)
    return found


def change_in_place(change: Change, file: Path, loaded: Loaded) -> None:
    """Gives the changed function its new code in this process.

    Raises NotInPlaceError where the change reaches beyond one function, or comes too late.
    """
    if change.on_load:
        raise NotInPlaceError(change.name)
    source = file.read_text(encoding="utf-8")
    before = compile(source, str(file), "exec", dont_inherit=True)
    after = compile(change.applied(source), str(file), "exec", dont_inherit=True)
    if change.kind == "row":
        _take_row(change, source)
        return
    outermost = list(zip(_functions(before), _functions(after), strict=True))
    pairs = dict(_different(outermost))
    changed = sum(_without_lines(old) != _without_lines(new) for old, new in outermost)
    found = [function for code in pairs for function in loaded.get(code, ())]
    if changed != 1 or not found or any(old.co_freevars != new.co_freevars for old, new in pairs.items()):
        raise NotInPlaceError(change.name)
    for function in found:
        function.__code__ = pairs[function.__code__]


def _take_row(change: Change, source: str) -> None:
    """Takes a row out of the workflow of a module that has been loaded, unless a function makes many of it."""
    if change.function != "(module)":
        raise NotInPlaceError(change.name)
    module = importlib.import_module(change.path.removesuffix(".py").replace("/", "."))
    row = eval(source[change.start : change.end].rstrip(", \n"), vars(module))  # noqa: S307 - our own text
    for workflow in [each for each in vars(module).values() if isinstance(each, Workflow) and row in each.moves]:
        workflow.moves = tuple(move for move in workflow.moves if move != row)
        workflow._table.pop((row.source, row.action))  # noqa: SLF001 - as if it had been made without the row
        return
    raise NotInPlaceError(change.name)


def _different(pairs: Sequence[tuple[CodeType, CodeType]]) -> Iterator[tuple[CodeType, CodeType]]:
    """The functions that differ, and those inside them of which objects may have been made already."""
    for old, new in pairs:
        if _without_lines(old) != _without_lines(new):
            yield old, new
            inner = [[each for each in code.co_consts if isinstance(each, CodeType)] for code in (old, new)]
            if len(inner[0]) == len(inner[1]):
                yield from _different(list(zip(*inner, strict=True)))


def _functions(code: CodeType) -> Iterator[CodeType]:
    """The outermost functions of a module or class, those of its classes too."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & 0x2:  # CO_NEWLOCALS: a function; a class body has none
                yield constant
            else:
                yield from _functions(constant)


def _without_lines(code: CodeType) -> CodeType:
    """The code without the numbers of its lines: a change that takes lines away moves all that follow."""
    inner = tuple(_without_lines(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_firstlineno=1, co_linetable=b"", co_consts=inner)


_clone: Final = TestServer.clone


def _cloned(self: TestServer, template: str, name: str) -> TestDatabase:
    """A clone, or the one of this place that an earlier child used: its tests undid what they did."""
    is_kept = re.fullmatch(rf"merit_test_{self.run}_w\d+", name) is not None
    return TestDatabase(self, name) if is_kept else _clone(self, template, name)


class Forks:
    """Runs the plan instead of the collected tests."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        plan = json.loads(Path(config.getoption("--plan")).read_text(encoding="utf-8"))
        self._plan = [Trial(Change(**trial["change"]), trial["tests"]) for trial in plan]
        self._verdicts = Path(config.getoption("--verdicts"))
        self._at_once = int(config.getoption("--at-once"))
        self._loaded: Loaded = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The changes, several at a time."""
        items = {item.nodeid: item for item in session.items}
        mains = {f"services/{service}/main.py" for service in SERVICES}
        for path in sorted(mains | {trial.change.path for trial in self._plan}):
            importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        with running_server() as server:
            for slot in range(self._at_once):
                server.clone(server.template(), f"merit_test_{server.run}_w{slot}")
            gc.unfreeze()  # the tests' own configuration freezes what it has loaded, which hides it from the search
            self._loaded = loaded_functions(Path(self._config.rootpath))
            gc.freeze()  # what is never looked at again stays shared with the children
            running: dict[int, tuple[int, Trial]] = {}
            free = list(range(self._at_once))
            for trial in self._plan:
                if not free:
                    self._wait(running, free, server)
                slot = free.pop()
                child = os.fork()
                if child == 0:
                    os._exit(self._try(trial, [items[test] for test in trial.tests if test in items], server, slot))
                running[child] = (slot, trial)
            while running:
                self._wait(running, free, server)
        return True

    def _wait(self, running: dict[int, tuple[int, Trial]], free: list[int], server: TestServer) -> None:
        child, status = os.wait()
        slot, trial = running.pop(child)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # whatever its tests started
        server.drop(f"merit_test_{server.run}_fresh_w{slot}")
        free.append(slot)
        code = os.waitstatus_to_exitcode(status)
        verdict = {SURVIVED: "survives", NOT_IN_PLACE: "not in place"}.get(code, "noticed")
        with self._verdicts.open("a", encoding="utf-8") as file:
            file.write(json.dumps([trial.change.name, verdict], ensure_ascii=False) + "\n")

    def _try(self, trial: Trial, items: Sequence[pytest.Item], server: TestServer, slot: int) -> int:
        """In the child: the exit code."""
        os.setsid()
        signal.alarm(SECONDS)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        try:
            change_in_place(trial.change, Path(self._config.rootpath) / trial.change.path, self._loaded)
        except (NotInPlaceError, ValueError, SyntaxError):
            return NOT_IN_PLACE
        worker: Any = self._config
        worker.workerinput = {"merit_server": (server.admin_url, server.run), "workerid": f"w{slot}"}
        TestServer.clone = _cloned  # type: ignore[method-assign]  # in this process alone
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                return NOTICED
        return SURVIVED


def pytest_addoption(parser: pytest.Parser) -> None:
    """The files of the plan and of what came of it."""
    parser.addoption("--plan", required=True, help="the changes, each with its tests")
    parser.addoption("--verdicts", required=True, help="file for a line about each change")
    parser.addoption("--at-once", default="2", help="how many changes are tried at a time")


def pytest_configure(config: pytest.Config) -> None:
    """Takes over the loop of tests."""
    config.pluginmanager.register(Forks(config))
