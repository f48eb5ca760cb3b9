"""Who is calling and what they have been given. Decisions stay with the service that owns the data (PLT-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal
from uuid import UUID

from services.kit.errors import Text


class Role(StrEnum):
    """The role of an account. MANAGER is never granted: it follows from the reporting line."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    HR = "hr"
    COMPENSATION = "compensation"
    FINANCE = "finance"
    EXECUTIVE = "executive"
    TALENT = "talent"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


ROLE_NAMES = {
    Role.EMPLOYEE: Text("员工", "employee"),
    Role.MANAGER: Text("直接上级", "manager"),
    Role.HR: Text("人力资源", "HR"),
    Role.COMPENSATION: Text("薪酬管理", "compensation"),
    Role.FINANCE: Text("财务", "finance"),
    Role.EXECUTIVE: Text("高管", "executive"),
    Role.TALENT: Text("人才发展委员会", "talent committee"),
    Role.AUDITOR: Text("审计", "auditor"),
    Role.ADMINISTRATOR: Text("系统管理员", "administrator"),
    Role.SERVICE: Text("接入系统", "service client"),
}

SERVICE_NAMES = {
    "org": Text("组织", "org"),
    "appraisal": Text("考核", "appraisal"),
    "incentive": Text("激励", "incentive"),
}


def service_name(service: str) -> Text:
    """What people call a service of ours; any other by its own name."""
    return SERVICE_NAMES.get(service, Text(service, service))


@dataclass(frozen=True)
class RoleAssignment:
    """A role, over the subtree of one unit or, with ``unit_id`` None, over the whole organisation."""

    role: Role
    unit_id: UUID | None = None


@dataclass(frozen=True)
class Caller:
    """An authenticated person or client system. ``scopes`` are what a client system was granted.

    ``session_id`` is the sign-in from which a person's token comes, None where the issuer names none.
    """

    account_id: UUID
    name: str
    kind: Literal["person", "service"] = "person"
    employee_id: UUID | None = None
    role_assignments: tuple[RoleAssignment, ...] = ()
    scopes: frozenset[str] = frozenset()
    issued_at: datetime | None = None
    session_id: UUID | None = None

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Every role that the caller holds anywhere; a person with an assignment is an employee too."""
        implied = {Role.SERVICE} if self.kind == "service" else {Role.EMPLOYEE} if self.employee_id else set()
        return frozenset(implied | {held.role for held in self.role_assignments})

    @cached_property
    def whole_roles(self) -> frozenset[Role]:
        """The roles that the caller holds over the whole organisation."""
        return frozenset(held.role for held in self.role_assignments if held.unit_id is None)

    def has(self, *roles: Role) -> bool:
        """Whether the caller has one of ``roles``, over any unit."""
        return not self.roles.isdisjoint(roles)

    def has_over(self, unit_path: Sequence[UUID], *roles: Role) -> bool:
        """Whether one of ``roles`` is granted over a unit; ``unit_path`` runs from the root down to that unit."""
        return not self.roles_over(unit_path).isdisjoint(roles)

    def roles_over(self, unit_path: Sequence[UUID]) -> frozenset[Role]:
        """The roles that are granted over a unit; what they allow elsewhere counts for nothing there."""
        return frozenset(
            held.role for held in self.role_assignments if held.unit_id is None or held.unit_id in unit_path
        )

    def units_of(self, *roles: Role) -> tuple[UUID, ...] | None:
        """The units over whose subtrees ``roles`` are granted; None means the whole organisation."""
        scopes = [held.unit_id for held in self.role_assignments if held.role in roles]
        return None if None in scopes else tuple(scope for scope in scopes if scope is not None)


SYSTEM: Final = Caller(UUID(int=0), "Merit", "service")
"""Who acts where a job or the calendar does; named like the product, which reads alike in both languages."""
