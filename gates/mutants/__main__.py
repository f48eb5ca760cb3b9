"""Which guards, conditions and rows of workflows could be lost unnoticed: `make mutants`, outside CI.

    python -m gates.mutants [--only services/appraisal/decisions] [--tests tests/api/appraisal] [--list]

In a copy of this repository the tests run once, to learn which of them enter which function. Then each change is made
alone and those tests run. A change that no test notices is a survivor; it needs a reason in gates/mutants/reasons.yaml
(why it is harmless, or what else holds it), or a test. The exit code is 1 for a survivor without a reason and for a
reason without its survivor. All of it takes hours; `--only` takes the modules below a path.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from gates.mutants.changes import Change, changes

ROOT: Final = Path(__file__).resolve().parents[2]
REASONS: Final = Path(__file__).with_name("reasons.yaml")
MOST_TESTS: Final = 60
"""Of the tests that enter a function; beyond that they say the same again."""

SECONDS: Final = 600
_LEFT_OUT: Final = shutil.ignore_patterns(".git", ".venv", ".data", "secrets", "__pycache__", ".*_cache", ".hypothesis")


@dataclass(frozen=True)
class Bench:
    """A copy of the repository in which changes are made."""

    folder: Path

    def pytest(self, *arguments: str) -> int:
        """Runs tests in the copy; pytest's exit code, or 1 if they do not end."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(  # noqa: S603 - our own tests
                command, cwd=self.folder, env=environment, capture_output=True, timeout=SECONDS * 6, check=False
            )
        except subprocess.TimeoutExpired:
            return 1
        return done.returncode

    def touched(self, tests: Sequence[str]) -> dict[str, list[str]]:
        """The tests by the functions that they enter."""
        notes = self.folder / "touched.json"
        self.pytest("-n", "0", "--maxfail=1000", "-p", "gates.mutants.touched", f"--touched={notes}", *tests)
        found: dict[str, list[str]] = json.loads(notes.read_text(encoding="utf-8"))
        return found

    def is_noticed(self, change: Change, tests: Sequence[str]) -> bool:
        """Whether one of the tests fails with the change."""
        file = self.folder / change.path
        source = file.read_text(encoding="utf-8")
        file.write_text(change.applied(source), encoding="utf-8")
        try:
            return bool(tests) and self.pytest("-n", "0", *tests) != 0
        finally:
            file.write_text(source, encoding="utf-8")


def main() -> int:
    """Makes the changes; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gates.mutants", description=__doc__)
    parser.add_argument("--only", default="services", help="the path below which modules are changed")
    parser.add_argument("--tests", nargs="+", default=["tests", "--ignore=tests/e2e"], help="the tests that may notice")
    parser.add_argument("--list", action="store_true", help="show the changes and make none")
    options = parser.parse_args()
    wanted = all_changes(options.only)
    if options.list:
        print("\n".join(f"{change.path}:{change.line} {change.name}" for change in wanted))
        return 0
    with tempfile.TemporaryDirectory(prefix="merit-mutants-") as folder:
        bench = Bench(Path(folder) / "merit")
        shutil.copytree(ROOT, bench.folder, ignore=_LEFT_OUT)
        survivors = _survivors(bench, wanted, bench.touched(options.tests))
    return _report(survivors, wanted, _reasons())


def all_changes(only: str) -> list[Change]:
    """The changes of every module below a path."""
    start = ROOT / only
    files = [start] if start.is_file() else sorted(start.rglob("*.py"))
    return [
        change
        for file in files
        for change in changes(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ]


def tests_of(change: Change, touched: Mapping[str, Sequence[str]]) -> list[str]:
    """The tests that enter the changed function; of what no function holds, all that enter the module."""
    exact = touched.get(f"{change.path}:{change.function}", [])
    if not exact:
        exact = sorted({test for place, own in touched.items() if place.startswith(f"{change.path}:") for test in own})
    return list(exact[:MOST_TESTS])


def _survivors(bench: Bench, wanted: Sequence[Change], touched: Mapping[str, Sequence[str]]) -> list[Change]:
    survivors = []
    for number, change in enumerate(wanted, 1):
        noticed = bench.is_noticed(change, tests_of(change, touched))
        print(f"{number}/{len(wanted)} {'noticed' if noticed else 'SURVIVES'} {change.name}", flush=True)
        survivors += [] if noticed else [change]
    return survivors


def _reasons() -> dict[str, str]:
    loaded: dict[str, str] | None = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    return loaded or {}


def _report(survivors: Sequence[Change], wanted: Sequence[Change], reasons: Mapping[str, str]) -> int:
    names = {change.name for change in survivors}
    print(f"\n{len(wanted) - len(survivors)} of {len(wanted)} changes are noticed.")
    for change in survivors:
        print(f"{change.path}:{change.line} {change.kind} {change.taken}\n    {reasons.get(change.name, 'NO REASON')}")
    idle = [name for name in reasons if name in {change.name for change in wanted} - names]
    for name in idle:
        print(f"There is a reason, but a test notices it: {name}")
    return 1 if idle or names - reasons.keys() else 0


if __name__ == "__main__":
    sys.exit(main())
