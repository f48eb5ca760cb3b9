"""Jobs live and die with the business transaction, keep their order, and end once whatever happens to a worker."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from services.kit.database.sessions import Database
from services.kit.errors import Conflict, Invalid, Unavailable
from services.kit.jobs.dead_letters import NoDeadLetter, dead_letters, discard, replay, replay_locks
from services.kit.jobs.queue import HeldBack, JobApp, Retry, UnknownTask, defer
from services.kit.jobs.trial import run_due
from services.kit.jobs.worker import Pace, work
from tests.databases import RolledBack, TestDatabase
from tests.kit.conftest import SERVICE, count

pytestmark = pytest.mark.req("PLT-05")

FAST = Pace(poll=0.2, heartbeat=0.2, stale=1.0, sweep=0.3, grace=5.0, reconnect=0.2)
NO_WAIT = Retry(runs=3, first=timedelta(0))


@dataclass
class Diary:
    """What the tasks of a test did."""

    lines: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    error: Callable[[], Exception] = Unavailable


def app_with(*, retry: Retry = NO_WAIT, ordered: bool = False) -> JobApp[Diary]:
    app = JobApp[Diary](SERVICE)

    @app.task("write", retry=retry, ordered=ordered)
    async def write(diary: Diary, *, line: str) -> None:
        diary.lines.append(line)
        if line in diary.failing:
            raise diary.error()

    return app


async def deferred(sessions: RolledBack | Database, *lines: str, lock: str | None = None) -> list[int]:
    async with sessions.write() as session:
        return [await defer(session, "write", lock=lock, line=line) or 0 for line in lines]


async def status_of(sessions: RolledBack | Database, job: int) -> str:
    async with sessions.read() as session:
        return str(await session.scalar(text("SELECT status FROM procrastinate_jobs WHERE id = :id"), {"id": job}))


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


async def test_a_job_exists_if_and_only_if_the_business_transaction_commits(kit_sessions: RolledBack) -> None:
    await deferred(kit_sessions, "kept")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the job is deferred before the fault
        async with kit_sessions.write() as session:
            await defer(session, "write", line="undone")
            _ = 1 / 0
    diary = Diary()
    assert await run_due(app_with(), kit_sessions, diary) == ["write"]
    assert diary.lines == ["kept"]


async def test_of_jobs_with_one_queueing_lock_only_one_waits_and_the_transaction_goes_on(
    kit_sessions: RolledBack,
) -> None:
    async with kit_sessions.write() as session:
        first = await defer(session, "write", queueing_lock="q", line="first")
        assert await defer(session, "write", queueing_lock="q", line="second") is None
        await defer(session, "write", line="third")
    assert first is not None
    diary = Diary()
    await run_due(app_with(), kit_sessions, diary)
    assert diary.lines == ["first", "third"]


async def test_a_job_waits_for_its_time(kit_sessions: RolledBack) -> None:
    async with kit_sessions.write() as session:
        await defer(session, "write", at=datetime.now(UTC) + timedelta(hours=1), line="later")
    diary = Diary()
    assert await run_due(app_with(), kit_sessions, diary) == []
    assert await run_due(app_with(), kit_sessions, diary, ahead=True) == ["write"]


async def test_jobs_of_one_lock_keep_their_order_across_retries(kit_sessions: RolledBack) -> None:
    await deferred(kit_sessions, "a", "b", "c", lock="subject")
    await deferred(kit_sessions, "other")
    diary = Diary(failing={"a"})
    app = app_with(retry=Retry(runs=3, first=timedelta(hours=1)))
    await run_due(app, kit_sessions, diary, raising=False)
    assert diary.lines == ["a", "other"]
    diary.failing.clear()
    await run_due(app, kit_sessions, diary, ahead=True)
    assert diary.lines == ["a", "other", "a", "b", "c"]


async def test_an_outage_is_retried_and_then_left_as_a_dead_letter_with_its_reason(kit_sessions: RolledBack) -> None:
    [job] = await deferred(kit_sessions, "x")
    diary = Diary(failing={"x"})
    await run_due(app_with(), kit_sessions, diary, ahead=True, raising=False)
    assert diary.lines == ["x", "x", "x"]
    async with kit_sessions.read() as session:
        [letter] = await dead_letters(session)
        assert await dead_letters(session, task="another") == []
        assert await dead_letters(session, after=job) == []
    assert (letter.id, letter.task, letter.arguments, letter.runs) == (job, "write", {"line": "x"}, 3)
    assert letter.error is not None
    assert letter.error.startswith("unavailable: ")


async def test_a_refusal_of_the_domain_is_final_at_once_and_its_words_are_not_kept(kit_sessions: RolledBack) -> None:
    await deferred(kit_sessions, "x")
    diary = Diary(failing={"x"}, error=Invalid)
    await run_due(app_with(), kit_sessions, diary, ahead=True, raising=False)
    assert diary.lines == ["x"]
    async with kit_sessions.read() as session:
        [letter] = await dead_letters(session)
    assert letter.error == "invalid"


async def test_a_replayed_dead_letter_runs_again_with_all_its_tries(kit_sessions: RolledBack) -> None:
    [job] = await deferred(kit_sessions, "x")
    diary = Diary(failing={"x"})
    await run_due(app_with(), kit_sessions, diary, ahead=True, raising=False)
    async with kit_sessions.write() as session:
        await replay(session, job)
    await run_due(app_with(), kit_sessions, diary, ahead=True, raising=False)
    assert len(diary.lines) == 6
    async with kit_sessions.write() as session:
        await replay(session, job)
    diary.failing.clear()
    await run_due(app_with(), kit_sessions, diary)
    assert await status_of(kit_sessions, job) == "succeeded"
    async with kit_sessions.write() as session:
        with pytest.raises(NoDeadLetter):
            await replay(session, job)
        with pytest.raises(NoDeadLetter):
            await discard(session, job)


async def test_a_dead_letter_holds_back_the_later_ones_of_its_lock_and_replay_keeps_the_order(
    kit_sessions: RolledBack,
) -> None:
    await deferred(kit_sessions, "a", "b", "c", lock="hook:1:subject")
    await deferred(kit_sessions, "free", lock="hook:2:subject")
    diary = Diary(failing={"a"})
    app = app_with(ordered=True)
    await run_due(app, kit_sessions, diary, ahead=True, raising=False)
    assert diary.lines == ["a", "a", "a", "free"]
    async with kit_sessions.read() as session:
        assert [letter.arguments["line"] for letter in await dead_letters(session)] == ["a", "b", "c"]
    diary.lines.clear()
    diary.failing.clear()
    await deferred(kit_sessions, "d", lock="hook:1:subject")
    async with kit_sessions.write() as session:
        assert await replay_locks(session, "hook:1:") == 3
    await run_due(app, kit_sessions, diary)
    assert diary.lines == ["a", "b", "c", "d"]


async def test_a_discarded_dead_letter_lets_the_later_ones_go(kit_sessions: RolledBack) -> None:
    first, _ = await deferred(kit_sessions, "a", "b", lock="L")
    diary = Diary(failing={"a"})
    app = app_with(ordered=True)
    await run_due(app, kit_sessions, diary, ahead=True, raising=False)
    async with kit_sessions.write() as session:
        await discard(session, first)
        assert await replay_locks(session, "L") == 1
    await run_due(app, kit_sessions, diary)
    assert diary.lines == ["a", "a", "a", "b"]


async def test_a_prefix_of_locks_is_taken_literally(kit_sessions: RolledBack) -> None:
    await deferred(kit_sessions, "x", lock="a_b%c:1")
    await deferred(kit_sessions, "x", lock="aXbYc:1")
    await run_due(app_with(), kit_sessions, Diary(failing={"x"}, error=Conflict), raising=False)
    async with kit_sessions.write() as session:
        assert await replay_locks(session, "a_b%c:") == 1


async def test_a_task_that_nobody_knows_is_said_so(kit_sessions: RolledBack) -> None:
    await deferred(kit_sessions, "x")
    with pytest.raises(UnknownTask):
        await run_due(JobApp[Diary](SERVICE), kit_sessions, Diary())


def test_two_tasks_of_one_name_are_refused() -> None:
    app = app_with()
    with pytest.raises(ValueError, match="two tasks"):

        @app.task("write")
        async def again(diary: Diary) -> None:
            """Never registered."""


@given(runs=st.integers(1, 40), made=st.integers(1, 60), factor=st.integers(1, 5))
def test_waits_never_shrink_nor_pass_the_ceiling_and_tries_end(runs: int, made: int, factor: int) -> None:
    retry = Retry(runs=runs, factor=factor)
    wait, before = retry.wait(Unavailable(), made), retry.wait(Unavailable(), max(made - 1, 1))
    assert (wait is None) == (made >= runs)
    if wait is not None:
        assert before is not None
        assert before <= wait <= retry.ceiling


def test_a_wait_that_the_other_side_asks_for_is_kept() -> None:
    assert Retry().wait(Unavailable(retry_after=120), 1) == timedelta(seconds=120)
    assert Retry().wait(HeldBack(earlier=1), 1) is None
    assert Retry().wait(OSError(), 1) == timedelta(seconds=1)


async def test_the_worker_runs_what_is_deferred_and_stops_in_peace(
    kit_committed: Database, kit_database: TestDatabase
) -> None:
    diary, stop = Diary(), asyncio.Event()
    running = asyncio.create_task(work(app_with(), kit_database.app_url(SERVICE), diary, stop=stop, pace=FAST))
    await asyncio.sleep(0.5)
    await deferred(kit_committed, "one", "two", lock="L")
    await until(lambda: diary.lines == ["one", "two"], seconds=2)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert await count(kit_committed, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'") == 2
    assert await count(kit_committed, "SELECT count(*) FROM procrastinate_workers") == 0


async def test_a_scheduled_task_runs_by_itself_once_at_its_moments(
    kit_committed: Database, kit_database: TestDatabase
) -> None:
    app = JobApp[Diary](SERVICE)

    @app.task("tick", cron="* * * * * *")
    async def tick(diary: Diary) -> None:
        diary.lines.append("tick")

    diary, stop, url = Diary(), asyncio.Event(), kit_database.app_url(SERVICE)
    workers = [asyncio.create_task(work(app, url, diary, stop=stop, pace=FAST)) for _ in range(2)]
    await until(lambda: len(diary.lines) >= 2)
    stop.set()
    await asyncio.gather(*workers)
    seconds = await count(kit_committed, "SELECT count(DISTINCT args->>'timestamp') FROM procrastinate_jobs")
    assert await count(kit_committed, "SELECT count(*) FROM procrastinate_jobs") == seconds


async def test_the_worker_outlives_a_database_that_cuts_all_connections(
    kit_committed: Database, kit_database: TestDatabase
) -> None:
    diary, stop = Diary(), asyncio.Event()
    running = asyncio.create_task(work(app_with(), kit_database.app_url(SERVICE), diary, stop=stop, pace=FAST))
    [job] = await deferred(kit_committed, "before")
    await until(lambda: diary.lines == ["before"])
    # A job cut off while it is written off would run again.
    while await status_of(kit_committed, job) != "succeeded":  # noqa: ASYNC110 - it is a row, which tells nobody
        await asyncio.sleep(0.05)
    admin = create_engine(kit_database.owner(SERVICE).set(username="merit_kit"))
    with admin.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND usename = current_user"
            )
        )
    admin.dispose()
    await asyncio.sleep(0.5)  # the server ends them in its own time
    await deferred(kit_committed, "after")
    await until(lambda: diary.lines == ["before", "after"], seconds=15)
    stop.set()
    await asyncio.wait_for(running, 10)


async def test_a_job_that_outlasts_the_grace_is_given_back_for_the_next_worker(
    kit_committed: Database, kit_database: TestDatabase
) -> None:
    app = JobApp[Diary](SERVICE)

    @app.task("write")
    async def write(diary: Diary, *, line: str) -> None:
        diary.lines.append(line)
        await asyncio.sleep(60)

    diary, stop = Diary(), asyncio.Event()
    pace = Pace(poll=0.2, grace=0.3)
    running = asyncio.create_task(work(app, kit_database.app_url(SERVICE), diary, stop=stop, pace=pace))
    [job] = await deferred(kit_committed, "long")
    await until(lambda: bool(diary.lines))
    stop.set()
    await asyncio.wait_for(running, 10)
    assert await status_of(kit_committed, job) == "todo"
