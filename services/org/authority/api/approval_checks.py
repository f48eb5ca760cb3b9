"""Whether a person may approve, and otherwise who can (ORG-09)."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import Field

from services.kit.fields import Day, Id, Model, PositiveMoney
from services.kit.web.application import Read, Today
from services.kit.web.routing import router
from services.org.authority.api.authorities import ForType, Limit
from services.org.authority.domain.authority import ChainLink, Verdict
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.usecases import approval_checks
from services.org.permissions import Reader
from services.org.schemas import EmployeeId, PersonRef, UnitId, Words, person_ref, words

routes = router("/v1/org/approval_checks", tag="approval_checks")

MOST = 500


class ApprovalCheck(Model):
    """The question whether an employee may approve an amount in a unit on a day."""

    employee_id: EmployeeId
    authority_type: ForType
    amount: PositiveMoney = Field(
        description="Amount in yuan, or number of people for staffing.", examples=["50000.00"]
    )
    unit_id: UnitId
    as_of: Day | None = Field(default=None, description="Day of the check; today by default.", examples=["2026-01-05"])
    requester_id: Id | None = Field(
        default=None, description="Employee who made the request, and so cannot approve it."
    )
    approved_by: tuple[Id, ...] = Field(default=(), max_length=20, description="Employees who have approved already.")
    barred_ids: tuple[Id, ...] = Field(
        default=(),
        max_length=200,
        description="Employees whom the approval benefits: they cannot approve it, nor can others on their authority.",
    )


class ApprovalChecks(Model):
    """Up to 500 checks."""

    checks: list[ApprovalCheck] = Field(min_length=1, max_length=MOST, description="Approvals to check.")


class ApprovalChainLink(Model):
    """A person in the approval chain, and why they may or may not approve."""

    employee: PersonRef = Field(description="Person.")
    allowed: bool = Field(description="Whether this person may approve.", examples=[True])
    verdict: Verdict = Field(description="Verdict: why they may or may not approve.", examples=["own_limit"])
    limit: Limit = Field(description="Limit that decides; null is unlimited if the verdict depends on a limit.")
    acting_for: PersonRef | None = Field(description="Delegator for whom they act.")
    delegation_id: Id | None = Field(description="Delegation that applies.")
    reason: Words = Field(description="Verdict in words.")


class ApprovalCheckResult(Model):
    """Whether the employee may approve, and who else can."""

    allowed: bool = Field(description="Whether the employee may approve.", examples=[True])
    needed: int = Field(description="Number of different people who have to approve.", examples=[1])
    complete: bool = Field(description="Whether the approvals so far are enough.", examples=[False])
    next: PersonRef | None = Field(
        description="Employee to ask instead, or as the second approver; null if nobody is left."
    )
    chain: list[ApprovalChainLink] = Field(description="The employee first, then those above them, as far as needed.")


class ApprovalCheckResults(Model):
    """The results of checks."""

    results: list[ApprovalCheckResult] = Field(description="Results, one per check, in the same order.")


@routes.post("", summary="Check approval authority")
async def check_approvals(body: ApprovalChecks, session: Read, _caller: Reader, today: Today) -> ApprovalCheckResults:
    """Checks approvals against limits, delegations, the unit path and the reporting line on each check's day;
    nothing is written.
    """
    requests = [
        approval_checks.CheckRequest(
            each.employee_id,
            each.authority_type,
            each.amount,
            each.unit_id,
            each.as_of or today,
            each.requester_id,
            each.approved_by,
            each.barred_ids,
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
