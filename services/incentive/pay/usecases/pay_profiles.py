"""Reading pay profiles (INC-01); ``pay_changes`` creates them."""

from datetime import date
from uuid import UUID

from services.incentive.pay.domain.pay_profile import PayRecord
from services.incentive.pay.store import pay_profiles as store
from services.incentive.pay.store.pay_profiles import ProfileFilter
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import Forbidden, NotFound, existing
from services.kit.identity import Caller, Role

SEES_PAY = (Role.COMPENSATION, Role.FINANCE)
"""Who reads the pay profiles of others, over the units of the role; executives at large do not (INC-01)."""


class ProfileUnknown(NotFound):
    """No such pay profile, or none that the caller may see."""

    code = "pay_profile_unknown"
    zh = "找不到该薪酬档案，或您无权查看。"
    en = "There is no such pay profile, or you may not see it."


class OutsideYourUnits(Forbidden):
    """A role over some units reaches only people of whom org has said that they sit there."""

    code = "outside_your_units"
    zh = "工号 {number} 不在您负责的单元范围内，请由负责该单元的同事办理。"
    en = "The employee {number} is outside your units; ask the colleague responsible for them."


async def read_profile(session: ReadSession, *, caller: Caller, profile_id: UUID) -> PayRecord:
    """One profile, for those who see the person's pay and for the person.

    Raises:
        ProfileUnknown.
    """
    found = existing(await store.one(session, profile_id), ProfileUnknown)
    is_own = found.employee_id is not None and found.employee_id == caller.employee_id
    if not (is_own or caller.has_over(found.unit_path, *SEES_PAY)):
        raise ProfileUnknown
    return found.record


async def list_profiles(
    session: ReadSession, *, caller: Caller, employee_number: str | None, as_of: date | None, paging: Paging
) -> Rows[PayRecord]:
    """Profiles in force of the people whose pay the caller sees."""
    wanted = ProfileFilter(employee_number=employee_number, as_of=as_of, within=caller.units_of(*SEES_PAY))
    return await store.listed(session, wanted, paging)


async def list_own(session: ReadSession, *, caller: Caller, paging: Paging) -> Rows[PayRecord]:
    """The caller's own profiles in force."""
    if caller.employee_id is None:
        return Rows([], None)
    return await store.listed(session, ProfileFilter(employee_id=caller.employee_id), paging)
