"""What a leaver still has to hand over, and who decides what waits for a decision (ORG-04, ORG-05, ORG-07)."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from services.kit.identity import Role
from services.org.authority.domain.delegation import DelegationAsOf
from services.org.documents.domain.amendment import AmendmentState
from services.org.documents.domain.role_document_life import DocumentState

Item = TypeVar("Item")

DOCUMENTS_WAIT_FOR = {
    DocumentState.HR_REVIEW: Role.HR,
    DocumentState.REVIEWED: Role.EXECUTIVE,
    DocumentState.APPROVED: Role.HR,
}
"""Versions of role documents that wait for this role to endorse, approve or sign them."""

AMENDMENTS_WAIT_FOR = {AmendmentState.REQUESTED: Role.EXECUTIVE}
"""Amendment requests that wait for this role to approve or refuse them."""


class PendingApproval(NamedTuple):
    """A version of a role document (``number``) or a request to amend one, and the unit that it concerns."""

    kind: str
    document_id: UUID
    amendment_id: UUID | None
    number: int | None
    state: str
    unit_id: UUID
    unit_code: str


class PendingReview(NamedTuple):
    """An open review of the role documents of a unit."""

    review_id: UUID
    unit_id: UUID
    unit_code: str
    trigger: str
    due_on: date


class OpenAssignment(NamedTuple):
    """An assignment of the leaver."""

    id: UUID
    position_id: UUID
    position_code: str
    position_title: str
    position_title_en: str
    kind: str


class HeadedUnit(NamedTuple):
    """A unit whose head position the leaver fills."""

    id: UUID
    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Counted(Generic[Item]):
    """How many there are, and the first of them."""

    count: int
    items: list[Item]


@dataclass(frozen=True)
class Handover:
    """What is open on a day: assignments, units headed, people led, delegations, approvals, reviews."""

    assignments: list[OpenAssignment]
    headed_units: list[HeadedUnit]
    direct_reports: int
    dotted_reports: int
    delegations_given: Counted[DelegationAsOf]
    delegations_received: Counted[DelegationAsOf]
    approvals: Counted[PendingApproval]
    document_reviews: Counted[PendingReview]
