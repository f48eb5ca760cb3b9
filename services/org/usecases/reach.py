"""How far a caller's role reaches: over the subtree of the unit that it was granted for (PLT-03)."""

from collections.abc import Sequence
from uuid import UUID

from services.kit.errors import Forbidden
from services.kit.identity import Caller, Role


class OutOfReach(Forbidden):
    """The caller has the role, but not over this unit."""

    code = "out_of_reach"
    zh = "该单元不在您的人事管理范围内。"
    en = "Your role does not reach this unit."


def require_hr(caller: Caller, *paths: Sequence[UUID]) -> None:
    """Let HR pass whose grant covers each of these units; an empty path (no unit) needs a grant over everything.

    Raises:
        OutOfReach: otherwise.
    """
    if not all(caller.has_over(path, Role.HR) for path in paths):
        raise OutOfReach


def require_over(caller: Caller, *roles: Role) -> None:
    """Let pass who holds one of ``roles`` over the whole organisation.

    Raises:
        OutOfReach: otherwise.
    """
    if not caller.has_over([], *roles):
        raise OutOfReach
