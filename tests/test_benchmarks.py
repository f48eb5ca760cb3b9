"""The benchmarks still run; how long anything takes is not looked at here."""

import importlib
import multiprocessing
import os
import sys
from pathlib import Path

import pytest

from benchmarks import _databases
from tests.databases import TestServer

SIZES = {
    "org_tree": (["600"], "all reports of a leaf"),
    "org_import": (["300"], "ratio to the raw floor"),
    "service_read": (["20", "600"], "at most 3.0"),
    "cycle_scoring": (["20"], "ratio"),
    "bonus_run": (["20"], "ratio"),
    "bonus_correction": (["200"], "2 of them changed"),
    "bonus_growth": (["40"], "10 times the people"),
    "measurements": (["200"], "ratio"),
}
LOADED = multiprocessing.get_context("forkserver")
"""Benchmarks are copies of one process that has loaded them all."""
LOADED.set_forkserver_preload([__name__, *(f"benchmarks.{name}" for name in SIZES)])


def run(name: str, sizes: list[str], template: str, output: Path) -> None:
    """Be `python -m benchmarks.<name> <sizes>`, on a copy of the database `template`, with its output in a file."""
    with output.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ[_databases.TEMPLATE] = template
    sys.argv = [name, *sizes]
    importlib.import_module(f"benchmarks.{name}").main()
    sys.stdout.flush()


@pytest.mark.parametrize("name", SIZES)
def test_a_benchmark_runs_and_prints_its_ratio(name: str, server: TestServer, tmp_path: Path) -> None:
    sizes, printed = SIZES[name]
    output = tmp_path / "output"
    process = LOADED.Process(target=run, args=(name, sizes, server.url(server.template()), output))
    process.start()
    process.join(300)
    told = output.read_text(encoding="utf-8")
    assert process.exitcode == 0, told
    assert printed in told
