"""Reviews of role documents that a strategy change or a reorganisation makes due (ORG-05)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kit.database import ReadSession, WriteSession
from services.kit.errors import Conflict, NotFound
from services.kit.identity import Caller
from services.kit.pages import Paging, Rows, page
from services.org.domain.amendment import ReviewPolicy, Trigger
from services.org.store import amendments as rows
from services.org.store import units as unit_rows
from services.org.store.tables_documents import ReviewTaskRow
from services.org.usecases import trail
from services.org.usecases.reach import require_hr

POLICY = ReviewPolicy()


class ReviewUnknown(NotFound):
    """There is no such review."""

    code = "review_unknown"
    zh = "找不到该说明书评估任务，或您无权查看。"
    en = "There is no such document review, or you may not see it."


class ReviewClosed(Conflict):
    """The review is done already."""

    code = "review_closed"
    zh = "该说明书评估任务已完成。"
    en = "This document review is already done."


async def open_all(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    trigger: Trigger,
    recorded_on: date,
    unit_ids: Sequence[UUID],
    note: str | None,
) -> list[UUID]:
    """Make the documents of units due for review: within 30 days of a strategy change, 3 months of a reorganisation.

    Raises:
        OutOfReach: not HR over each of the units.
    """
    require_hr(caller, *[await unit_rows.path(session, unit_id, recorded_on) for unit_id in unit_ids])
    due_on = POLICY.due_on(trigger, recorded_on)
    made = [
        ReviewTaskRow(
            unit_id=unit_id, trigger=trigger.value, note=note, recorded_on=recorded_on, due_on=due_on, version=1
        )
        for unit_id in dict.fromkeys(unit_ids)
    ]
    session.add_all(made)
    await session.flush()
    for row in made:
        await trail.leave(
            session,
            caller=caller,
            now=now,
            action="review.open",
            resource="review",
            resource_id=row.id,
            after={"unit_id": row.unit_id, "trigger": trigger.value, "due_on": due_on},
            news="org.review.opened",
            about=("unit", row.unit_id),
            data={"unit_id": row.unit_id, "due_on": due_on},
        )
    return [row.id for row in made]


async def close(
    session: WriteSession, *, caller: Caller, now: datetime, today: date, review_id: UUID, outcome: str
) -> None:
    """Note what a review came to.

    Raises:
        ReviewUnknown, ReviewClosed, OutOfReach.
    """
    row = await rows.review_for_update(session, review_id)
    if row is None:
        raise ReviewUnknown
    require_hr(caller, await unit_rows.path(session, row.unit_id, today))
    if row.closed_on is not None:
        raise ReviewClosed
    row.closed_on, row.outcome = today, outcome
    row.version += 1
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action="review.close",
        resource="review",
        resource_id=review_id,
        after={"outcome": outcome},
        news="org.review.closed",
        about=("unit", row.unit_id),
        data={"unit_id": row.unit_id, "closed_on": today},
    )


async def listed(
    session: ReadSession,
    *,
    today: date,
    paging: Paging,
    unit_id: UUID | None,
    only_open: bool,
    only_overdue: bool,
) -> Rows[Any]:
    """Reviews by the day on which they are due, of everything or of a subtree."""
    path = await unit_rows.path(session, unit_id, today) if unit_id else None
    query = rows.reviews(today, path, only_open=only_open, only_overdue=only_overdue)
    return await page(session, query, keys=[ReviewTaskRow.due_on, ReviewTaskRow.id], paging=paging)
