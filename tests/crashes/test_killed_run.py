"""A run whose worker is killed at any point, or whose database is stopped at once, ends once and the same (INC-10)."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from benchmarks._bonus_facts import prepare_lines, result_lines, snapshot_lines
from benchmarks._databases import Occasion
from benchmarks.bonus_run import neighbours_up, prepare_run
from deploy import migrations, postgres
from services.incentive.runs.usecases import calculators
from services.incentive.runs.usecases.runs import CALCULATE_RUN
from services.kit.database.sessions import Database
from services.kit.jobs.queue import defer
from tests.databases import FAST, free_port

pytestmark = pytest.mark.req("INC-10", "INC-11")

PEOPLE = 1500
KILLS = 2
PATIENCE = 120.0
SEED = 10


@dataclass
class Installation:
    """A database server that can be stopped at once, and workers that can be killed."""

    folder: Path
    port: int
    address: str
    server: postgres.Server
    url: str
    first_run: UUID
    reference: str = ""
    seconds: float = 0.0

    @contextmanager
    def connected(self) -> Iterator[psycopg.Cursor[Any]]:
        """A cursor of the service's own role."""
        with psycopg.connect(self.url, autocommit=True) as connection, connection.cursor() as cursor:
            yield cursor

    def worker(self, many: int = calculators.MANY) -> "subprocess.Popen[bytes]":
        """A worker that is at work; from ``many`` people on it calculates in several processes."""
        command = [sys.executable, "-m", "tests.crashes.worker", self.alchemy, self.address, str(many)]
        with (self.folder / "worker.log").open("ab") as log:
            return subprocess.Popen(command, cwd=migrations.ROOT, stdout=log, stderr=log)

    @property
    def alchemy(self) -> str:
        """The address for SQLAlchemy."""
        return self.url.replace("postgresql://", "postgresql+psycopg://")

    def restart(self) -> None:
        """Stop the database at once, as ``pg_ctl stop -m immediate`` does, and start it again."""
        self.server.process.send_signal(signal.SIGQUIT)
        self.server.process.wait(30)
        self.server = postgres.start(self.folder / "postgres", self.port, self.folder / "postgres.log", FAST)

    def new_run(self) -> UUID:
        """Another run of the same inputs waits for its job; the one before is given up."""
        run_id = uuid4()
        with self.connected() as cursor:
            cursor.execute("UPDATE run SET state = 'cancelled' WHERE state <> 'cancelled'")
            cursor.execute(
                "INSERT INTO run (id, plan_code, plan_name, plan_name_en, bonus, period, cycle_id, state, revision, "
                "attempt, created_at, created_by, created_by_name) "
                "SELECT %s, plan_code, plan_name, plan_name_en, bonus, period, cycle_id, 'calculating', 1, 1, "
                "created_at, created_by, created_by_name FROM run WHERE id = %s",
                (run_id, self.first_run),
            )
        return run_id

    def enqueue(self, run_id: UUID) -> None:
        """The job of the run waits for a worker."""

        async def enqueued() -> None:
            database = Database(self.alchemy, pool_size=1)
            async with database.write() as session:
                await defer(session, CALCULATE_RUN, lock=f"run:{run_id}", run_id=str(run_id), attempt=1)
            await database.close()

        asyncio.run(enqueued())

    def state(self, run_id: UUID) -> str:
        """How far a run is."""
        with self.connected() as cursor:
            found = cursor.execute("SELECT state FROM run WHERE id = %s", (run_id,)).fetchone()
        return "" if found is None else str(found[0])

    def wait_until_calculated(self, run_id: UUID) -> None:
        """Look again until the run is calculated."""
        deadline = time.monotonic() + PATIENCE
        while (state := self.state(run_id)) != "calculated":
            assert state == "calculating", state
            assert time.monotonic() < deadline, (self.folder / "worker.log").read_text(encoding="utf-8")[-3000:]
            time.sleep(0.05)

    def require_once_and_the_same(self, run_id: UUID) -> None:
        """One snapshot, one calculation with every line once, one news of it; the hash of an undisturbed run."""
        with self.connected() as cursor:

            def one(query: str) -> Any:
                found = cursor.execute(query, {"run": run_id}).fetchone()
                assert found is not None
                return found

            assert one("SELECT count(*), min(content_hash), min(lines) FROM calculation WHERE run_id = %(run)s") == (
                1,
                self.reference,
                PEOPLE,
            )
            assert one("SELECT count(*) FROM input_snapshot WHERE run_id = %(run)s") == (1,)
            lines = (
                "SELECT count(*), count(DISTINCT number) FROM line "
                "WHERE snapshot_id IN (SELECT id FROM input_snapshot WHERE run_id = %(run)s)"
            )
            assert one(lines) == (PEOPLE, PEOPLE)
            news = (
                "SELECT count(*) FROM event WHERE type = 'incentive.run.calculated' "
                "AND subject = 'run/' || %(run)s::text"
            )
            assert one(news) == (1,)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A server of its own, org and appraisal with prepared answers, and a run that nobody disturbed for comparison."""
    folder = tmp_path_factory.mktemp("crashes")
    port = free_port()
    server = postgres.start(folder / "postgres", port, folder / "postgres.log", FAST)
    occasion = Occasion(folder, make_url(server.url("crashes")))
    occasion.migrate("incentive")
    url = occasion.address("incentive")
    run_id = prepare_run(url, PEOPLE)
    prepare_lines(folder / "snapshot", snapshot_lines(PEOPLE))
    prepare_lines(folder / "results", result_lines(PEOPLE))
    with neighbours_up(folder) as address:
        made = Installation(folder, port, address, server, url, run_id)
        try:
            made.enqueue(run_id)
            began = time.monotonic()
            worker = made.worker()
            made.wait_until_calculated(run_id)
            made.seconds = time.monotonic() - began
            worker.kill()
            worker.wait()
            with made.connected() as cursor:
                found = cursor.execute("SELECT content_hash FROM calculation").fetchone()
            assert found is not None
            made.reference = str(found[0])
            yield made
        finally:
            made.server.stop()


def children_of(parent: int) -> set[int]:
    """The processes that a process has started."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = each.read_text(encoding="utf-8").rpartition(")")[2].split()
            if fields[0] != "Z" and int(fields[1]) == parent:
                found.add(int(each.parent.name))
    return found


def wait_for(what: Callable[[], bool], why: str) -> None:
    """Look again until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.02)


def kill_with_processes(installation: Installation) -> None:
    """Kill a worker that calculates in several processes; none of them stays behind."""
    worker = installation.worker(many=1)
    wait_for(lambda: len(children_of(worker.pid)) > 1, "the worker starts processes")
    time.sleep(installation.seconds * 0.3)
    children = children_of(worker.pid)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert len(children) > 1
    wait_for(lambda: not any(Path(f"/proc/{each}").exists() for each in children), "the processes end with it")


def test_a_worker_killed_at_random_points_calculates_the_run_once_and_the_same(
    installation: Installation,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - where to kill, not a secret
    run_id = installation.new_run()
    installation.enqueue(run_id)
    if len(os.sched_getaffinity(0)) > 1:  # one processor calculates in one process
        kill_with_processes(installation)
    for _ in range(KILLS):
        worker = installation.worker()
        time.sleep(installation.seconds * chance.uniform(0.3, 1.0))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    worker = installation.worker()
    try:
        installation.wait_until_calculated(run_id)
        installation.require_once_and_the_same(run_id)
    finally:
        worker.kill()
        worker.wait()


def test_a_database_stopped_at_once_leaves_a_run_that_is_calculated_once_and_the_same(
    installation: Installation,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - when to stop, not a secret
    run_id = installation.new_run()
    installation.enqueue(run_id)
    worker = installation.worker()
    try:
        time.sleep(installation.seconds * chance.uniform(0.5, 0.9))
        installation.restart()
        assert worker.poll() is None, "the worker waits for its database"
        installation.wait_until_calculated(run_id)
        installation.require_once_and_the_same(run_id)
    finally:
        worker.kill()
        worker.wait()
