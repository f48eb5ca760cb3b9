"""Changes of the policy of two approvers: entered by one person, released by another (ORG-09)."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.release import ReleaseRecord, release_workflow
from services.org.authority.domain.authority_type import TwoApprovers

SETTERS: Final = (Role.HR, Role.EXECUTIVE)
"""Who says what positions may approve, and when two people have to."""

POLICY_CHANGE: Final = release_workflow(
    "authority_policy_change", Text("双人审批规定变更", "change of the dual-approval policy"), SETTERS
)


@dataclass(frozen=True)
class PolicyChange:
    """The policy as it is to be from a day on, and what became of the proposal."""

    id: UUID
    valid_from: date
    policy: TwoApprovers
    record: ReleaseRecord
