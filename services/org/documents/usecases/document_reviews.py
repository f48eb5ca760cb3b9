"""Reviews of role documents that a strategy change or a reorganisation makes due (ORG-05)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.kit.database import ReadSession
from services.kit.errors import Conflict, NotFound
from services.kit.pages import Paging, Rows, page
from services.kit.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import ReviewPolicy, Trigger
from services.org.documents.store import amendments as rows
from services.org.documents.store.tables import ReviewTaskRow
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.scope import require_hr

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
    uow: UnitOfWork,
    *,
    trigger: Trigger,
    recorded_on: date,
    unit_ids: Sequence[UUID],
    note: str | None,
) -> list[UUID]:
    """Make the documents of units due for review: within 30 days of a strategy change, 3 months of a reorganisation.

    Raises:
        OutOfScope: not HR over each of the units.
    """
    require_hr(uow.caller, *[await unit_rows.path(uow.session, unit_id, recorded_on) for unit_id in unit_ids])
    due_on = POLICY.due_on(trigger, recorded_on)
    made = [
        ReviewTaskRow(
            unit_id=unit_id, trigger=trigger.value, note=note, recorded_on=recorded_on, due_on=due_on, revision=1
        )
        for unit_id in dict.fromkeys(unit_ids)
    ]
    uow.session.add_all(made)
    await uow.session.flush()
    for row in made:
        await uow.record(
            "org.review.opened",
            subject=("review", row.id),
            after={"unit_id": row.unit_id, "trigger": trigger.value, "due_on": due_on},
            data={"unit_id": row.unit_id, "due_on": due_on},
            about=("unit", row.unit_id),
        )
    return [row.id for row in made]


async def close(uow: UnitOfWork, *, review_id: UUID, outcome: str) -> None:
    """Note what a review came to.

    Raises:
        ReviewUnknown, ReviewClosed, OutOfScope.
    """
    row = await rows.review_for_update(uow.session, review_id)
    if row is None:
        raise ReviewUnknown
    require_hr(uow.caller, await unit_rows.path(uow.session, row.unit_id, uow.today))
    if row.closed_on is not None:
        raise ReviewClosed
    row.closed_on, row.outcome = uow.today, outcome
    row.revision += 1
    await uow.record(
        "org.review.closed",
        subject=("review", review_id),
        after={"outcome": outcome},
        data={"unit_id": row.unit_id, "closed_on": uow.today},
        about=("unit", row.unit_id),
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
