"""When two people have to approve, and changes of it, which take a second person (ORG-09)."""

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import Field

from services.kit.fields import Id, Model, PositiveMoney, Prose
from services.kit.pages import Page
from services.kit.release import ReleaseState
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.authority.domain.authority_type import AuthorityType, TwoApprovers
from services.org.authority.domain.policy_change import PolicyChange
from services.org.authority.usecases import authorities, policy_changes
from services.org.permissions import CompanyAuthoritySetterUnitOfWork, Reader
from services.org.schemas import EntityId, ValidFrom, created

CHANGES = "/v1/org/authority_policy_changes"
policies = router("/v1/org/authority_policies", tag="authority_policies")
changes = router(CHANGES, tag="authority_policies")

Types = Annotated[
    list[AuthorityType],
    Field(max_length=len(AuthorityType), description="The authority types concerned.", examples=[["single_payment"]]),
]
Threshold = Annotated[
    PositiveMoney, Field(description="From this amount on, in yuan, two different people approve.", examples=["200000"])
]
ChangeId = Annotated[Id, Path(description="Id of the change.")]


class AuthorityPolicy(Model):
    """When two people have to approve, from a day on."""

    valid_from: ValidFrom
    threshold: Threshold
    authority_types: Types


class AuthorityPolicies(Model):
    """When two people have to approve, over time."""

    versions: list[AuthorityPolicy] = Field(description="Every version, the first first.")
    default_threshold: Threshold
    default_authority_types: Types


class AuthorityPolicyChange(AuthorityPolicy):
    """A change of when two people have to approve, proposed by one person."""

    id: EntityId
    state: ReleaseState = Field(description="Only what is released is in force.", examples=["proposed"])
    revision: int = Field(description="For If-Match.", examples=[1])
    entered_at: datetime = Field(description="When it was proposed.", examples=["2026-01-05T09:00:00+08:00"])
    entered_by_name: str = Field(description="Who proposed it; somebody else releases it.", examples=["范思齐"])
    decided_at: datetime | None = Field(description="When it was released or refused.", examples=[None])
    decided_by_name: str | None = Field(description="Who released or refused it.", examples=[None])
    reason: str | None = Field(description="Why it was refused.", examples=[None])


class AuthorityPolicyRefusal(Model):
    """Why a change is refused."""

    reason: Prose = Field(description="For whoever proposed it.", examples=["起点金额过高"])


@policies.get("", summary="List when two people have to approve")
async def list_authority_policies(session: Read, _caller: Reader) -> AuthorityPolicies:
    """List when two people have to approve, over time; the default holds where there is no version."""
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


@changes.post("", status_code=201, summary="Propose when two people have to approve")
async def propose_authority_policy_change(
    body: AuthorityPolicy, uow: CompanyAuthoritySetterUnitOfWork, response: Response
) -> AuthorityPolicyChange:
    """For HR and executives over the whole organisation; it holds from its day on once another of them releases it."""
    policy = TwoApprovers(body.threshold, frozenset(body.authority_types))
    change = await policy_changes.propose(uow, valid_from=body.valid_from, policy=policy)
    created(response, CHANGES, change.id)
    return _tagged(change, response)


@changes.get("", summary="List changes of when two people have to approve")
async def list_authority_policy_changes(
    session: Read,
    _caller: Reader,
    paging: PageAsked,
    state: Annotated[ReleaseState | None, Query(description="Only changes in this state.")] = None,
) -> Page[AuthorityPolicyChange]:
    """In the order in which they were proposed."""
    found = await policy_changes.list_changes(session, state=state, paging=paging)
    return Page[AuthorityPolicyChange](**found.written(_change))


@changes.get("/{change_id}", summary="Read a change of when two people have to approve")
async def get_authority_policy_change(
    change_id: ChangeId, session: Read, _caller: Reader, response: Response
) -> AuthorityPolicyChange:
    """What was proposed, and what became of it."""
    return _tagged(await policy_changes.read(session, change_id=change_id), response)


@changes.post("/{change_id}/release", summary="Put a change of when two people approve in force")
async def release_authority_policy_change(
    change_id: ChangeId, uow: CompanyAuthoritySetterUnitOfWork, revision: IfMatch, response: Response
) -> AuthorityPolicyChange:
    """By somebody other than who proposed it; persons are compared, not accounts."""
    return _tagged(await policy_changes.release(uow, change_id=change_id, revision=revision), response)


@changes.post("/{change_id}/refuse", summary="Refuse a change of when two people approve")
async def refuse_authority_policy_change(
    change_id: ChangeId,
    body: AuthorityPolicyRefusal,
    uow: CompanyAuthoritySetterUnitOfWork,
    revision: IfMatch,
    response: Response,
) -> AuthorityPolicyChange:
    """Whoever proposed it takes it back in this way."""
    change = await policy_changes.refuse(uow, change_id=change_id, revision=revision, reason=body.reason)
    return _tagged(change, response)


def _tagged(change: PolicyChange, response: Response) -> AuthorityPolicyChange:
    tag(response, change.record.revision)
    return _change(change)


def _change(change: PolicyChange) -> AuthorityPolicyChange:
    record = change.record
    return AuthorityPolicyChange(
        id=change.id,
        valid_from=change.valid_from,
        threshold=change.policy.threshold,
        authority_types=sorted(change.policy.authority_types),
        state=record.state,
        revision=record.revision,
        entered_at=record.entered_at,
        entered_by_name=record.entered_by_name,
        decided_at=record.decided_at,
        decided_by_name=record.decided_by_name,
        reason=record.decision,
    )
