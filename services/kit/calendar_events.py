"""Following the company's calendar in the other services: the days that org changed, and every deadline on them."""

from collections.abc import Sequence
from datetime import date

from services.kit.calendar import CalendarDay, store_days
from services.kit.database import WriteSession
from services.kit.events import CloudEvent, NotAnEvent
from services.kit.tasks import reschedule


async def follow_calendar(session: WriteSession, event: CloudEvent) -> Sequence[date]:
    """Take over the days of an ``org.calendar.changed`` event and move open deadlines; the days that changed.

    Raises:
        NotAnEvent: its data holds no days.
    """
    try:
        days = [
            CalendarDay(date.fromisoformat(each["day"]), bool(each["is_working"]), str(each["note"]))
            for each in event.data["days"]
        ]
    except (KeyError, TypeError, ValueError) as broken:
        raise NotAnEvent(attribute="data") from broken
    changed = await store_days(session, days) if days else []
    await reschedule(session, changed)
    return changed
