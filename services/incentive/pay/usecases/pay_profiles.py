"""Keeping pay profiles (INC-01). The audit trail names who changed whose terms from when, never an amount."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.incentive.pay.domain.pay_profile import PayProfile, Terms, insertion
from services.incentive.pay.store import pay_profiles as store
from services.incentive.pay.store.pay_profiles import ProfileFilter
from services.incentive.pay.store.tables import PayProfileRow
from services.kit.database import ReadSession, new_id, period
from services.kit.errors import Forbidden, NotFound, Stale
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows
from services.kit.unit_of_work import UnitOfWork

SEES_PAY = (Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE)


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


@dataclass(frozen=True)
class ProfileDetails:
    """A profile with the name of its person, None where org has said nothing of the number so far."""

    profile: PayProfileRow
    employee_name: str | None


async def create_profile(uow: UnitOfWork, *, number: str, terms: Terms, valid_from: date) -> UUID:
    """Put ``terms`` in force from a day on; the same terms on the same day change nothing. Returns the profile's id.

    Raises:
        OutsideYourUnits.
    """
    await check_scope(uow.session, uow.caller, [number])
    await store.lock(uow.session)
    timeline = (await store.timelines(uow.session, [number])).get(number, [])
    change = insertion(timeline, terms, valid_from)
    if change.replaced is not None and change.unchanged:
        return UUID(change.replaced.id)
    version = (await store.newest_versions(uow.session, [number])).get(number, 0) + 1
    profile_id = new_id()
    fresh = PayProfile(str(profile_id), version, terms, change.period)
    await store.apply(uow.session, number, change, fresh, by=uow.caller.account_id, now=uow.now)
    before = change.replaced or change.cut
    await uow.audit(
        "incentive.pay_profile.created",
        subject=("pay_profile", profile_id),
        before=None if before is None else _audited(number, before),
        after=_audited(number, fresh),
    )
    return profile_id


async def correct_profile(uow: UnitOfWork, *, profile_id: UUID, revision: int, changes: Mapping[str, Any]) -> UUID:
    """Replace the terms of a profile from its first day on; ``changes`` are the terms that become different.

    Raises:
        ProfileUnknown, Stale, TermsNotAcceptable.
    """
    await store.lock(uow.session)
    row = await store.one(uow.session, profile_id)
    if row is None:
        raise ProfileUnknown
    if row.version != revision or row.replaced_at is not None:
        raise Stale
    terms = replace(store.terms_of(row), **changes)
    first = period(row.valid).start
    return await create_profile(uow, number=row.employee_number, terms=terms, valid_from=first)


async def read_profile(session: ReadSession, *, caller: Caller, profile_id: UUID) -> ProfileDetails:
    """One profile, for those who see the person's pay and for the person.

    Raises:
        ProfileUnknown.
    """
    row = await store.one(session, profile_id)
    if row is None:
        raise ProfileUnknown
    person = (await store.people(session, [row.employee_number])).get(row.employee_number)
    own = person is not None and person.employee_id == caller.employee_id
    if own or caller.has_over(person.unit_path if person else (), *SEES_PAY):
        return ProfileDetails(row, None if person is None else person.name)
    raise ProfileUnknown


async def list_profiles(
    session: ReadSession, *, caller: Caller, employee_number: str | None, as_of: date | None, paging: Paging
) -> Rows[ProfileDetails]:
    """Profiles in force of the people whose pay the caller sees."""
    wanted = ProfileFilter(employee_number=employee_number, as_of=as_of, within=caller.units_of(*SEES_PAY))
    return await _listed(session, wanted, paging)


async def list_own(session: ReadSession, *, caller: Caller, paging: Paging) -> Rows[ProfileDetails]:
    """The caller's own profiles in force."""
    if caller.employee_id is None:
        return Rows([], None)
    return await _listed(session, ProfileFilter(employee_id=caller.employee_id), paging)


async def _listed(session: ReadSession, wanted: ProfileFilter, paging: Paging) -> Rows[ProfileDetails]:
    rows = await store.listed(session, wanted, paging)
    return Rows([ProfileDetails(*each) for each in rows.items], rows.next)


async def check_scope(session: ReadSession, caller: Caller, numbers: Sequence[str]) -> None:
    """Refuses changes to the pay of people outside the units over which the caller keeps pay.

    Raises:
        OutsideYourUnits: naming the first of them.
    """
    if caller.units_of(Role.COMPENSATION) is None:
        return
    known = await store.people(session, numbers)
    for number in numbers:
        person = known.get(number)
        if person is None or not caller.has_over(person.unit_path, Role.COMPENSATION):
            raise OutsideYourUnits(number=number)


def _audited(number: str, profile: PayProfile) -> dict[str, object]:
    return {
        "employee_number": number,
        "version": profile.version,
        "valid_from": profile.period.start.isoformat(),
        "currency": profile.terms.currency,
        "cost_centre": profile.terms.cost_centre,
    }
