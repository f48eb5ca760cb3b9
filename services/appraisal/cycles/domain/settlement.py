"""Who settles goals that are not agreed, and when (APR-05).

After the deadline of the goal phase, the superior settles. HR settles if the subject has no superior, or if the owner
or the superior has left; since a leaver can no longer agree, HR need not wait for the deadline then.
"""

from datetime import date
from uuid import UUID

from services.appraisal.cycles.domain.form_role import FORM_ROLE_NAMES, FormRole, Ownership
from services.kit.errors import Conflict, FieldError, Forbidden, Text
from services.kit.identity import Role


class DeadlineNotPast(Conflict):
    """Both sides can still agree on the goals."""

    code = "deadline_not_past"
    zh = "目标设定截止日（{due_on}）尚未过，双方仍可协商；截止后方可裁定。"
    en = "Both sides can still agree until the deadline for goals ({due_on}); goals are settled only after it."


class NotForYouToSettle(Forbidden):
    """These goals have to be settled by someone else."""

    code = "not_for_you_to_settle"
    zh = "该表的目标由{who}裁定。"
    en = "The goals of this form can only be settled by {who}."


_NO_DEADLINE = Text("未设定", "none is set")


def settler(
    roles: frozenset[FormRole], form: Ownership, *, gone: frozenset[UUID], due_on: date | None, today: date
) -> Role:
    """In which role a caller settles the goals of a form; ``gone``: who of its owner and superior has left.

    Raises:
        NotForYouToSettle: they are neither the superior nor, where it is HR's turn, HR.
        DeadlineNotPast: both sides are there and can still agree.
    """
    deserted = form.owner_id in gone or form.manager_id in gone
    for_hr = deserted or form.manager_id is None or form.owner_id is None
    if FormRole.HR in roles and for_hr:
        role = Role.HR
    elif FormRole.MANAGER in roles:
        role = Role.MANAGER
    else:
        raise NotForYouToSettle(who=FORM_ROLE_NAMES[FormRole.HR if for_hr else FormRole.MANAGER])
    waiting = due_on is None or today <= due_on
    if waiting and not deserted:
        shown = _NO_DEADLINE if due_on is None else Text(str(due_on), str(due_on))
        raise DeadlineNotPast(due_on=shown, field_errors=[FieldError("/goals_due_on", str(due_on), _expected(today))])
    return role


def _expected(today: date) -> Text:
    return Text(f"早于 {today}", f"before {today}")
