"""Which guards, conditions and rows of workflows could be lost unnoticed: `make mutants`, outside CI.

    python -m gates.mutants [--only services/appraisal/decisions] [--tests tests/api/appraisal] [--list] [--folder F]

In a copy of this repository the tests run once, to learn which of them can notice what: those in which the guard
refused, the part decided its condition, the function of the filter was entered (`gates.mutants.touched`). Then each
change is made alone and those tests run, the shortest first (`gates.mutants.forks`); what cannot be made in a running
process is made in the file, as is what a process of its own runs, which takes no notes (`READER`). A change that no
test notices, or none reaches, is a survivor; it needs a reason in gates/mutants/reasons.yaml (why it is harmless, or
what else holds it), or a test. The exit code is 1 for a survivor without a reason and for a reason without its
survivor. All of it takes hours; `--only` takes the modules below some paths. With `--folder` the notes and verdicts
stay there, and a second start goes on from them.
"""

import argparse
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gates.mutants.changes import Change, changes
from gates.mutants.touched import BEGUN, read_notes, with_notes
from services.kit.yaml_files import read_yaml

ROOT: Final = Path(__file__).resolve().parents[2]
REASONS: Final = Path(__file__).with_name("reasons.yaml")
MOST_SECONDS: Final = 20.0
"""Of tests for one change, as they took while notes were taken; beyond that they say the same again."""

READER: Final = ("services/kit/files/workbook_", "services/kit/files/csv_records.py", "services/kit/files/process.py")
"""What reads files in a process of its own: changed in the file, tried by all of `READER_TESTS`."""

READER_TESTS: Final = tuple(
    f"tests/kit/test_{name}.py"
    for name in ("workbook_faults", "spreadsheets", "spreadsheet_habits", "spreadsheet_bombs")
)
WATCHFUL: Final = tuple(
    f"tests/api/{name}.py"
    for name in (
        "appraisal/test_other_units",
        "appraisal/test_two_cycles",
        "appraisal/test_who_may",
        "appraisal/test_whose_matter",
        "appraisal/test_write_walk",
        "incentive/test_who_sees_pay",
        "incentive/test_write_walk",
        "org/test_lists",
        "org/test_who_may",
        "org/test_write_walk",
    )
)
"""Long stories in which somebody must not see or do something: they are tried too, last, where they reach a change."""

HOURS: Final = 12
_LATER: Final = "not in place"
_LEFT_OUT: Final = shutil.ignore_patterns(".git", ".venv", ".data", "secrets", "__pycache__", ".*_cache", ".hypothesis")

Touched = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Bench:
    """A folder with a copy of the repository in which changes are made, with the notes and the verdicts."""

    folder: Path

    @property
    def copy(self) -> Path:
        """The copy."""
        return self.folder / "merit"

    @property
    def verdicts(self) -> Path:
        """A line for each change that was tried: its name, and `noticed`, `survives`, `unreached` or `not in place`."""
        return self.folder / "verdicts.jsonl"

    def renew(self) -> None:
        """Creates the copy again."""
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(ROOT, self.copy, ignore=_LEFT_OUT)

    def pytest(self, *arguments: str) -> int:
        """Runs tests in the copy; pytest's exit code, or 1 if they do not end."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(self.copy)}
        with (self.folder / "pytest.log").open("ab") as log:
            try:
                done = subprocess.run(  # noqa: S603 - our own tests
                    command, cwd=self.copy, env=environment, stdout=log, stderr=log, timeout=HOURS * 3600, check=False
                )
            except subprocess.TimeoutExpired:
                return 1
        return done.returncode

    def touched(self, wanted: Sequence[Change], tests: Sequence[str]) -> Touched:
        """The tests by the notes that they take, with their seconds."""
        notes = self.folder / "touched"
        if not any(notes.glob("*.json")):
            notes.mkdir(exist_ok=True)
            by_path = defaultdict(list)
            for change in wanted:
                if not change.path.startswith(READER):
                    by_path[change.path].append(change)
            sources = {path: (self.copy / path).read_text(encoding="utf-8") for path in by_path}
            for path, its in by_path.items():
                (self.copy / path).write_text(with_notes(sources[path], path, its), encoding="utf-8")
            self.pytest("-n", "0", "--maxfail=1000", "-p", "gates.mutants.touched", f"--touched={notes}", *tests)
            for path, source in sources.items():
                (self.copy / path).write_text(source, encoding="utf-8")
        return read_notes(notes)

    def try_in_forks(self, trials: Sequence[tuple[Change, Sequence[str]]]) -> None:
        """Adds a verdict for each change to `verdicts`."""
        plan = self.folder / "plan.json"
        plan.write_text(json.dumps([{"change": dataclasses.asdict(c), "tests": tests} for c, tests in trials]))
        files = sorted({test.partition("::")[0] for _, tests in trials for test in tests})
        files = [file for file in files if (self.copy / file).exists()]  # notes of an earlier start may name others
        own = [f"--plan={plan}", f"--verdicts={self.verdicts}"]
        self.pytest("-n", "0", "-p", "gates.mutants.forks", *own, *files)

    def is_noticed(self, change: Change, tests: Sequence[str]) -> bool:
        """Whether one of the tests fails when the file is changed."""
        file = self.copy / change.path
        source = file.read_text(encoding="utf-8")
        file.write_text(change.applied(source), encoding="utf-8")
        try:
            return bool(tests) and self.pytest("-x", "-n", "0", *tests) != 0
        finally:
            file.write_text(source, encoding="utf-8")

    def read_verdicts(self) -> dict[str, str]:
        """The last verdict of each change."""
        if not self.verdicts.exists():
            return {}
        return dict(json.loads(line) for line in self.verdicts.read_text(encoding="utf-8").splitlines())

    def add_verdict(self, change: Change, verdict: str) -> None:
        """Adds one."""
        print(f"{verdict}: {change.name}", flush=True)
        with self.verdicts.open("a", encoding="utf-8") as file:
            file.write(json.dumps([change.name, verdict], ensure_ascii=False) + "\n")


def main() -> int:
    """Makes the changes; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gates.mutants", description=__doc__)
    parser.add_argument("--only", nargs="+", default=["services", "gateway"], help="paths of modules to change")
    parser.add_argument("--tests", nargs="+", default=["tests", "--ignore=tests/e2e"], help="the tests that may notice")
    parser.add_argument("--list", action="store_true", help="show the changes and make none")
    parser.add_argument("--folder", type=Path, help="where notes and verdicts stay; without it they go")
    options = parser.parse_args()
    wanted = all_changes(options.only)
    if options.list:
        print("\n".join(f"{change.path}:{change.line} {change.name}" for change in wanted))
        return 0
    with tempfile.TemporaryDirectory(prefix="merit-mutants-") as folder:
        bench = Bench(options.folder or Path(folder))
        bench.folder.mkdir(exist_ok=True)
        bench.renew()
        survivors = _survivors(bench, wanted, bench.touched(all_changes(["services", "gateway"]), options.tests))
    return _report(survivors, wanted, _reasons())


def all_changes(only: Sequence[str]) -> list[Change]:
    """The changes of every module below some paths."""
    starts = [ROOT / each for each in only]
    files = [file for start in starts for file in ([start] if start.is_file() else sorted(start.rglob("*.py")))]
    return [
        change
        for file in files
        for change in changes(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ]


def tests_of(change: Change, touched: Touched) -> list[str]:
    """The shortest tests that can notice a change, one that begins with what the change concerns, and the watchful."""
    if change.path.startswith(READER):
        return list(READER_TESTS)
    places = {f"{change.path}:{change.function}"}
    if change.kind == "row":
        words = [word.lower() for word in re.findall(r"\.(\w+)", change.taken)]
        places = {" ".join(words[:2])}
        if change.taken.startswith("*"):  # the same action from many states
            places = {place for place in touched if place.endswith(f" {words[0]}")}
    elif change.function == "(module)" or change.on_load:
        places = {place.removesuffix(BEGUN) for place in touched if place.startswith(f"{change.path}:")}
    elif change.replacement in ("True", "False") or {change.name, change.name + BEGUN} & touched.keys():
        places = {change.name}
    direct = _shortest(touched, places)
    begun = [test for test in _shortest(touched, {place + BEGUN for place in places}) if test not in direct]
    chosen: list[str] = []
    left = MOST_SECONDS
    for test, seconds in direct.items():
        left -= seconds + 0.05
        if left < 0 and chosen:
            break
        chosen.append(test)
    watchful = [test for test in direct if test.startswith(WATCHFUL) and test not in chosen]
    return chosen + begun[:1] + watchful


def _shortest(touched: Touched, places: Collection[str]) -> dict[str, float]:
    found = {test: seconds for place in places for test, seconds in touched.get(place, {}).items()}
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _survivors(bench: Bench, wanted: Sequence[Change], touched: Touched) -> list[Change]:
    known = bench.read_verdicts()
    trials = [(change, tests_of(change, touched)) for change in wanted if known.get(change.name, _LATER) == _LATER]
    for change in [change for change, tests in trials if not tests]:
        bench.add_verdict(change, "unreached")
    quick = sorted(trials, key=lambda each: (each[0].replacement == "", len(each[1])))
    bench.try_in_forks([(change, tests) for change, tests in quick if tests and not change.path.startswith(READER)])
    known = bench.read_verdicts()
    for change, tests in trials:
        if known.get(change.name) == _LATER or change.path.startswith(READER):
            bench.add_verdict(change, "noticed" if bench.is_noticed(change, tests) else "survives")
    known = bench.read_verdicts()
    return [change for change in wanted if known.get(change.name) != "noticed"]


def _reasons() -> dict[str, str]:
    loaded: dict[str, str] | None = read_yaml(REASONS)
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
