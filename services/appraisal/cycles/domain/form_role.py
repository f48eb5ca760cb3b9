"""The capacity in which a person looks at a form; it decides what they may see and do (PLT-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.kit.errors import Text
from services.kit.identity import Caller, Role


class FormRole(StrEnum):
    """A caller's role towards one form."""

    OWNER = "owner"
    MANAGER = "manager"
    ABOVE = "above"
    HR = "hr"
    AUDITOR = "auditor"


FORM_ROLE_NAMES = {
    FormRole.OWNER: Text("本人", "the person concerned"),
    FormRole.MANAGER: Text("直接上级", "the manager"),
    FormRole.ABOVE: Text("上级", "a superior further up"),
    FormRole.HR: Text("人力资源", "HR"),
    FormRole.AUDITOR: Text("审计", "the auditor"),
}


@dataclass(frozen=True)
class Ownership:
    """Whose form it is. ``owner_id``: the employee, or the head for a unit's form."""

    owner_id: UUID | None
    manager_id: UUID | None
    manager_chain: Sequence[UUID]
    unit_path: Sequence[UUID]


def form_roles(caller: Caller, form: Ownership) -> frozenset[FormRole]:
    """Every capacity that the caller has; empty means that the form does not exist for them."""
    found = set()
    if caller.employee_id is not None:
        if caller.employee_id == form.owner_id:
            found.add(FormRole.OWNER)
        if caller.employee_id == form.manager_id:
            found.add(FormRole.MANAGER)
        if caller.employee_id in form.manager_chain and caller.employee_id != form.owner_id:
            found.add(FormRole.ABOVE)
    if caller.has_over(form.unit_path, Role.HR):
        found.add(FormRole.HR)
    if caller.has_over(form.unit_path, Role.AUDITOR):
        found.add(FormRole.AUDITOR)
    return frozenset(found)
