"""Accounts and their roles: facts (ORG-12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.release import ReleaseState, release_workflow

ROLE_ASSIGNMENT: Final = release_workflow("role_assignment", Text("角色授予", "role assignment"), [Role.ADMINISTRATOR])
"""Every role is proposed by one administrator and counts once another person has released it."""

INVITATION_LIFETIME: Final = timedelta(days=7)
"""How long an invitation can be used."""

AccountState = Literal["invited", "enabled", "disabled"]
"""``invited``: nobody has set its password yet."""
ACCOUNT_STATE_NAMES: Final[dict[AccountState, Text]] = {
    "invited": Text("已邀请", "invited"),
    "enabled": Text("已启用", "enabled"),
    "disabled": Text("已停用", "disabled"),
}

AccountLanguage = Literal["zh", "en"]
"""The language in which a person wants to read."""


@dataclass(frozen=True)
class AssignedRole:
    """A role of an account, over a unit and everything below it, or over the whole organisation; it counts once
    released.
    """

    id: UUID
    account_id: UUID
    account_login: str
    account_name: str
    employee_number: str | None
    employee_name: str | None
    role: Role
    unit_id: UUID | None
    unit_code: str | None
    state: ReleaseState
    revision: int
    entered_at: datetime
    entered_by_name: str
    decided_at: datetime | None
    decided_by_name: str | None
    decision: str | None

    @property
    def counts(self) -> bool:
        """Whether a second person has released it."""
        return self.state is ReleaseState.RELEASED


@dataclass(frozen=True)
class Account:
    """A user account; ``disabled_at`` is None while it may sign in, once ``has_password``."""

    id: UUID
    login: str
    name: str
    employee_id: UUID | None
    employee_number: str | None
    employee_name: str | None
    role_assignments: tuple[AssignedRole, ...]
    has_password: bool
    language: AccountLanguage | None
    disabled_at: datetime | None
    revision: int

    @property
    def roles(self) -> tuple[AssignedRole, ...]:
        """The roles that count."""
        return tuple(each for each in self.role_assignments if each.counts)

    @property
    def state(self) -> AccountState:
        """Whether they may sign in."""
        if self.disabled_at is not None:
            return "disabled"
        return "enabled" if self.has_password else "invited"
