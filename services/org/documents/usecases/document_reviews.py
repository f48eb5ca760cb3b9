"""Reviews of role documents that follow from a strategy change or a reorganisation (ORG-05)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, NotFound, Stale, existing
from services.kit.identity import Caller
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import ReviewPolicy, Trigger
from services.org.documents.store import amendments as rows
from services.org.documents.store.amendments import DocumentReview
from services.org.documents.store.tables import DocumentReviewRow
from services.org.documents.usecases.document_subjects import OVERSEERS
from services.org.documents.usecases.document_tasks import await_closing
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.scope import require_hr

POLICY = ReviewPolicy()


class DocumentReviewUnknown(NotFound):
    """There is no such review, or none that the caller may know of."""

    code = "document_review_unknown"
    zh = "找不到该说明书评估任务，或您无权查看。"
    en = "There is no such document review, or you may not see it."


class DocumentReviewClosed(Conflict):
    """The review is done already."""

    code = "document_review_closed"
    zh = "该说明书评估任务已完成。"
    en = "This document review is already done."


async def open_all(
    uow: UnitOfWork, *, trigger: Trigger, recorded_on: date, unit_ids: Sequence[UUID], note: str | None
) -> list[DocumentReview]:
    """Open a review for each unit: due within 30 days of a strategy change, 3 months of a reorganisation.

    Raises:
        OutOfScope: not HR over each of the units.
    """
    paths = {unit_id: await unit_rows.path(uow.session, unit_id, recorded_on) for unit_id in unit_ids}
    require_hr(uow.caller, *paths.values())
    due_on = POLICY.due_on(trigger, recorded_on)
    opened = [
        DocumentReviewRow(
            unit_id=unit_id, trigger=trigger.value, note=note, recorded_on=recorded_on, due_on=due_on, revision=1
        )
        for unit_id in paths
    ]
    uow.session.add_all(opened)
    await uow.session.flush()
    for row in opened:
        await uow.record(
            "org.document_review.opened",
            subject=("document_review", row.id),
            after={"unit_id": row.unit_id, "trigger": trigger.value, "due_on": due_on},
            data={"unit_id": row.unit_id, "due_on": due_on},
            about=("unit", row.unit_id),
        )
        await await_closing(uow, row, paths[row.unit_id])
    return await rows.reviews_of(uow.session, [row.id for row in opened], uow.today)


async def close(uow: UnitOfWork, *, review_id: UUID, revision: int, outcome: str) -> DocumentReview:
    """Closes a review with its outcome.

    Raises:
        DocumentReviewUnknown, OutOfScope, Stale, DocumentReviewClosed.
    """
    row = existing(await rows.review_for_update(uow.session, review_id), DocumentReviewUnknown)
    require_hr(uow.caller, await unit_rows.path(uow.session, row.unit_id, uow.today))
    if row.revision != revision:
        raise Stale
    if row.closed_on is not None:
        raise DocumentReviewClosed
    row.closed_on, row.outcome = uow.today, outcome
    row.revision += 1
    await uow.record(
        "org.document_review.closed",
        subject=("document_review", review_id),
        after={"outcome": outcome},
        data={"unit_id": row.unit_id, "closed_on": uow.today},
        about=("unit", row.unit_id),
    )
    await close_tasks(uow, subject=("document_review", review_id))
    await uow.session.flush()
    [found] = await rows.reviews_of(uow.session, [review_id], uow.today)
    return found


async def one(session: ReadSession, *, caller: Caller, today: date, review_id: UUID) -> DocumentReview:
    """A document review.

    Raises:
        DocumentReviewUnknown: there is none, or the caller does not oversee its unit.
    """
    query = rows.reviews(today, None, is_open=None, overdue=False).where(DocumentReviewRow.id == review_id)
    found = existing((await session.execute(query)).first(), DocumentReviewUnknown)
    review = rows.review_of(found, today)
    if not caller.has_over(await unit_rows.path(session, review.unit_id, today), *OVERSEERS):
        raise DocumentReviewUnknown
    return review


async def listed(
    session: ReadSession,
    *,
    caller: Caller,
    today: date,
    paging: Paging,
    unit_id: UUID | None,
    is_open: bool | None,
    overdue: bool,
) -> Rows[DocumentReview]:
    """Reviews by the day on which they are due, of the units that the caller oversees.

    With ``unit_id``, those of that unit and the units below it.
    """
    path = await unit_rows.path(session, unit_id, today) if unit_id else None
    query = rows.reviews(today, path, is_open=is_open, overdue=overdue)
    units = caller.units_of(*OVERSEERS)
    if units is not None:
        query = query.where(rows.within(units, today))
    keys = [DocumentReviewRow.due_on, DocumentReviewRow.id]
    return await page(session, query, lambda found: rows.review_of(found, today), keys=keys, paging=paging)
