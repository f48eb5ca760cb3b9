"""What is asked of org about an award: whether somebody may approve it, before they do or read it (INC-04)."""

from dataclasses import dataclass
from uuid import UUID

from services.incentive.awards.domain.award import AwardState
from services.incentive.awards.store import awards as store
from services.incentive.awards.store.awards import AwardRecord
from services.incentive.awards.usecases.awards import has_part
from services.incentive.clients.approval import ApprovalAnswer, ApprovalQuestion
from services.kit.database.sessions import ReadSession
from services.kit.identity import Caller


@dataclass(frozen=True)
class Asked:
    """What org was asked about a caller and an award, and what it answered."""

    question: ApprovalQuestion
    answer: ApprovalAnswer


async def approval_question(session: ReadSession, *, caller: Caller, award_id: UUID) -> ApprovalQuestion | None:
    """What has to be asked of org before the caller decides; None where it would make no difference."""
    record = await store.one(session, award_id)
    if record is None or caller.employee_id is None or record.row.state != AwardState.NOMINATED:
        return None
    return question_about(record, caller.employee_id)


async def reading_question(session: ReadSession, *, caller: Caller, award_id: UUID) -> ApprovalQuestion | None:
    """What has to be asked of org before somebody reads an award in which they have no part, as they may approve it.

    None where it would make no difference.
    """
    record = await store.one(session, award_id)
    if record is None or await has_part(session, record, caller):
        return None
    return await approval_question(session, caller=caller, award_id=award_id)


def question_about(record: AwardRecord, person: UUID) -> ApprovalQuestion:
    """May the person approve the award, with those who have approved it already? Nominees never may."""
    row = record.row
    approved = (*(each.employee_id for each in record.approvals), person)
    nominees = tuple(each.employee_id for each in record.members)
    return ApprovalQuestion(person, row.amount, row.unit_id, row.nominated_by_person, approved, nominees)
