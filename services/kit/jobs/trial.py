"""Running due jobs here and now, on one connection: for tests that live inside one rolled-back transaction."""

from typing import Any, NamedTuple

from sqlalchemy import text

from services.kit.database.sessions import Sessions, WriteSession
from services.kit.jobs.queue import HeldBack, JobApp, Resources
from services.kit.jobs.worker import failure_text

_FETCH = text("SELECT id, task_name, lock, args, attempts FROM procrastinate_fetch_job_v2(NULL, NULL)")
_HURRY = text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
_FINISH = text("SELECT procrastinate_finish_job_v1(:id, CAST(:status AS procrastinate_job_status), false)")
_RETRY = text("SELECT procrastinate_retry_job_v2(:id, clock_timestamp() + :wait, NULL, NULL, NULL)")
_FAILURE = text("INSERT INTO job_failure (job_id, error) VALUES (:id, :error)")
_EARLIER = text("SELECT min(id) FROM procrastinate_jobs WHERE status = 'failed' AND lock = :lock AND id < :id")


class _Due(NamedTuple):
    """A job that was fetched to be run now."""

    id: int
    task_name: str
    lock: str | None
    args: dict[str, Any]
    attempts: int


async def run_due(
    app: JobApp[Resources],
    sessions: Sessions,
    resources: Resources,
    *,
    ahead: bool = False,
    raising: bool = True,
    limit: int = 1000,
) -> list[str]:
    """Run the waiting jobs, those that they defer included, until none is due; the names of the tasks that ran.

    ``ahead``: do not wait for the time for which a job is scheduled. ``raising``: let the first error out; otherwise it
    is treated as the worker treats it: retried by the task's rule, at last left as a dead letter. ``sessions`` must be
    those of the test's transaction, as must those in ``resources``.
    """
    ran: list[str] = []
    while len(ran) < limit:
        async with sessions.write() as session:
            if ahead:
                await session.execute(_HURRY)
            found = (await session.execute(_FETCH)).one()
        if found.id is None:
            break
        job = _Due(*found)
        ran.append(job.task_name)
        error = await _attempt(app, sessions, resources, job)
        if error is not None and raising:
            raise error
        async with sessions.write() as session:
            await _finish(app, session, job, error)
    return ran


async def _attempt(app: JobApp[Resources], sessions: Sessions, resources: Resources, job: _Due) -> Exception | None:
    task = app.tasks.get(job.task_name)
    try:
        if task and task.ordered and job.lock:
            async with sessions.write() as session:
                earlier = await session.scalar(_EARLIER, {"lock": job.lock, "id": job.id})
            if earlier is not None:
                raise HeldBack(earlier=earlier)
        await app.perform(job.task_name, resources, job.args)
    except Exception as error:  # whatever a job raises is the runner's to deal with, as in the worker
        return error
    return None


async def _finish(app: JobApp[Resources], session: WriteSession, job: _Due, error: Exception | None) -> None:
    if error is None:
        await session.execute(_FINISH, {"id": job.id, "status": "succeeded"})
        return
    await session.execute(_FAILURE, {"id": job.id, "error": failure_text(error)})
    task = app.tasks.get(job.task_name)
    wait = task.retry.wait(error, job.attempts + 1) if task else None
    if wait is None:
        await session.execute(_FINISH, {"id": job.id, "status": "failed"})
    else:
        await session.execute(_RETRY, {"id": job.id, "wait": wait})
