"""What affects everyone requires a role over the whole organisation (PLT-03)."""

from services.kit.errors import Forbidden, joined
from services.kit.identity import ROLE_NAMES, Caller, Role


class WholeOrganisationOnly(Forbidden):
    """The role is held over some units only, but the route affects everyone."""

    code = "whole_organisation_only"
    zh = "此操作影响全体员工，须由管理范围为全公司的{roles}办理。"
    en = "This affects everyone, so it is only for {roles} over the whole organisation."


def require_whole(caller: Caller, *roles: Role) -> None:
    """Refuse a caller who holds ``roles`` over some units only.

    Raises:
        WholeOrganisationOnly.
    """
    if not caller.has_over((), *roles):
        raise WholeOrganisationOnly(roles=joined(ROLE_NAMES[role] for role in Role if role in roles))
