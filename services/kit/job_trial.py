"""Running due jobs here and now, on one connection: for tests that live inside one rolled-back transaction."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kit.job_worker import failure_text
from services.kit.jobs import HeldBack, JobApp, Resources

_FETCH = text("SELECT id, task_name, lock, args, attempts FROM procrastinate_fetch_job_v2(NULL, NULL)")
_HURRY = text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
_FINISH = text("SELECT procrastinate_finish_job_v1(:id, CAST(:status AS procrastinate_job_status), false)")
_RETRY = text("SELECT procrastinate_retry_job_v2(:id, clock_timestamp() + :wait, NULL, NULL, NULL)")
_FAILURE = text("INSERT INTO job_failure (job_id, error) VALUES (:id, :error)")
_EARLIER = text("SELECT min(id) FROM procrastinate_jobs WHERE status = 'failed' AND lock = :lock AND id < :id")


async def run_due(
    app: JobApp[Resources],
    session: AsyncSession,
    resources: Resources,
    *,
    ahead: bool = False,
    raising: bool = True,
    limit: int = 1000,
) -> list[str]:
    """Run the waiting jobs, those that they defer included, until none is due; the names of the tasks that ran.

    ``ahead``: do not wait for the time for which a job is scheduled. ``raising``: let the first error out; otherwise it
    is treated as the worker treats it: retried by the task's rule, at last left as a dead letter. ``session`` must see
    the same transaction as the sessions in ``resources``; it is committed after every job (in a test: its savepoint).
    """
    ran: list[str] = []
    while len(ran) < limit:
        if ahead:
            await session.execute(_HURRY)
        job = (await session.execute(_FETCH)).one()
        if job.id is None:
            break
        await session.commit()
        ran.append(job.task_name)
        try:
            await _hold_back(app, session, job.id, job.task_name, job.lock)
            await app.perform(job.task_name, resources, job.args)
        except Exception as error:
            if raising:
                raise
            await _fail(app, session, job.id, job.task_name, job.attempts, error)
        else:
            await session.execute(_FINISH, {"id": job.id, "status": "succeeded"})
        await session.commit()
    return ran


async def _hold_back(app: JobApp[Resources], session: AsyncSession, job: int, task_name: str, lock: str | None) -> None:
    task = app.tasks.get(task_name)
    if task and task.ordered and lock:
        earlier = await session.scalar(_EARLIER, {"lock": lock, "id": job})
        if earlier is not None:
            raise HeldBack(earlier=earlier)


async def _fail(
    app: JobApp[Resources], session: AsyncSession, job: int, task_name: str, attempts: int, error: Exception
) -> None:
    task = app.tasks.get(task_name)
    await session.execute(_FAILURE, {"id": job, "error": failure_text(error)})
    wait = task.retry.wait(error, attempts + 1) if task else None
    if wait is None:
        await session.execute(_FINISH, {"id": job, "status": "failed"})
    else:
        await session.execute(_RETRY, {"id": job, "wait": wait})
