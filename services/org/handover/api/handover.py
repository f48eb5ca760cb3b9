"""What somebody is still responsible for, for whoever prepares their leaving (ORG-07)."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.kit.fields import Id, Model
from services.kit.routing import router
from services.kit.web import Read
from services.org.authority.api.delegations import Delegation, delegation_of
from services.org.documents.domain.amendment import Trigger, days_overdue
from services.org.handover.domain import pending_work
from services.org.handover.usecases import handover
from services.org.permissions import Overseer
from services.org.schemas import AsOf, EntityId, PositionId, UnitId, UnitRef
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/employees", tag="employees")

UnitCode = Field(description="Code of that unit.", examples=["SALES"])


class OpenAssignment(Model):
    """A position that the person fills."""

    id: EntityId
    position_id: PositionId
    position_code: str = Field(description="Code of the position.", examples=["SALES-MGR"])
    position_title: str = Field(description="Title of the position.", examples=["销售经理"])
    kind: AssignmentKind = Field(description="How the person holds it; acting: as a stand-in.", examples=["primary"])


class OpenDelegations(Model):
    """Delegations in force or to come."""

    count: int = Field(description="How many there are.", examples=[1])
    items: list[Delegation] = Field(description="The first hundred.")


class PendingApproval(Model):
    """A version of a role document to endorse, approve or sign, or a request to amend one to decide on."""

    kind: Literal["role_document", "amendment"] = Field(description="What it is.", examples=["role_document"])
    document_id: Id = Field(description="Id of the role document.")
    number: int | None = Field(description="Number of the version; null for a request to amend.", examples=[2])
    amendment_id: Id | None = Field(description="Id of the request to amend.")
    state: str = Field(description="The state that waits for a decision.", examples=["hr_review"])
    unit_id: Id = Field(description="Id of the unit concerned.")
    unit_code: str = UnitCode


class PendingApprovals(Model):
    """Decisions that the roles of the person's account allow, not necessarily to them alone."""

    count: int = Field(description="How many there are.", examples=[1])
    items: list[PendingApproval] = Field(description="The first hundred.")


class PendingDocumentReview(Model):
    """An open review of a unit's role documents."""

    id: EntityId
    unit_id: UnitId
    unit_code: str = UnitCode
    trigger: Trigger = Field(description="Why it is due.", examples=["reorganisation"])
    due_on: date = Field(description="By when.", examples=["2026-06-30"])
    days_overdue: int = Field(description="How many days it is overdue; 0 while in time.", examples=[0])


class PendingDocumentReviews(Model):
    """Reviews due in the units that the person heads."""

    count: int = Field(description="How many there are.", examples=[1])
    items: list[PendingDocumentReview] = Field(description="The hundred most urgent.")


class Handover(Model):
    """Open responsibilities of somebody who leaves."""

    assignments: list[OpenAssignment] = Field(description="The positions that the person fills.")
    headed_units: list[UnitRef] = Field(description="The units that the person heads.")
    direct_reports: int = Field(description="How many people report to them directly.", examples=[4])
    dotted_reports: int = Field(description="How many people report to them by a second line.", examples=[0])
    delegations_given: OpenDelegations = Field(description="What they delegated; it ends when they leave.")
    delegations_received: OpenDelegations = Field(description="What they approve for somebody else.")
    approvals: PendingApprovals = Field(description="Decisions that wait.")
    document_reviews: PendingDocumentReviews = Field(description="Reviews that are due.")


@routes.get("/{employee_id}/handover", summary="Get what an employee has to hand over")
async def get_handover(employee_id: UUID, session: Read, caller: Overseer, day: AsOf) -> Handover:
    """Get everything that somebody else must take over if the person leaves; for who oversees their unit."""
    found = await handover.open_on(session, caller=caller, employee_id=employee_id, day=day)
    given, received = found.delegations_given, found.delegations_received
    approvals, reviews = found.approvals, found.document_reviews
    return Handover(
        assignments=[OpenAssignment.model_validate(each) for each in found.assignments],
        headed_units=[UnitRef.model_validate(each) for each in found.headed_units],
        direct_reports=found.direct_reports,
        dotted_reports=found.dotted_reports,
        delegations_given=OpenDelegations(count=given.count, items=[delegation_of(each) for each in given.items]),
        delegations_received=OpenDelegations(
            count=received.count, items=[delegation_of(each) for each in received.items]
        ),
        approvals=PendingApprovals(
            count=approvals.count, items=[PendingApproval.model_validate(each) for each in approvals.items]
        ),
        document_reviews=PendingDocumentReviews(
            count=reviews.count, items=[_review(each, day) for each in reviews.items]
        ),
    )


def _review(each: pending_work.PendingReview, day: date) -> PendingDocumentReview:
    return PendingDocumentReview(
        id=each.review_id,
        unit_id=each.unit_id,
        unit_code=each.unit_code,
        trigger=Trigger(each.trigger),
        due_on=each.due_on,
        days_overdue=days_overdue(each.due_on, day),
    )
