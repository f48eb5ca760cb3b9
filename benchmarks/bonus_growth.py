"""Whether a bonus run over ten times as many people takes ten times as long, in the same memory.

    python -m benchmarks.bonus_growth [people of the larger run]

The larger run is over a million people unless told otherwise, the smaller over a tenth of that. Each has a database
of its own, made as in ``bonus_run``.
"""

import argparse

import psycopg

from benchmarks._bonus_facts import prepare_lines, result_lines, snapshot_lines
from benchmarks._bonus_floor import one
from benchmarks._databases import database_up
from benchmarks._processes import Spent, in_own_process
from benchmarks.bonus_run import BUDGET_MIB, neighbours_up, prepare_run, run_job

TIMES = 10


def measured(people: int) -> Spent:
    """What a run over so many people needs."""
    with database_up("incentive") as occasion:
        folder, url = occasion.folder, occasion.address("incentive")
        run_id = prepare_run(url, people)
        prepare_lines(folder / "snapshot", snapshot_lines(people))
        prepare_lines(folder / "results", result_lines(people))
        with neighbours_up(folder) as address:
            run = in_own_process(run_job, url, address, run_id)
        with psycopg.connect(url) as connection, connection.cursor() as cursor:
            lines = one(cursor, "SELECT lines FROM calculation")
        assert lines == people, lines
    return run


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=1_000_000)
    people = parser.parse_args().people
    smaller, larger = (measured(size) for size in (people // TIMES, people))
    print("people      seconds   a thousand   peak MiB")
    for size, run in ((people // TIMES, smaller), (people, larger)):
        seconds = run.seconds["run"]
        print(f"{size:<12,}{seconds:<10.2f}{1000 * seconds / size:<13.3f}{run.peak_mib:.0f}")
    ratio = larger.seconds["run"] / smaller.seconds["run"]
    print(f"ratio: {ratio:.2f} for {TIMES} times the people (linear: {TIMES}); memory budget {BUDGET_MIB} MiB")


if __name__ == "__main__":
    main()
