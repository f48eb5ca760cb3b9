"""Whether what is delegated can be given, asked when it is entered and again when it is released (ORG-09)."""

from datetime import date
from uuid import UUID

from services.kit.database.sessions import WriteSession
from services.kit.errors import Conflict, FieldError, Text
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority import AuthorityBook
from services.org.authority.domain.delegation import Delegation
from services.org.authority.store import authorities as authority_rows
from services.org.structure.domain.references import EMPLOYEE, UNIT, require_in_force
from services.org.structure.store import units as unit_rows


class DelegationBackdated(Conflict):
    """A delegation begins today or later."""

    code = "delegation_backdated"
    zh = "授权从今天或以后开始，不能追溯。"
    en = "A delegation starts today or later; it cannot be backdated."


async def require_possible(uow: UnitOfWork, wanted: Delegation, path: list[UUID]) -> None:
    """Accept a delegation from today on, between people who are there, of no more than the delegator has.

    ``path`` leads to its unit.

    Raises:
        DelegationBackdated, ReferenceNotInForce, DelegationInvalid, DelegationTooWide.
    """
    _require_ahead(wanted.valid.start, uow.today)
    await _require_known(uow.session, wanted)
    limits = await authority_rows.employee_limits(uow.session, [wanted.delegator_id], wanted.valid)
    AuthorityBook(limits).require_delegable(wanted, path)


def _require_ahead(first: date, today: date) -> None:
    if first < today:
        expected = Text(f"不早于 {today}", f"not before {today}")
        raise DelegationBackdated(field_errors=[FieldError("/valid_from", str(first), expected)])


async def _require_known(session: WriteSession, wanted: Delegation) -> None:
    known = await authority_rows.employments(session, [wanted.delegator_id, wanted.delegate_id])
    for pointer, person in (("/delegator_id", wanted.delegator_id), ("/delegate_id", wanted.delegate_id)):
        span = [employed for employed in known.get(person, []) if employed.contains(wanted.valid.start)]
        require_in_force(pointer, person, wanted.valid, span, EMPLOYEE)
    units = (await unit_rows.timelines(session, [wanted.unit_id])).get(wanted.unit_id, [])
    require_in_force("/unit_id", wanted.unit_id, wanted.valid, [version.valid for version in units], UNIT)
