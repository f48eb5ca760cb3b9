"""When two people have to approve, and changes of it, which take a second person (ORG-09)."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Id, Model, PositiveMoney, Prose
from services.kit.release import ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import answers_with, router
from services.org.authority.domain.authority_type import AuthorityType, TwoApprovers
from services.org.authority.domain.policy_change import PolicyChange
from services.org.authority.usecases import authorities, policy_changes
from services.org.permissions import CompanyAuthoritySetterUnitOfWork, Reader
from services.org.schemas import ValidFrom

CHANGES = "/v1/org/authority_policy_changes"
policies = router("/v1/org/authority_policies", tag="authority_policies")
changes = router(CHANGES, tag="authority_policies")

Types = Annotated[
    list[AuthorityType],
    Field(max_length=len(AuthorityType), description="Authority types concerned.", examples=[["single_payment"]]),
]
Threshold = Annotated[
    PositiveMoney,
    Field(description="Amount in yuan from which two different people have to approve.", examples=["200000"]),
]
ChangeId = Annotated[Id, Path(description="Id of the change.")]


class AuthorityPolicy(Model):
    """A policy on dual approval, from a day on."""

    valid_from: ValidFrom
    threshold: Threshold
    authority_types: Types


class AuthorityPolicies(Model):
    """The policies on dual approval, over time."""

    versions: list[AuthorityPolicy] = Field(description="All versions, the earliest first.")
    default_threshold: Threshold
    default_authority_types: Types


class AuthorityPolicyChange(ReleasedRecord, AuthorityPolicy):
    """A proposed change of the policy on dual approval."""


class AuthorityPolicyRefusal(Model):
    """The reason for refusing a change."""

    reason: Prose = Field(description="Reason, shown to the person who proposed it.", examples=["起点金额过高"])


@policies.get("", summary="List the dual-approval policies")
async def list_authority_policies(session: Read, _caller: Reader) -> AuthorityPolicies:
    """Lists the policies on dual approval over time; where there is no version, the default applies."""
    default = TwoApprovers()
    return AuthorityPolicies(
        versions=[
            AuthorityPolicy(
                valid_from=version.valid.start,
                threshold=version.facts.threshold,
                authority_types=sorted(version.facts.authority_types),
            )
            for version in await authorities.policies(session)
        ],
        default_threshold=default.threshold,
        default_authority_types=sorted(default.authority_types),
    )


@changes.post("", status_code=201, summary="Propose a change of the dual-approval policy")
async def propose_authority_policy_change(
    body: AuthorityPolicy, uow: CompanyAuthoritySetterUnitOfWork
) -> AuthorityPolicyChange:
    """Proposes a change. For HR and executives over the whole organisation; it applies from its day on once another
    of them releases it.
    """
    policy = TwoApprovers(body.threshold, frozenset(body.authority_types))
    change = await policy_changes.propose(uow, valid_from=body.valid_from, policy=policy)
    return _change(change)


@changes.get("", summary="List changes of the dual-approval policy")
async def list_authority_policy_changes(
    session: Read,
    _caller: Reader,
    paging: PageAsked,
    state: Annotated[ReleaseState | None, Query(description="Only changes in this state.")] = None,
) -> Page[AuthorityPolicyChange]:
    """Changes in the order in which they were proposed."""
    found = await policy_changes.list_changes(session, state=state, paging=paging)
    return Page[AuthorityPolicyChange](**found.written(_change))


@changes.get("/{change_id}", summary="Read a change of the dual-approval policy")
async def get_authority_policy_change(change_id: ChangeId, session: Read, _caller: Reader) -> AuthorityPolicyChange:
    """The proposed change and its outcome."""
    return _change(await policy_changes.read(session, change_id=change_id))


@changes.post("/{change_id}/release", summary="Release a change of the dual-approval policy")
@answers_with(state="released", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def release_authority_policy_change(
    change_id: ChangeId, uow: CompanyAuthoritySetterUnitOfWork, revision: IfMatch
) -> AuthorityPolicyChange:
    """A second person releases the change; another account of the same person is refused as well."""
    return _change(await policy_changes.release(uow, change_id=change_id, revision=revision))


@changes.post("/{change_id}/refuse", summary="Refuse a change of the dual-approval policy")
@answers_with(state="refused", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def refuse_authority_policy_change(
    change_id: ChangeId,
    body: AuthorityPolicyRefusal,
    uow: CompanyAuthoritySetterUnitOfWork,
    revision: IfMatch,
) -> AuthorityPolicyChange:
    """The person who proposed it withdraws it in the same way."""
    change = await policy_changes.refuse(uow, change_id=change_id, revision=revision, reason=body.reason)
    return _change(change)


def _change(change: PolicyChange) -> AuthorityPolicyChange:
    return AuthorityPolicyChange(
        id=change.id,
        valid_from=change.valid_from,
        threshold=change.policy.threshold,
        authority_types=sorted(change.policy.authority_types),
        **vars(change.record),
    )
