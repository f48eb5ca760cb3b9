"""Knowing who works here: pay is entered for people of whom org has spoken (INC-01)."""

from datetime import timedelta
from tempfile import TemporaryFile
from typing import Final

from services.incentive.clients.org import OrgClient
from services.incentive.runs.store import input_snapshots as store
from services.kit.jobs.queue import defer
from services.kit.periods import Period
from services.kit.work.inbox import Effect, EventData
from services.kit.work.unit_of_work import SystemWork, UnitOfWork

FOLLOW_PEOPLE: Final = "follow_people"
"""The job that asks org who works here; the jobs floor registers it."""
AROUND: Final = timedelta(days=366)
"""So long before their first and after their last day people are known."""


async def follow_people(system: SystemWork, *, org: OrgClient) -> None:
    """Learn from org who works here, before any transaction opens.

    Raises:
        Unavailable: org does not answer, or its answer was cut off.
    """
    async with system.begin() as uow:
        today = uow.today
    with TemporaryFile() as structure:
        await org.copy_snapshot(Period.closed(today - AROUND, today + AROUND), structure.write)
        async with system.begin() as uow:
            await store.stage(uow.session, structure)
            await store.learn_people(uow.session, today)


async def _ask(uow: UnitOfWork, _data: EventData) -> None:
    await defer(uow.session, FOLLOW_PEOPLE, lock=FOLLOW_PEOPLE, queueing_lock=FOLLOW_PEOPLE)


ASK_WHO_WORKS_HERE: Final = Effect(EventData, _ask)
"""What news of people and their places does here: one job asks, however many come at once."""
