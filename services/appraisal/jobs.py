"""The tasks of the appraisal service and what its worker gives them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.appraisal.briefs.usecases import briefs, deputies
from services.appraisal.clients.org import Organisation
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases.absences import learn_absences
from services.appraisal.cycles.usecases.goal_handover import hand_over_goals
from services.appraisal.cycles.usecases.worker import FOLLOW_SUPPLIERS, HAND_OVER, OPEN_CYCLE
from services.appraisal.feedback.usecases import raters, ratings
from services.appraisal.feedback.usecases.absent_raters import ask_about_absent
from services.appraisal.feedback.usecases.rating_handover import hand_over_ratings
from services.appraisal.feedback.usecases.reminders import remind
from services.appraisal.library.usecases import places
from services.appraisal.library.usecases.weight_review import ask_for_reviews
from services.appraisal.participants.usecases import late_records, opening
from services.appraisal.scoring.usecases import scoring
from services.appraisal.suppliers.usecases import eliminations, suppliers
from services.appraisal.tracking.usecases import alerts, obligation_following, obligation_owners, work_standards
from services.kit.audit.chain import seal_trail
from services.kit.database.sessions import period as stored_period
from services.kit.errors import DomainError, Unavailable
from services.kit.events.webhooks import Deliverer, deliver_events
from services.kit.jobs.queue import JobApp, Retry
from services.kit.work.unit_of_work import SystemWork


@dataclass(frozen=True)
class Resources:
    """What tasks depend on."""

    system: SystemWork
    organisation: Organisation
    deliverer: Deliverer


JOBS: Final[JobApp[Resources]] = JobApp("appraisal")

# org may be away for a day; until then the cycle says why it waits.
PATIENCE: Final = Retry(runs=200, first=timedelta(seconds=2), factor=2, ceiling=timedelta(minutes=10))


@JOBS.task(OPEN_CYCLE, retry=PATIENCE)
async def open_cycle(resources: Resources, *, cycle_id: str) -> None:
    """Take org's snapshot first, whole; then make everything of the cycle in one transaction."""
    key = UUID(cycle_id)
    async with resources.system.sessions.read() as session:
        days = stored_period((await cycle_store.find(session, key)).period)
    try:
        async with (
            resources.organisation.snapshot(days.start, days.last or days.start) as snapshot,
            resources.system.begin() as uow,
        ):
            parties = await suppliers.parties(uow.session, days)
            if await opening.fill(uow, cycle_id=key, snapshot=snapshot, suppliers=parties):
                await raters.propose(uow.session, cycle_id=key)
    except DomainError as error:
        final = not isinstance(error, Unavailable)
        async with resources.system.begin() as uow:
            await opening.give_up(uow, cycle_id=key, failure=f"{error.code}: {error}", final=final)
        raise


@JOBS.task(late_records.FIND_LATE_RECORDS, retry=PATIENCE)
async def find_late_records(resources: Resources, *, cycle_id: str) -> None:
    """Take a fresh snapshot of org, and list whom it has and the cycle's own has not."""
    key = UUID(cycle_id)
    async with resources.system.sessions.read() as session:
        days = stored_period((await cycle_store.find(session, key)).period)
    async with (
        resources.organisation.snapshot(days.start, days.last or days.start) as snapshot,
        resources.system.begin() as uow,
    ):
        await late_records.list_late_records(uow, cycle_id=key, snapshot=snapshot)


@JOBS.task(scoring.SCORE_CYCLE)
async def score_cycle(resources: Resources, *, cycle_id: str) -> None:
    """Take the anonymous answers, then score everything or say what is missing."""
    async with resources.system.begin() as uow:
        await ratings.take_answers(uow, cycle_id=UUID(cycle_id))
    async with resources.system.begin() as uow:
        await scoring.score_cycle(uow, cycle_id=UUID(cycle_id))


@JOBS.task(places.FOLLOW_PLACES, retry=PATIENCE, cron="7 */6 * * *")
async def follow_places(resources: Resources) -> None:
    """Learn the places of positions and units when org reports a change of them; and of these and of absences, which
    arrive as events, every six hours what no event carried.
    """
    async with resources.system.begin() as uow:
        today = uow.today
    async with (
        resources.organisation.snapshot(today, today + places.AHEAD, absences=True, people=False) as snapshot,
        resources.system.begin() as uow,
    ):
        await places.learn_places(uow, snapshot)
        await learn_absences(uow, snapshot)


@JOBS.task(deputies.FOLLOW_DELEGATIONS, retry=PATIENCE, cron="13 * * * *")
async def follow_delegations(resources: Resources) -> None:
    """Learn who acts for whom today, when org reports a delegation, and every hour."""
    async with resources.system.begin() as uow:
        today = uow.today
    lines = [each async for each in resources.organisation.delegations(today)]
    async with resources.system.begin() as uow:
        await deputies.learn_deputies(uow, lines)


@JOBS.task(HAND_OVER, cron="23 * * * *")
async def hand_over_duties(resources: Resources) -> None:
    """Let others do what waits for people who have left: goals and superiors' ratings; ask HR about raters away."""
    for hand_over in (hand_over_goals, hand_over_ratings, ask_about_absent):
        handed = 1
        while handed:
            async with resources.system.begin() as uow:
                handed = await hand_over(uow)


@JOBS.task(alerts.CHECK_ALERTS)
async def check_alerts(resources: Resources, *, first: str, last: str) -> None:
    """Hold new measurements against the alert rules."""
    async with resources.system.begin() as uow:
        await alerts.check_alerts(uow, first=UUID(first), last=UUID(last))


@JOBS.task(work_standards.FOLLOW_STANDARDS, retry=PATIENCE, cron="11 1 * * *")
async def follow_standards(resources: Resources) -> None:
    """Learn from org what role documents ask for by when, and open what is owed in the periods that run."""
    await work_standards.follow_standards(resources.system, organisation=resources.organisation)


@JOBS.task("follow_obligations", cron="29 * * * *")
async def follow_obligations(resources: Resources) -> None:
    """Tell of what is overdue, let others owe what people who have left owed, and draft last month's briefs."""
    for step in (obligation_following.tell_overdue, obligation_owners.hand_over_obligations, briefs.draft_due):
        done = 1
        while done:
            async with resources.system.begin() as uow:
                done = await step(uow)


@JOBS.task("remind_of_deadlines", cron="41 * * * *")
async def remind_of_deadlines(resources: Resources) -> None:
    """Announce deadlines of running cycles, each once before and once after it; ask for reviews of weights."""
    async with resources.system.begin() as uow:
        await remind(uow)
        await ask_for_reviews(uow)


@JOBS.task(FOLLOW_SUPPLIERS)
async def follow_suppliers(resources: Resources) -> None:
    """Open, withdraw and reopen eliminations of suppliers, when a cycle has closed or a score was corrected."""
    async with resources.system.begin() as uow:
        await eliminations.follow_scores(uow)


@JOBS.task("reseal_drafts", cron="17 * * * *")
async def reseal_drafts(resources: Resources) -> None:
    """Seal with the present key the drafts that were sealed with an earlier one."""
    while True:
        async with resources.system.begin() as uow:
            if not await ratings.reseal_drafts(uow):
                return


deliver_events(JOBS, lambda resources: resources.deliverer)
seal_trail(JOBS, lambda resources: resources.system.sessions)
