"""org's jobs: the delivery of its events, and what the calendar brings about."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.kit.audit.chain import seal_trail
from services.kit.events.webhooks import Deliverer, deliver_events
from services.kit.jobs.queue import JobApp
from services.kit.work.unit_of_work import SystemWork
from services.org.calendar.usecases import calendar_tasks
from services.org.documents.usecases import role_document_life
from services.org.employment.domain.probation_review import REVIEW_DAYS
from services.org.exchange.usecases import effective_days
from services.org.identity.usecases import sign_in_attempts


@dataclass(frozen=True)
class Resources:
    """What the worker gives every job."""

    deliverer: Deliverer
    system: SystemWork
    probation_review_days: int = REVIEW_DAYS


JOBS: JobApp[Resources] = JobApp("org")
deliver_events(JOBS, lambda resources: resources.deliverer)
seal_trail(JOBS, lambda resources: resources.system.sessions)

# Every quarter of an hour rather than once a day: a day begins at another hour in another zone, a worker may have been
# down at midnight, and where nothing is due it costs two short queries.
QUARTER_HOURLY = "*/15 * * * *"


@JOBS.task("follow_calendar", cron=QUARTER_HOURLY)
async def follow_calendar(resources: Resources) -> None:
    """Let signed role documents take effect, open probation reviews, report rotations and delegations that end, and
    ask for next year's working days.
    """
    async with resources.system.begin() as uow:
        await calendar_tasks.follow_years(uow)
        await role_document_life.settle_due(uow)
        await effective_days.tell(uow)
        await effective_days.review_probations(uow, days_before=resources.probation_review_days)


@JOBS.task("forget_sign_in_attempts", cron="7 * * * *")
async def forget_sign_in_attempts(resources: Resources) -> None:
    """Drop the counts of attempts to sign in that are over."""
    async with resources.system.begin() as uow:
        await sign_in_attempts.forget(uow.session, datetime.now(UTC))
