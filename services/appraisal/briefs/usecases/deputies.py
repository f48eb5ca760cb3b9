"""Who may complete and sign a brief for the unit's head: those to whom org says the head delegated (APR-08, ORG-09).

A delegation names what may be approved, up to which amount. No type fits a brief: whoever has any authority of the
head in the unit, or in one above it, stands in for the head there, and the signature says on whose behalf. A limit of 0
delegates nothing.
"""

from collections.abc import Iterable
from typing import Final

from services.appraisal.briefs.domain.brief import due_at
from services.appraisal.briefs.store import deputies as store
from services.appraisal.clients.org import DelegationLine
from services.kit.jobs.queue import defer
from services.kit.periods import period_in_words
from services.kit.work.inbox import Effect, EventData
from services.kit.work.tasks import open_tasks
from services.kit.work.unit_of_work import UnitOfWork

FOLLOW_DELEGATIONS: Final = "follow_delegations"
"""The job that asks org who acts for whom today."""


async def learn_deputies(uow: UnitOfWork, lines: Iterable[DelegationLine]) -> None:
    """Know these delegations instead of those of before; briefs that wait for a head wait for the head's deputy too."""
    rows = ((e.id, e.delegator_id, e.delegate_id, e.unit_id, e.valid_from, e.valid_to) for e in lines if e.limit != 0)
    await store.learn(uow.session, list(rows))
    await ask_deputies(uow)


async def ask_deputies(uow: UnitOfWork) -> None:
    """Let what waits for heads wait for those who act for them today, and for nobody who acts for them no more."""
    await store.close_tasks_of_former(uow.session, uow.today)
    for month in await store.months_to_ask_for(uow.session, uow.today):
        wanted = store.tasks_to_open(uow.today, month, period_in_words(f"{month:%Y-%m}"))
        await open_tasks(uow, store.SIGN_FOR_HEAD, noun="brief", wanted=wanted, due_at=due_at(month, uow.local_now))


async def _ask(uow: UnitOfWork, _data: EventData) -> None:
    await defer(uow.session, FOLLOW_DELEGATIONS, lock=FOLLOW_DELEGATIONS, queueing_lock=FOLLOW_DELEGATIONS)


ASK_WHO_DELEGATES: Final = Effect(EventData, _ask)
"""What news of delegations does here."""
