"""What somebody has in hand, for whoever prepares a leave (ORG-07)."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row

from services.kit.fields import Id, Model, PositiveMoney
from services.kit.routing import router
from services.kit.web import Read
from services.org.authority.api.delegations import CodeRef
from services.org.authority.domain.authority_type import AuthorityType
from services.org.documents.domain.amendment import Trigger, days_overdue
from services.org.handover.store.pending_work import Approval, Review
from services.org.handover.usecases import handover
from services.org.permissions import Overseer
from services.org.schemas import AsOf, Days, PersonRef, UnitRef, days_of, person_ref
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/employees", tag="employees")


class SeatHeld(Model):
    """A seat and how it is held."""

    assignment_id: Id
    position_id: Id
    position_code: str
    kind: AssignmentKind


class OpenDelegation(Model):
    """A delegation in force or to come; ``person`` is the other side. ``limit`` null is up to the delegator's own."""

    id: Id
    person: PersonRef
    unit: CodeRef
    authority_type: AuthorityType
    limit: PositiveMoney | None
    valid: Days


class OpenDelegations(Model):
    """How many, and the first hundred."""

    count: int
    items: list[OpenDelegation]


class WaitingApproval(Model):
    """A version of a role document to endorse, approve or sign, or a request to amend one to decide about."""

    kind: Literal["role_document", "amendment"]
    document_id: Id
    number: int | None
    amendment_id: Id | None
    state: str
    unit: CodeRef


class WaitingApprovals(Model):
    """How many, and the first hundred."""

    count: int
    items: list[WaitingApproval]


class DueReview(Model):
    """An open review of a unit's role documents; ``days_overdue`` is 0 while in time."""

    id: Id
    unit: CodeRef
    trigger: Trigger
    due_on: date
    days_overdue: int


class DueReviews(Model):
    """How many, and the hundred most urgent."""

    count: int
    items: list[DueReview]


class Duties(Model):
    """Open on a day: seats held, those only stood in for, units headed, how many people are led.

    ``delegations_given`` lapse with the person; by ``delegations_received`` he approves for somebody else.
    ``approvals`` are decisions that the roles of his account let him make, not necessarily him alone; ``reviews`` are
    due in the units that he heads.
    """

    seats: list[SeatHeld]
    standing_in: list[SeatHeld]
    units: list[UnitRef]
    direct_reports: int
    dotted_reports: int
    delegations_given: OpenDelegations
    delegations_received: OpenDelegations
    approvals: WaitingApprovals
    reviews: DueReviews


@routes.get("/{employee_id}/duties")
async def open_on(employee_id: UUID, session: Read, caller: Overseer, day: AsOf) -> Duties:
    """Everything that somebody else must take over if the person goes; for who oversees the person's unit."""
    found = await handover.open_on(session, caller=caller, employee_id=employee_id, day=day)
    given, received, approvals, reviews = found.given, found.received, found.approvals, found.reviews
    return Duties(
        seats=[SeatHeld(**seat._asdict()) for seat in found.seats],
        standing_in=[SeatHeld(**seat._asdict()) for seat in found.standing_in],
        units=[UnitRef(id=unit.unit_id, code=unit.unit_code, name=unit.name) for unit in found.units],
        direct_reports=found.direct_reports,
        dotted_reports=found.dotted_reports,
        delegations_given=OpenDelegations(
            count=given.count, items=[_delegation(row, row.delegate) for row in given.items]
        ),
        delegations_received=OpenDelegations(
            count=received.count, items=[_delegation(row, row.delegator) for row in received.items]
        ),
        approvals=WaitingApprovals(count=approvals.count, items=[_approval(each) for each in approvals.items]),
        reviews=DueReviews(count=reviews.count, items=[_review(each, day) for each in reviews.items]),
    )


def _delegation(row: Row[Any], other: Any) -> OpenDelegation:
    given = row.DelegationRow
    return OpenDelegation(
        id=given.id,
        person=person_ref(other),
        unit=CodeRef(id=row.UnitRow.id, code=row.UnitRow.code),
        authority_type=given.authority_type,
        limit=given.amount,
        valid=days_of(given.valid),
    )


def _approval(each: Approval) -> WaitingApproval:
    return WaitingApproval(
        kind="amendment" if each.amendment_id else "role_document",
        document_id=each.document_id,
        number=each.number,
        amendment_id=each.amendment_id,
        state=each.state,
        unit=CodeRef(id=each.unit_id, code=each.unit_code),
    )


def _review(each: Review, day: date) -> DueReview:
    return DueReview(
        id=each.review_id,
        unit=CodeRef(id=each.unit_id, code=each.unit_code),
        trigger=Trigger(each.trigger),
        due_on=each.due_on,
        days_overdue=days_overdue(each.due_on, day),
    )
