"""Jobs that failed for good: listed with their last error, and run again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import NotFound

_LIST = text("""
    SELECT job.id, job.task_name, job.lock, job.args, job.attempts, failure.failed_at, failure.error
    FROM procrastinate_jobs AS job
    LEFT JOIN LATERAL (
        SELECT failed_at, error FROM job_failure WHERE job_id = job.id ORDER BY id DESC LIMIT 1
    ) AS failure ON true
    WHERE job.status = 'failed' AND job.id > :after AND (CAST(:task AS text) IS NULL OR job.task_name = :task)
    ORDER BY job.id
    LIMIT :limit
""")
_COUNTS = text("""
    SELECT status::text, count(job.id) AS jobs
    FROM unnest(ARRAY['todo', 'doing', 'failed']::procrastinate_job_status[]) AS status
    LEFT JOIN procrastinate_jobs AS job USING (status)
    GROUP BY status
""")
_REPLAY = text("""
    UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL
    WHERE id = :id AND status = 'failed' RETURNING task_name, lock, args
""")
_REPLAY_LOCK = text("""
    UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL
    WHERE lock LIKE :prefix ESCAPE '\\' AND status = 'failed' RETURNING id
""")
_DISCARD = text("""
    UPDATE procrastinate_jobs SET status = 'cancelled'
    WHERE id = :id AND status = 'failed' RETURNING task_name, lock, args
""")
# Workers listen on this channel for new jobs; a replayed job is not inserted, so the queue's own trigger stays silent.
_WAKE = text("""SELECT pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')""")


class NoDeadLetter(NotFound):
    """The job does not exist or has not failed for good."""

    code = "no_dead_letter"
    zh = "找不到编号为 {job} 的失败任务，或它已不再是失败状态。"
    en = "There is no failed job {job}, or it is no longer failed."


@dataclass(frozen=True)
class DeadLetter:
    """A failed job. ``runs`` is how often it was tried, ``error`` why the last run failed."""

    id: int
    task: str
    lock: str | None
    arguments: dict[str, Any]
    runs: int
    failed_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class Known:
    """What a job was to do, for the trail of who replayed or discarded it; ``arguments`` are ids."""

    task: str
    lock: str | None
    arguments: dict[str, Any]


async def dead_letters(
    session: ReadSession, *, task: str | None = None, after: int = 0, limit: int = 100
) -> Sequence[DeadLetter]:
    """Failed jobs in the order of deferring, from the one after ``after``; ``task`` narrows to one task."""
    rows = await session.execute(_LIST, {"task": task, "after": after, "limit": limit})
    return [DeadLetter(*row) for row in rows]


async def job_counts(session: ReadSession) -> dict[str, int]:
    """How many jobs wait (todo), run (doing) and have failed for good (failed)."""
    return {row.status: row.jobs for row in await session.execute(_COUNTS)}


async def replay(session: WriteSession, job: int) -> Known:
    """Have a failed job run again, with its full number of runs, in its old place among the jobs of its lock.

    Raises:
        NoDeadLetter: it does not exist or has not failed.
    """
    known = await _changed(session, _REPLAY, job)
    await session.execute(_WAKE)
    return known


async def replay_locks(session: WriteSession, prefix: str) -> int:
    """Have every failed job run again whose lock begins with ``prefix``; how many there were."""
    literal = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    count = len((await session.execute(_REPLAY_LOCK, {"prefix": f"{literal}%"})).all())
    await session.execute(_WAKE)
    return count


async def discard(session: WriteSession, job: int) -> Known:
    """Discard a failed job finally, so that it no longer holds back the later jobs of its lock.

    Raises:
        NoDeadLetter: it does not exist or has not failed.
    """
    return await _changed(session, _DISCARD, job)


async def _changed(session: WriteSession, statement: TextClause, job: int) -> Known:
    row = (await session.execute(statement, {"id": job})).first()
    if row is None:
        raise NoDeadLetter(job=job)
    return Known(*row)
