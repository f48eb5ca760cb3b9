"""The benchmarks still run; how long anything takes is not looked at here."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("name", "sizes", "printed"),
    [
        ("org_tree", ["600"], "all reports of a leaf"),
        ("org_import", ["300"], "ratio to the raw floor"),
        ("service_read", ["20", "600"], "at most 3.0"),
        ("cycle_scoring", ["20"], "ratio"),
        ("bonus_run", ["20"], "ratio"),
        ("bonus_correction", ["200"], "2 of them changed"),
        ("bonus_growth", ["40"], "10 times the people"),
        ("measurements", ["200"], "ratio"),
    ],
)
def test_a_benchmark_runs_and_prints_its_ratio(name: str, sizes: list[str], printed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *sizes], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert printed in done.stdout
