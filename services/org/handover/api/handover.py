"""A person's open responsibilities, for those who prepare their termination (ORG-07)."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.kit.fields import Id, Model
from services.kit.web.application import Read
from services.kit.web.routing import router
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
    """A position that the person holds."""

    id: EntityId
    position_id: PositionId
    position_code: str = Field(description="Code of the position.", examples=["SALES-MGR"])
    position_title: str = Field(description="Title of the position, in Chinese.", examples=["销售经理"])
    position_title_en: str = Field(description="Title of the position, in English.", examples=["Sales manager"])
    kind: AssignmentKind = Field(description="Kind of the assignment; acting: as a stand-in.", examples=["primary"])


class OpenDelegations(Model):
    """The delegations in force or still to begin."""

    count: int = Field(description="Total number.", examples=[1])
    items: list[Delegation] = Field(description="First hundred.")


class PendingApproval(Model):
    """A version of a role document to endorse, approve or sign, or an amendment request to decide on."""

    kind: Literal["role_document", "amendment"] = Field(description="What it is.", examples=["role_document"])
    document_id: Id = Field(description="Id of the role document.")
    number: int | None = Field(description="Number of the version; null for an amendment request.", examples=[2])
    amendment_id: Id | None = Field(description="Id of the amendment request.")
    state: str = Field(description="State in which a decision is required.", examples=["hr_review"])
    unit_id: Id = Field(description="Id of the unit concerned.")
    unit_code: str = UnitCode


class PendingApprovals(Model):
    """The decisions that the person's roles allow, not necessarily them alone."""

    count: int = Field(description="Total number.", examples=[1])
    items: list[PendingApproval] = Field(description="First hundred.")


class PendingDocumentReview(Model):
    """An open review of a unit's role documents."""

    id: EntityId
    unit_id: UnitId
    unit_code: str = UnitCode
    trigger: Trigger = Field(description="Event that made it due.", examples=["reorganisation"])
    due_on: date = Field(description="Due date.", examples=["2026-06-30"])
    days_overdue: int = Field(description="Days overdue; 0 while not overdue.", examples=[0])


class PendingDocumentReviews(Model):
    """The reviews due in the units that the person heads."""

    count: int = Field(description="Total number.", examples=[1])
    items: list[PendingDocumentReview] = Field(description="Hundred most urgent reviews.")


class Handover(Model):
    """The open responsibilities of a leaver."""

    assignments: list[OpenAssignment] = Field(description="Positions that the person holds.")
    headed_units: list[UnitRef] = Field(description="Units that the person heads.")
    direct_reports: int = Field(description="Number of direct reports.", examples=[4])
    dotted_reports: int = Field(description="Number of people who report to them by a dotted line.", examples=[0])
    delegations_given: OpenDelegations = Field(description="Delegations that they gave; these end with the employment.")
    delegations_received: OpenDelegations = Field(description="Delegations under which they approve for other people.")
    approvals: PendingApprovals = Field(description="Decisions that wait for the person.")
    document_reviews: PendingDocumentReviews = Field(description="Document reviews that are due.")


@routes.get("/{employee_id}/handover", summary="Get the handover of an employee")
async def get_handover(employee_id: UUID, session: Read, caller: Overseer, day: AsOf) -> Handover:
    """The responsibilities that others have to take over if the person leaves. For those who oversee their unit."""
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
