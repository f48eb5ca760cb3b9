"""May somebody approve this here, and if not, who is next (ORG-09)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from pydantic import Field

from services.kit.fields import Id, Model, PositiveMoney
from services.kit.routing import router
from services.kit.web import Read, Today
from services.org.authority.api.authorities import ForType, Limit
from services.org.authority.domain.authority import ChainLink, Verdict
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.usecases import approval_checks
from services.org.permissions import Reader
from services.org.schemas import EmployeeId, PersonRef, UnitId, Words, person_ref, words

routes = router("/v1/org/approval_checks", tag="approval_checks")

MOST = 500


class ApprovalCheck(Model):
    """May an employee approve an amount in a unit on a day?"""

    employee_id: EmployeeId
    authority_type: ForType
    amount: PositiveMoney = Field(description="Yuan; people for staffing.", examples=["50000.00"])
    unit_id: UnitId
    as_of: date | None = Field(default=None, description="On which day; today if left out.", examples=["2026-01-05"])
    requester_id: Id | None = Field(default=None, description="Who asks for it, and so cannot approve it.")
    approved_by: tuple[Id, ...] = Field(default=(), max_length=20, description="Who has approved it already.")


class ApprovalChecks(Model):
    """Up to 500 checks."""

    checks: list[ApprovalCheck] = Field(min_length=1, max_length=MOST, description="What is to be checked.")


class ApprovalChainLink(Model):
    """One person of the chain, and why they may or may not approve."""

    employee: PersonRef = Field(description="The person.")
    allowed: bool = Field(description="Whether they may approve.", examples=[True])
    verdict: Verdict = Field(description="Why they may or may not.", examples=["own_limit"])
    limit: Limit = Field(description="The limit that decides; with such a verdict, null is without upper bound.")
    acting_for: PersonRef | None = Field(description="Whose authority was delegated to them.")
    delegation_id: Id | None = Field(description="By which delegation.")
    reason: Words = Field(description="The verdict in words.")


class ApprovalCheckResult(Model):
    """Whether the employee may approve, and who has to be asked else."""

    allowed: bool = Field(description="Whether the employee may approve.", examples=[True])
    needed: int = Field(description="How many different people have to approve.", examples=[1])
    complete: bool = Field(description="Whether those who have approved already suffice.", examples=[False])
    next: PersonRef | None = Field(description="Whom to ask instead, or as the second approver; null: nobody is left.")
    chain: list[ApprovalChainLink] = Field(description="The employee first, then those above, as far as needed.")


class ApprovalCheckResults(Model):
    """The results of checks."""

    results: list[ApprovalCheckResult] = Field(description="One result for each check, in their order.")


@routes.post("", summary="Check who may approve")
async def check_approvals(body: ApprovalChecks, session: Read, _caller: Reader, today: Today) -> ApprovalCheckResults:
    """Check by limits, delegations, unit path and reporting line as of each check's day; nothing is written."""
    requests = [
        approval_checks.CheckRequest(
            each.employee_id,
            each.authority_type,
            each.amount,
            each.unit_id,
            each.as_of or today,
            each.requester_id,
            each.approved_by,
        )
        for each in body.checks
    ]
    found = await approval_checks.run(session, checks=requests)
    people = {employee_id: person_ref(row) for employee_id, row in found.people.items()}
    return ApprovalCheckResults(
        results=[
            _result(result, request.authority_type, people)
            for result, request in zip(found.results, requests, strict=True)
        ]
    )


def _result(
    result: approval_checks.CheckResult, authority_type: AuthorityType, people: Mapping[UUID, PersonRef]
) -> ApprovalCheckResult:
    decision = result.decision
    return ApprovalCheckResult(
        allowed=decision.allowed,
        needed=decision.needed,
        complete=result.complete,
        next=people[decision.next_id] if decision.next_id else None,
        chain=[_link(link, authority_type, people) for link in decision.chain],
    )


def _link(link: ChainLink, authority_type: AuthorityType, people: Mapping[UUID, PersonRef]) -> ApprovalChainLink:
    return ApprovalChainLink(
        employee=people[link.employee_id],
        allowed=link.is_allowed,
        verdict=link.verdict,
        limit=link.limit,
        acting_for=people[link.acting_for] if link.acting_for else None,
        delegation_id=link.delegation_id,
        reason=words(link.reason(authority_type)),
    )
