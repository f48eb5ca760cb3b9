"""/v1/incentive/journal/entries/{id}/reverse: undoing an entry with everything that rests on it (INC-12)."""

from typing import Any

from fastapi import Response
from pydantic import Field

from services.incentive.journal.api.journal import BookedOn, EntryId, JournalEntry, write_entry
from services.incentive.payroll.usecases import reversing as usecases
from services.incentive.permissions import PayerUnitOfWork
from services.kit.fields import Model, Prose
from services.kit.routing import moves_money, router
from services.kit.web import IfMatch, tag

routes = router("/v1/incentive/journal", tag="journal")


class ReversalRequest(Model):
    """The reversal of an entry."""

    reason: Prose = Field(description="Reason, kept with the counter-entry.", examples=["重复发放"])
    booked_on: BookedOn = None


@routes.post(
    "/entries/{entry_id}/reverse",
    status_code=201,
    response_model=JournalEntry,
    summary="Reverse an entry",
)
@moves_money
async def reverse_entry(
    uow: PayerUnitOfWork, entry_id: EntryId, body: ReversalRequest, revision: IfMatch, response: Response
) -> dict[str, Any]:
    """Books a counter-entry, which is returned; an entry can be reversed only once, and an accrual only while
    nothing of it has been paid or withheld. The entitlement, the statement and the run's payroll file are updated.
    """
    details = await usecases.reverse_entry(
        uow, entry_id=entry_id, revision=revision, reason=body.reason, booked_on=body.booked_on
    )
    tag(response, details.revision)
    response.headers["Location"] = f"/v1/incentive/journal/entries/{details.entry.id}"
    return write_entry(details)
