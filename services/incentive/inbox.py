"""What events of org and appraisal do here."""

from services.incentive.referrals.usecases.referrals import HEAR_OF_PROBATION
from services.incentive.runs.usecases.people import ASK_WHO_WORKS_HERE
from services.incentive.statements.usecases.later_changes import NOTE_CHANGES
from services.kit.calendar import CALENDAR_CHANGED
from services.kit.calendar_events import FOLLOW_CALENDAR
from services.kit.inbox_routes import inbox_router
from services.kit.revocations import REVOKE_TOKENS

routes = inbox_router(
    "incentive",
    {
        "org.account.revoked": REVOKE_TOKENS,
        CALENDAR_CHANGED: FOLLOW_CALENDAR,
        "org.import.completed": ASK_WHO_WORKS_HERE,
        "org.probation_review.decided": HEAR_OF_PROBATION,
        **NOTE_CHANGES,
    },
)
