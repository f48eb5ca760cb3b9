"""Work that happens after the answer: jobs on procrastinate, kept in PostgreSQL beside the business rows.

``defer`` writes the job on the session's own connection: it exists if and only if the business transaction commits.
Jobs of one ``lock`` run one at a time in the order in which they were deferred, also across retries, because a waiting
earlier job holds back the later ones. Arguments are ids and plain words, never personal data: they show in logs.

A service declares one ``JobApp`` in its jobs floor and registers its tasks there; use cases below that floor defer by
name. ``kit.jobs.worker`` runs the jobs, ``kit.jobs.dead_letters`` lists and replays what failed for good.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from services.kit.database.sessions import WriteSession, driver_connection
from services.kit.errors import DomainError, RateLimited, Unavailable

Resources = TypeVar("Resources")
Arguments = ParamSpec("Arguments")
Argument = str | int | bool | None
Body = Callable[..., Awaitable[None]]

# Only used to write INSERT statements; it is never opened and owns no connection.
_writer = App(connector=PsycopgConnector())


class HeldBack(DomainError):
    """An earlier job of the same lock failed for good; this one waits with it, so that order is kept on replay."""

    code = "held_back"
    zh = "同一队列中较早的任务 {earlier} 已失败，本任务暂停；请先重新执行较早的任务。"
    en = "The earlier job {earlier} of the same queue has failed, so this one waits; run the earlier one again first."


class UnknownTask(LookupError):
    """A job names a task that the service does not have."""


@dataclass(frozen=True)
class Retry:
    """How often and after which waits a failed job runs again.

    ``runs`` counts all runs, the first included. The wait before run n + 1 is ``first`` × ``factor`` ** (n − 1), at
    most ``ceiling``. A refusal of the domain (Invalid, Conflict, NotFound …) is final at once: repeating it would
    give the same answer.
    """

    runs: int = 10
    first: timedelta = timedelta(seconds=1)
    factor: int = 3
    ceiling: timedelta = timedelta(hours=1)

    def wait(self, error: BaseException, runs_made: int) -> timedelta | None:
        """How long to wait after ``runs_made`` runs, the last of which ended in ``error``; None: give up."""
        if isinstance(error, DomainError) and not isinstance(error, (Unavailable, RateLimited)):
            return None
        if runs_made >= self.runs:
            return None
        steps = min(runs_made - 1, 40)  # beyond that every sensible ceiling is reached; keeps the power small
        wait = min(self.first.total_seconds() * self.factor**steps, self.ceiling.total_seconds())
        asked = error.retry_after if isinstance(error, DomainError) else None
        return timedelta(seconds=max(wait, asked or 0))


@dataclass(frozen=True)
class Task(Generic[Resources]):
    """A registered task. ``ordered``: after a final failure the later jobs of the same lock are held back as well.

    ``cron``: it is also deferred by the worker at these moments (UTC), once however many workers there are.
    """

    name: str
    body: Body
    retry: Retry
    ordered: bool
    cron: str | None


@dataclass(frozen=True)
class JobApp(Generic[Resources]):
    """The tasks of one service. ``Resources`` is what its worker gives every task: database, clients, clock."""

    service: str
    tasks: dict[str, Task[Resources]] = field(default_factory=dict)

    def task(
        self, name: str, *, retry: Retry | None = None, ordered: bool = False, cron: str | None = None
    ) -> Callable[
        [Callable[Concatenate[Resources, Arguments], Awaitable[None]]],
        Callable[Concatenate[Resources, Arguments], Awaitable[None]],
    ]:
        """Register a coroutine function as the task ``name``: ``async def body(resources, *, cycle_id: str)``.

        With ``cron`` ("0 18 * * *", five fields, UTC) the worker defers it by itself, without arguments.
        A job may run more than once (a worker can die after its commit): the body checks the state that it changes.
        """

        def register(
            body: Callable[Concatenate[Resources, Arguments], Awaitable[None]],
        ) -> Callable[Concatenate[Resources, Arguments], Awaitable[None]]:
            if name in self.tasks:
                raise ValueError(f"{self.service}: two tasks are called {name}")
            self.tasks[name] = Task(name, body, retry or Retry(), ordered, cron)
            return body

        return register

    async def perform(self, name: str, resources: Resources, arguments: Mapping[str, Any]) -> None:
        """Run the task's body once.

        Raises:
            UnknownTask: there is none of that name.
        """
        task = self.tasks.get(name)
        if task is None:
            raise UnknownTask(f"{self.service} has no task {name}")
        await task.body(resources, **arguments)


async def defer(
    session: WriteSession,
    task: str,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
    **arguments: Argument,
) -> int | None:
    """Have ``task`` run once this session's transaction has committed, not before ``at`` if given.

    ``lock``: jobs that share it (and their ``priority``) run one after the other, in the order of deferring.
    ``queueing_lock``: at most one such job waits; a second one is dropped and None returned. Otherwise the job's number
    is returned.

    Raises:
        Unavailable: the database connection broke.
    """
    if queueing_lock is None:
        return await _insert(session, task, lock, queueing_lock, at, priority, arguments)
    try:
        async with session.begin_nested():  # the refused INSERT must not spoil the business transaction
            return await _insert(session, task, lock, queueing_lock, at, priority, arguments)
    except AlreadyEnqueued:
        return None


async def _insert(
    session: WriteSession,
    task: str,
    lock: str | None,
    queueing_lock: str | None,
    at: datetime | None,
    priority: int,
    arguments: Mapping[str, Argument],
) -> int:
    # Asking for the connection here, inside begin_nested, is what makes SQLAlchemy set the savepoint.
    connection = await driver_connection(session)
    deferrer = _writer.configure_task(
        task, lock=lock, queueing_lock=queueing_lock, schedule_at=at, priority=priority, connection=connection
    )
    try:
        return await deferrer.defer_async(**arguments)
    except ConnectorException as fault:
        raise Unavailable(retry_after=2) from fault
