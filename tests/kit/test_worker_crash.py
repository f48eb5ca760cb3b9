"""A worker that is killed, and one that is merely busy, seen from outside: processes of their own."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from services.kit.database.sessions import Database
from services.kit.jobs.queue import defer
from tests.databases import TestDatabase
from tests.kit.conftest import SERVICE, count

pytestmark = pytest.mark.req("PLT-05")


@asynccontextmanager
async def worker(database: TestDatabase, *more: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kit.worker_process", database.app_url(SERVICE), *more, stdout=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def lines_until(process: Process, last: str, seconds: float = 20) -> list[str]:
    assert process.stdout is not None
    seen: list[str] = []
    async with asyncio.timeout(seconds):
        while not seen or seen[-1] != last:
            raw = await process.stdout.readline()
            assert raw, f"the process ended after {seen}"
            line = raw.decode().strip()
            if line in {"started", "made", "repeated", "ended", "stopped"}:
                seen.append(line)
    return seen


async def test_the_job_of_a_killed_worker_is_taken_over_and_its_effect_happens_once(
    kit_committed: Database, kit_database: TestDatabase
) -> None:
    async with kit_committed.write() as session:
        await defer(session, "dawdle", seconds=1)
    async with worker(kit_database) as first:
        assert await lines_until(first, "made") == ["started", "made"]
        first.send_signal(signal.SIGKILL)
        await first.wait()
        async with worker(kit_database) as second:
            assert await lines_until(second, "ended") == ["started", "repeated", "ended"]
            second.send_signal(signal.SIGTERM)
            assert await lines_until(second, "stopped") == ["stopped"]
            assert await second.wait() == 0
    async with kit_committed.read() as session:
        row = (await session.execute(text("SELECT status::text, attempts FROM procrastinate_jobs"))).one()
    assert tuple(row) == ("succeeded", 2)
    assert await count(kit_committed, "SELECT count(*) FROM inbox") == 1


async def test_a_worker_deep_in_a_calculation_still_has_a_heartbeat_and_keeps_its_job(
    kit_committed: Database, kit_database: TestDatabase
) -> None:
    async with kit_committed.write() as session:
        await defer(session, "calculate", seconds=5)
    async with worker(kit_database) as busy:
        await lines_until(busy, "started")
        async with worker(kit_database):  # idle, watching for dead workers
            assert await lines_until(busy, "ended") == ["made", "ended"]
    assert await count(kit_committed, "SELECT sum(attempts) FROM procrastinate_jobs") <= 1


@pytest.mark.req("PLT-01")
async def test_a_worker_that_reaches_its_database_touches_its_file_and_tells_its_log(
    kit_database: TestDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "worker"
    async with worker(kit_database, str(file)) as process:
        async with asyncio.timeout(30):
            while not file.exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.1)
        first = file.stat().st_mtime_ns
        await asyncio.sleep(1)
        assert file.stat().st_mtime_ns > first
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        log = (await process.stdout.read()).decode()
    for event in ("worker_started", "worker_reached_database", "worker_stopped"):
        assert event in log
