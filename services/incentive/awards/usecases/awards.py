"""Reading awards: complete for those who decide and pay, one's own share for nominees (INC-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.incentive.awards.domain.award import AwardState
from services.incentive.awards.store import awards as store
from services.incentive.awards.store import proposals as proposal_store
from services.incentive.awards.store.awards import AwardFilter, AwardRecord
from services.incentive.awards.store.tables import AwardMemberRow
from services.incentive.pay.store import pay_profiles as people_store
from services.incentive.pay.store.units import units
from services.incentive.plans.usecases.plan_names import PlanName, plan_names
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Text, existing
from services.kit.identity import Caller, Role

SEES_AWARDS: Final = (Role.COMPENSATION, Role.FINANCE)


class AwardUnknown(NotFound):
    """No such award, or none that the caller may see."""

    code = "award_unknown"
    zh = "找不到该专项奖励，或您无权查看。"
    en = "There is no such special award, or you may not see it."


@dataclass(frozen=True)
class AwardDetails:
    """An award as the caller may see it: ``members`` are all of them, or only the caller."""

    record: AwardRecord
    members: Sequence[AwardMemberRow]
    unit: Text | None
    next_approver_name: str | None
    plan: PlanName | None
    proposal_title: str | None


async def read_award(session: ReadSession, *, caller: Caller, award_id: UUID, may_approve: bool) -> AwardDetails:
    """One award. ``may_approve``: whether org lets the caller approve it, as it says of delegates without a task.

    Raises:
        AwardUnknown: also for whoever has no part in it.
    """
    record = existing(await store.one(session, award_id), AwardUnknown)
    if not may_approve and not await has_part(session, record, caller):
        raise AwardUnknown
    return (await _named(session, None if may_approve else caller, [record]))[0]


async def decided_award(session: ReadSession, award_id: UUID) -> AwardDetails:
    """The same, complete, for the person who has just nominated or decided.

    Raises:
        AwardUnknown.
    """
    record = existing(await store.one(session, award_id), AwardUnknown)
    return (await _named(session, None, [record]))[0]


async def list_awards(
    session: ReadSession, *, caller: Caller, state: AwardState | None, fund_id: UUID | None, paging: Paging
) -> Rows[AwardDetails]:
    """Compensation and finance over the whole organisation see all awards; others see those in
    which they take part.
    """
    seen_by = None if caller.has_over((), *SEES_AWARDS) else caller
    rows = await store.listed(session, AwardFilter(state, fund_id, seen_by), paging)
    return Rows(await _named(session, caller, rows.items), rows.next)


async def has_part(session: ReadSession, record: AwardRecord, caller: Caller) -> bool:
    """Whether the caller nominated, is nominated, is asked to approve, decided or sees all awards."""
    if any(each.employee_id == caller.employee_id for each in record.members):
        return True
    return _sees_all(record, caller) or bool(await store.to_decide(session, caller, [record.row.id]))


def _sees_all(record: AwardRecord, caller: Caller) -> bool:
    """Whether the caller sees every nominee's share, also where they neither are to decide nor decided."""
    parties = {record.row.nominated_by_person, *(each.employee_id for each in record.approvals)}
    return caller.has_over((), *SEES_AWARDS) or caller.employee_id in parties


async def _named(session: ReadSession, caller: Caller | None, records: Sequence[AwardRecord]) -> list[AwardDetails]:
    places = await units(session, [each.row.unit_id for each in records])
    unit_names = {unit_id: Text(place.name, place.name_en) for unit_id, place in places.items()}
    asked = [each.row.next_approver_id for each in records if each.row.next_approver_id is not None]
    people = await people_store.people_by_id(session, asked)
    plans = await plan_names(session, [each.row.plan_version_id for each in records])
    titles = await proposal_store.titles(session, [each.row.proposal_id for each in records])
    to_decide = await store.to_decide(session, caller, [each.row.id for each in records]) if caller else ()
    return [
        AwardDetails(
            record,
            record.members
            if caller is None or _sees_all(record, caller) or record.row.id in to_decide
            else [each for each in record.members if each.employee_id == caller.employee_id],
            unit_names.get(record.row.unit_id),
            next((each.name for each in people.values() if each.employee_id == record.row.next_approver_id), None),
            plans.get(record.row.plan_version_id),
            titles.get(record.row.proposal_id),
        )
        for record in records
    ]
