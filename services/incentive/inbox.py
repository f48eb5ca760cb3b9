"""What events of org and appraisal do here."""

from collections.abc import Mapping
from typing import Any, Final

from services.incentive.referrals.usecases.referrals import HEAR_OF_PROBATION
from services.incentive.runs.usecases.people import ASK_WHO_WORKS_HERE
from services.incentive.shares.usecases.exits import FOLLOW_EXITS
from services.incentive.statements.usecases.later_changes import NOTE_CHANGES
from services.kit.access.revocations import REVOKE_TOKENS
from services.kit.calendar.stored_days import CALENDAR_CHANGED
from services.kit.routes.inbox import inbox_router
from services.kit.work.calendar_events import FOLLOW_CALENDAR
from services.kit.work.inbox import Effect

EFFECTS: Final[Mapping[str, Effect[Any]]] = {
    "org.account.revoked": REVOKE_TOKENS,
    CALENDAR_CHANGED: FOLLOW_CALENDAR,
    "org.import.completed": ASK_WHO_WORKS_HERE,
    "org.probation_review.decided": HEAR_OF_PROBATION,
    **FOLLOW_EXITS,
    **NOTE_CHANGES,
}
"""By the type of the event."""

routes = inbox_router("incentive", EFFECTS)
