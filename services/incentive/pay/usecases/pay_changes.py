"""Entering changes of pay, and releasing them by a second person (INC-01). The audit trail never holds an amount."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from services.incentive.pay.domain.pay_change import PAY_CHANGE, NewTerms, PayChange, PayChangeLine
from services.incentive.pay.domain.pay_profile import PayProfile, inserted, insertion
from services.incentive.pay.store import pay_changes as store
from services.incentive.pay.store import pay_profiles as profile_store
from services.incentive.pay.store.tables import PayChangeRow, PersonRow
from services.incentive.pay.usecases.pay_profiles import SEES_PAY, OutsideYourUnits, ProfileUnknown
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Stale, Text, existing
from services.kit.identity import Caller, Role
from services.kit.periods import day_in_words
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork

AUDITED: Final = 100


class PayChangeUnknown(NotFound):
    """There is no such change of pay, or none that the caller may see."""

    code = "pay_change_unknown"
    zh = "找不到该薪酬变更，或您无权查看。"
    en = "There is no such pay change, or you may not see it."


class EmployeeUnknown(Invalid):
    """org has said nothing of an employee number."""

    code = "employee_unknown"
    zh = "找不到工号“{number}”对应的员工；如刚办理入职，请 10 分钟后再试。"
    en = "There is no employee with the number '{number}'; a new hire can take 10 minutes to appear."


class PayUnchanged(Conflict):
    """These terms are in force from that day on already."""

    code = "pay_unchanged"
    zh = "该员工自 {day} 起已执行相同的薪酬，无需变更。"
    en = "The employee already has these terms from {day} on; there is nothing to change."


class OwnPay(Forbidden):
    """Nobody enters or releases what they are paid themselves."""

    code = "own_pay"
    zh = "不能录入或确认本人的薪酬，请转交其他薪酬管理同事办理。"
    en = "You cannot enter or release your own pay; ask a colleague in compensation."


async def propose(uow: UnitOfWork, *, new: Sequence[NewTerms]) -> PayChange:
    """Enter new terms; they wait for another person to release them.

    Raises:
        EmployeeUnknown, OutsideYourUnits, OwnPay.
        PayUnchanged: of one person, and already in force.
    """
    people = await check_payees(uow, new)
    if not await differing(uow.session, new):
        raise PayUnchanged(day=new[0].valid_from)
    row = await store.add(uow, new)
    await uow.audit("incentive.pay_change.proposed", subject=("pay_change", row.id), after=_audited(new))
    await _ask_for_release(uow, row, new, people)
    return PayChange(row.id, row.employees, row.record)


async def differing(session: ReadSession, new: Sequence[NewTerms]) -> list[NewTerms]:
    """Those of ``new`` that are not in force from their day on already."""
    timelines = await profile_store.timelines(session, {each.number for each in new})
    begun = {(number, each.period.start): each.terms for number, all_ in timelines.items() for each in all_}
    return [each for each in new if begun.get((each.number, each.valid_from)) != each.terms]


async def correct(uow: UnitOfWork, *, profile_id: UUID, revision: int, changes: Mapping[str, Any]) -> PayChange:
    """Enter what is wrong in a profile; released, it holds from the profile's first day on.

    Raises:
        ProfileUnknown, Stale, TermsNotAcceptable, OutsideYourUnits, OwnPay.
    """
    wrong = existing(await profile_store.one(uow.session, profile_id), ProfileUnknown).record
    if wrong.version != revision or wrong.replaced_at is not None:
        raise Stale
    new = NewTerms(wrong.employee_number, replace(wrong.terms, **changes), wrong.valid_from, profile_id)
    return await propose(uow, new=[new])


async def release(uow: UnitOfWork, *, change_id: UUID, revision: int) -> PayChange:
    """Put in force what another person entered.

    Raises:
        PayChangeUnknown, SecondPersonNeeded, OwnPay, OutsideYourUnits, TransitionNotPossible.
        Stale: it was decided meanwhile, or a profile that it corrects was replaced.
    """
    await profile_store.lock(uow.session)
    row, new = await _to_decide(uow, change_id)
    await check_payees(uow, new)
    state = await decide(uow, PAY_CHANGE, row, ReleaseAction.RELEASE, revision=revision)
    await _put_in_force(uow, new)
    trail = release_trail(state, revision=revision, **_audited(new))
    await uow.audit("incentive.pay_change.released", subject=("pay_change", change_id), **trail)
    return await read(uow.session, caller=uow.caller, change_id=change_id)


async def refuse(uow: UnitOfWork, *, change_id: UUID, revision: int, reason: str) -> PayChange:
    """Refuse what another person entered, or take back what one entered oneself; nothing comes into force.

    Raises:
        PayChangeUnknown, Stale, TransitionNotPossible.
        OwnPay, OutsideYourUnits: somebody else entered it, and the caller could not release it either.
    """
    row, new = await _to_decide(uow, change_id)
    if not Signature(row.entered_by, row.entered_by_person).is_of(uow.caller):
        await check_payees(uow, new)
    state = await decide(uow, PAY_CHANGE, row, ReleaseAction.REFUSE, revision=revision, reason=reason)
    trail = release_trail(state, revision=revision, reason=reason, **_audited(new))
    await uow.audit("incentive.pay_change.refused", subject=("pay_change", change_id), **trail)
    return await read(uow.session, caller=uow.caller, change_id=change_id)


async def read(session: ReadSession, *, caller: Caller, change_id: UUID) -> PayChange:
    """A change, for those who may see the pay of everyone in it.

    Raises:
        PayChangeUnknown.
    """
    found = await store.one(session, change_id)
    if found is None or not await _sees_all(session, caller, await store.terms(session, change_id)):
        raise PayChangeUnknown
    return found


async def list_lines(session: ReadSession, *, caller: Caller, change_id: UUID, paging: Paging) -> Rows[PayChangeLine]:
    """What a change holds, person by person.

    Raises:
        PayChangeUnknown.
    """
    await read(session, caller=caller, change_id=change_id)
    return await store.lines(session, change_id, paging)


async def list_changes(
    session: ReadSession, *, caller: Caller, state: ReleaseState | None, paging: Paging
) -> Rows[PayChange]:
    """Changes in the order in which they were entered, of people whose pay the caller sees."""
    return await store.listed(session, state=state, within=caller.units_of(*SEES_PAY), paging=paging)


async def _sees_all(session: ReadSession, caller: Caller, new: Sequence[NewTerms]) -> bool:
    if caller.units_of(*SEES_PAY) is None:
        return True
    people = await profile_store.people(session, [each.number for each in new])
    paths = [people[each.number].unit_path if each.number in people else () for each in new]
    return all(caller.has_over(path, *SEES_PAY) for path in paths)


async def _to_decide(uow: UnitOfWork, change_id: UUID) -> tuple[PayChangeRow, list[NewTerms]]:
    row = await store.locked(uow.session, change_id)
    new = await store.terms(uow.session, change_id)
    if row is None or not await _sees_all(uow.session, uow.caller, new):
        raise PayChangeUnknown
    return row, new


async def check_payees(
    uow: UnitOfWork, new: Sequence[NewTerms], pointer: str = "/employee_number"
) -> Mapping[str, PersonRow]:
    """The people whose pay this is: all known, all in the caller's units, and none of them the caller.

    Raises:
        EmployeeUnknown, OutsideYourUnits, OwnPay.
    """
    people = await profile_store.people(uow.session, [each.number for each in new])
    for each in new:
        person = people.get(each.number)
        if person is None and uow.caller.units_of(Role.COMPENSATION) is None:
            expected = Text("在册员工的工号", "the number of an employee")
            raise EmployeeUnknown(number=each.number, field_errors=[FieldError(pointer, each.number, expected)])
        if person is None or not uow.caller.has_over(person.unit_path, Role.COMPENSATION):
            raise OutsideYourUnits(number=each.number)
        if person.employee_id == uow.caller.employee_id:
            raise OwnPay
    return people


async def _put_in_force(uow: UnitOfWork, new: Sequence[NewTerms]) -> None:
    numbers = {each.number for each in new}
    timelines = dict(await profile_store.timelines(uow.session, numbers))
    versions = dict(await profile_store.newest_versions(uow.session, numbers))
    for each in sorted(new, key=lambda one: (one.number, one.valid_from)):
        timeline = timelines.get(each.number, [])
        if each.corrects is not None and str(each.corrects) not in {profile.id for profile in timeline}:
            raise Stale
        change = insertion(timeline, each.terms, each.valid_from)
        if change.replaced is not None and change.unchanged:
            continue
        versions[each.number] = versions.get(each.number, 0) + 1
        fresh = PayProfile(str(new_id()), versions[each.number], each.terms, change.period)
        timelines[each.number] = inserted(timeline, change, fresh)
        await profile_store.apply(uow.session, each.number, change, fresh, by=uow.caller.account_id, now=uow.now)


async def _ask_for_release(
    uow: UnitOfWork, row: PayChangeRow, new: Sequence[NewTerms], people: Mapping[str, PersonRow]
) -> None:
    paths = {tuple(person.unit_path) for person in people.values()}
    first, number, since = people[new[0].number].name, new[0].number, day_in_words(new[0].valid_from)
    count = len(new)
    excluded = {*Signature.of(uow.caller).ids, *(person.employee_id for person in people.values())}
    await open_task(
        uow,
        "pay_change.release",
        subject=("pay_change", row.id),
        assignee=whoever_may(
            PAY_CHANGE,
            ReleaseAction.RELEASE,
            unit_path=paths.pop() if len(paths) == 1 else (),
            excluded_ids=excluded,
        ),
        title=Text(
            f"确认{first}（{number}）自 {since.zh}起的薪酬变更",
            f"Release the pay change of {first} ({number}) from {since.en} on",
        )
        if count == 1
        else Text(
            f"确认{first}（{number}）等 {count} 条薪酬变更",
            f"Release {count} pay changes, {first} ({number}) among them",
        ),
        link=f"/v1/incentive/pay_changes/{row.id}",
    )


def _audited(new: Sequence[NewTerms]) -> dict[str, object]:
    """Whose terms, the first of them where there are many; the change itself keeps all."""
    return {"employees": len(new), "employee_numbers": [each.number for each in new[:AUDITED]]}
