"""The process that runs a service's jobs: takes them, gives its heartbeat, rescues what dead workers left, stops.

A worker that is killed leaves its job marked as running. Every worker looks every few seconds for jobs whose worker has
no recent heartbeat and puts them back, by one statement that re-checks under the row lock: a job is rescued once.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from opentelemetry import trace
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException, JobAborted
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker
from psycopg_pool import PoolTimeout
from sqlalchemy.engine import make_url

from services.kit.database.idempotency import FORGET
from services.kit.errors import DomainError, Unavailable
from services.kit.jobs.heartbeat import Heartbeat
from services.kit.jobs.queue import HeldBack, JobApp, Resources, Retry, Task

log = structlog.get_logger(__name__)

_RESCUE = """
    WITH rescued AS (
        UPDATE procrastinate_jobs AS job
        SET status = (CASE WHEN job.attempts + 1 >= %(rescues)s THEN 'failed' ELSE 'todo' END)
            ::procrastinate_job_status, attempts = job.attempts + 1, scheduled_at = now(), worker_id = NULL
        WHERE job.status = 'doing' AND (job.worker_id IS NULL OR EXISTS (
            SELECT FROM procrastinate_workers AS worker WHERE worker.id = job.worker_id
            AND worker.last_heartbeat < now() - make_interval(secs => %(stale)s)))
        RETURNING job.id, job.task_name, job.status::text
    ), noted AS (
        INSERT INTO job_failure (job_id, error) SELECT id, 'worker_died' FROM rescued
    )
    SELECT * FROM rescued
"""
_FAILURE = "INSERT INTO job_failure (job_id, error) VALUES (%(job)s, %(error)s)"
_EARLIER_FAILURE = """
    SELECT min(id) AS earlier FROM procrastinate_jobs WHERE status = 'failed' AND lock = %(lock)s AND id < %(job)s
"""


@dataclass(frozen=True)
class Pace:
    """How a worker goes about it; times in seconds.

    A worker counts as dead ``stale`` seconds after its last heartbeat; ``rescues`` bounds how often a job that kills
    its worker is tried. Succeeded jobs are kept ``keep_hours``; failed ones until somebody replays or discards them.
    """

    concurrency: int = 4
    poll: float = 5.0
    heartbeat: float = 2.0
    stale: float = 10.0
    sweep: float = 3.0
    rescues: int = 10
    grace: float = 30.0
    reconnect: float = 1.0
    keep_hours: int = 24 * 14


class _Strategy(BaseRetryStrategy):
    """``Retry`` in the words of procrastinate."""

    def __init__(self, retry: Retry) -> None:
        self._retry = retry

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, (asyncio.CancelledError, JobAborted)):  # the worker is stopping: next one takes it
            return RetryDecision(retry_in={"seconds": 0})
        wait = self._retry.wait(exception, job.attempts + 1)
        return None if wait is None else RetryDecision(retry_in={"seconds": int(wait.total_seconds())})


async def work(
    app: JobApp[Resources],
    url: str,
    resources: Resources,
    *,
    stop: asyncio.Event | None = None,
    pace: Pace | None = None,
    health_file: Path | None = None,
) -> None:
    """Run jobs until ``stop`` is set or SIGTERM or SIGINT arrives; running jobs get ``pace.grace`` seconds to end.

    ``url`` is the service's SQLAlchemy database URL. A database that goes away is waited for. ``health_file`` is
    touched with every heartbeat that reached the database.
    """
    pace, stop = pace or Pace(), stop or asyncio.Event()
    log.info("worker_started", service=app.service, tasks=len(app.tasks), concurrency=pace.concurrency)
    with _stopping_on_signals(stop):
        while not stop.is_set():
            try:
                await _work_once(app, url, resources, stop, pace, health_file)
            except (ConnectorException, PoolTimeout) as error:
                log.warning("worker_lost_database", service=app.service, error=type(error).__name__)
            if not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pace.reconnect)
    log.info("worker_stopped", service=app.service)


async def _work_once(
    app: JobApp[Resources],
    url: str,
    resources: Resources,
    stop: asyncio.Event,
    pace: Pace,
    health_file: Path | None,
) -> None:
    conninfo, options = connection_parameters(app.service, url)
    connector = PsycopgConnector(
        conninfo=conninfo, kwargs=options, min_size=1, max_size=pace.concurrency + 3, timeout=5, reconnect_timeout=5
    )
    runner = App(connector=connector)
    for task in app.tasks.values():
        registered = runner.task(name=task.name, retry=_Strategy(task.retry))(_bound(app, task, resources))
        if task.cron is not None:
            runner.periodic(cron=task.cron)(registered)
    async with runner.open_async():
        log.info("worker_reached_database", service=app.service)
        worker = Worker(
            app=runner,
            name=app.service,
            concurrency=pace.concurrency,
            fetch_job_polling_interval=pace.poll,
            shutdown_graceful_timeout=pace.grace,
            stalled_worker_timeout=pace.stale,
            install_signal_handlers=False,
            worker_middleware=[_observed, _recording_failures, _keeping_order(app)],
        )
        run: Callable[[], Coroutine[Any, Any, None]] = worker.run  # the library leaves it without a return type
        with Heartbeat(conninfo, options, worker, pace.heartbeat, health_file):
            async with _side_task(_sweep(connector, pace)):
                running = asyncio.create_task(run())
                async with _side_task(_stop_when(stop, worker)):
                    await running


def connection_parameters(service: str, url: str) -> tuple[str, dict[str, str]]:
    """A SQLAlchemy URL as libpq connection string and the options that set the service's search path."""
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return conninfo, {"options": f"-csearch_path={service},{service}_jobs,public"}


def _bound(app: JobApp[Resources], task: Task[Resources], resources: Resources) -> Callable[..., Awaitable[None]]:
    async def run(**arguments: Any) -> None:
        if task.cron is not None:
            arguments.pop("timestamp", None)  # the library's; our tasks ask their clock
        await app.perform(task.name, resources, arguments)

    return run


def _keeping_order(app: JobApp[Resources]) -> Callable[..., Awaitable[Any]]:
    async def hold_back(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
        job, task = context.job, app.tasks.get(context.job.task_name)
        if task and task.ordered and job.lock:
            row = await worker.app.connector.execute_query_one_async(_EARLIER_FAILURE, lock=job.lock, job=job.id)
            if row["earlier"] is not None:
                raise HeldBack(earlier=row["earlier"])
        return await call_next()

    return hold_back


async def _observed(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
    """One span a job, its number and task on every line that it logs."""
    job, began = context.job, time.monotonic()
    with (
        structlog.contextvars.bound_contextvars(job=job.id, task=job.task_name),
        trace.get_tracer("merit.jobs").start_as_current_span(f"job {job.task_name}", record_exception=False),
    ):
        answer = await call_next()
        log.debug("job_done", seconds=round(time.monotonic() - began, 3))
        return answer


async def _recording_failures(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
    try:
        return await call_next()
    except Exception as error:  # noted whatever it is, and raised on
        await worker.app.connector.execute_query_async(_FAILURE, job=context.job.id, error=failure_text(error))
        log.warning("job_failed", exc_info=error)
        raise


def failure_text(error: Exception) -> str:
    """What is kept of an error for those who look after jobs: its kind, and its message only if that
    quotes no values.
    """
    if isinstance(error, (Unavailable, HeldBack)):
        return f"{error.code}: {error}"[:500]
    return error.code if isinstance(error, DomainError) else type(error).__name__


async def _sweep(connector: PsycopgConnector, pace: Pace) -> None:
    remover = App(connector=connector).job_manager
    loop = asyncio.get_running_loop()
    tidy_at = loop.time() + 60
    while True:
        await asyncio.sleep(pace.sweep)
        try:
            rows = await connector.execute_query_all_async(_RESCUE, stale=pace.stale, rescues=pace.rescues)
            if loop.time() >= tidy_at:
                await remover.delete_old_jobs(nb_hours=pace.keep_hours, include_cancelled=True)
                await connector.execute_query_async(FORGET)
                tidy_at = loop.time() + timedelta(hours=1).total_seconds()
        except ConnectorException as error:
            log.warning("sweep_failed", error=type(error).__name__)
            continue
        for row in rows:
            log.warning("job_rescued", job=row["id"], task=row["task_name"], status=row["status"])


async def _stop_when(stop: asyncio.Event, worker: Worker) -> None:
    halt: Callable[[], None] = worker.stop  # the library leaves it without a return type
    await stop.wait()
    halt()


@contextlib.asynccontextmanager
async def _side_task(coroutine: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    side = asyncio.create_task(coroutine)
    try:
        yield
    finally:
        side.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await side


@contextlib.contextmanager
def _stopping_on_signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
