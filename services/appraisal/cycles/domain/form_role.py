"""In what capacity somebody looks at a form; decides what he may see and do (PLT-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.kit.errors import Text
from services.kit.identity import Caller, Role


class Standing(StrEnum):
    """A caller's capacity towards one form."""

    OWNER = "owner"
    MANAGER = "manager"
    ABOVE = "above"
    HR = "hr"
    AUDITOR = "auditor"


STANDING_NAMES = {
    Standing.OWNER: Text("本人", "the person concerned"),
    Standing.MANAGER: Text("直接上级", "the manager"),
    Standing.ABOVE: Text("上级", "a superior further up"),
    Standing.HR: Text("人力资源", "HR"),
    Standing.AUDITOR: Text("审计", "the auditor"),
}


@dataclass(frozen=True)
class Ownership:
    """Whose form it is. ``owner_id``: the employee, or the head for a unit's form."""

    owner_id: UUID | None
    manager_id: UUID | None
    manager_chain: Sequence[UUID]
    unit_path: Sequence[UUID]


def standings(caller: Caller, form: Ownership) -> frozenset[Standing]:
    """Every capacity that the caller has; empty means that the form does not exist for him."""
    found = set()
    if caller.employee_id is not None:
        if caller.employee_id == form.owner_id:
            found.add(Standing.OWNER)
        if caller.employee_id == form.manager_id:
            found.add(Standing.MANAGER)
        if caller.employee_id in form.manager_chain and caller.employee_id != form.owner_id:
            found.add(Standing.ABOVE)
    if caller.has_over(form.unit_path, Role.HR):
        found.add(Standing.HR)
    if caller.has_over(form.unit_path, Role.AUDITOR):
        found.add(Standing.AUDITOR)
    return frozenset(found)
