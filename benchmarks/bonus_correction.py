"""How long a run over a posted period takes in which few people changed, beside the first run over all of them.

    python -m benchmarks.bonus_correction [people]

One in a hundred people gets another grade after posting. The second run of the period calculates everybody again and
carries a line for those alone. Org, appraisal and the database are those of ``bonus_run``.
"""

import argparse
import asyncio
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg

from benchmarks._bonus_facts import prepare_lines, result_lines, snapshot_lines
from benchmarks._bonus_floor import one
from benchmarks._databases import database_up
from benchmarks._processes import Spent, in_own_process
from benchmarks.bonus_run import BUDGET_MIB, neighbours_up, prepare_run, run_job
from services.incentive.runs.store import entitlements
from services.kit.clock import SystemClock
from services.kit.database.sessions import Database
from services.kit.work.unit_of_work import SystemWork

ONE_IN = 100


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=100_000)
    people = parser.parse_args().people
    with database_up("incentive") as occasion:
        folder, url = occasion.folder, occasion.address("incentive")
        first = prepare_run(url, people)
        prepare_lines(folder / "snapshot", snapshot_lines(people))
        prepare_lines(folder / "results", result_lines(people))
        with neighbours_up(folder) as address:
            run = in_own_process(run_job, url, address, first)
            asyncio.run(post(url, first))
            with psycopg.connect(occasion.superuser, autocommit=True) as server:
                server.execute("ANALYZE")  # as the server does by itself before a later run
            second = again(url, first)
            prepare_lines(folder / "results", result_lines(people, corrected=ONE_IN))
            correction = in_own_process(run_job, url, address, second)
        report(people, run, correction, url, second)


async def post(url: str, run_id: UUID) -> None:
    """What the run says is due is posted, as posting does it; the journal and the statements are left out."""
    data = Database(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=1)
    async with SystemWork(data, SystemClock(), ZoneInfo("UTC")).begin() as uow:
        with psycopg.connect(url) as connection, connection.cursor() as cursor:
            calculation: UUID = one(cursor, "SELECT calculation_id FROM run WHERE id = %s", run_id)
        outdated = await entitlements.outdated(uow.session, calculation)
        assert outdated is None, outdated
        await entitlements.book(uow.session, calculation)
    await data.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE run SET state = 'posted' WHERE id = %s", (run_id,))


def again(url: str, run_id: UUID) -> UUID:
    """The id of another run of the same period, which waits for its job."""
    second = uuid4()
    columns = "plan_code, plan_name, plan_name_en, bonus, period, cycle_id, revision, attempt, created_at, created_by"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"INSERT INTO run (id, state, {columns}, created_by_name) "  # noqa: S608 - our own columns
            f"SELECT %s, 'calculating', {columns}, created_by_name FROM run WHERE id = %s",
            (second, run_id),
        )
    return second


def report(people: int, run: Spent, correction: Spent, url: str, run_id: UUID) -> None:
    """Prints both times, the memory and how many lines the correction has."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        lines = one(cursor, "SELECT count(*) FROM line JOIN run USING (calculation_id) WHERE run.id = %s", run_id)
    assert lines == len(range(0, people, ONE_IN)), lines
    first, second = run.seconds["run"], correction.seconds["run"]
    print(f"first run, {people:,} people: {first:.2f} s, peak {run.peak_mib:.0f} MiB")
    print(
        f"correction, {lines:,} of them changed: {second:.2f} s, peak {correction.peak_mib:.0f} MiB "
        f"(budget {BUDGET_MIB})"
    )
    print(f"ratio: {second / first:.2f}")


if __name__ == "__main__":
    main()
