"""Roles over the whole organisation: runs, plans and the journal concern everybody."""

from services.kit.errors import Forbidden, joined
from services.kit.identity import ROLE_NAMES, Caller, Role


class WholeOrganisationOnly(Forbidden):
    """The role is held over some units only."""

    code = "whole_organisation_only"
    zh = "此操作影响全体员工，须由管理范围为全公司的{roles}办理。"
    en = "This concerns everybody and is for {roles} over the whole organisation."


def whole_roles(caller: Caller) -> frozenset[Role]:
    """The roles that the caller holds over the whole organisation."""
    return frozenset(held.role for held in caller.role_assignments if held.unit_id is None)


def require_whole(caller: Caller, *roles: Role) -> None:
    """Refuse a caller who holds ``roles`` over some units only.

    Raises:
        WholeOrganisationOnly.
    """
    if whole_roles(caller).isdisjoint(roles):
        raise WholeOrganisationOnly(roles=joined(ROLE_NAMES[role] for role in Role if role in roles))
