"""A plugin of pytest that notes which modules of ours each test runs: `-p gates.mutants.touched --touched FILE`."""

import json
import sys
import threading
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest

ROOT: Final = f"{Path(__file__).resolve().parents[2]}/"
OURS: Final = (f"{ROOT}services/", f"{ROOT}gateway/")


class Notes:
    """Functions by module, with the tests that entered them and how long each test took."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entered: set[str] = set()
        self._tests: dict[str, list[str]] = defaultdict(list)

    def profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Called by Python at every call."""
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(OURS):
            self._entered.add(f"{name.removeprefix(ROOT)}:{frame.f_code.co_name}")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, None, None]:
        """One test with its fixtures."""
        self._entered = set()
        threading.setprofile(self.profile)
        sys.setprofile(self.profile)
        yield
        sys.setprofile(None)
        for place in self._entered:
            self._tests[place].append(item.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Writes what was found."""
        self._file.write_text(json.dumps(self._tests), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The file to write."""
    parser.addoption("--touched", required=True, help="file for the tests by the functions that they enter")


def pytest_configure(config: pytest.Config) -> None:
    """Takes notes from now on."""
    config.pluginmanager.register(Notes(Path(config.getoption("--touched"))))
