"""Approving a special award: org says who may, the fund is charged, and every nominee's share is claimed (INC-04)."""

from uuid import UUID

from services.incentive.awards.domain.award import (
    AWARD,
    ApprovedAlready,
    AuthorityInsufficient,
    AuthorityUsed,
    Award,
    AwardAction,
    AwardState,
    Ground,
    NomineeDecides,
)
from services.incentive.awards.store import awards as store
from services.incentive.awards.store import funds as fund_store
from services.incentive.awards.store.awards import AwardRecord
from services.incentive.awards.store.tables import AwardRow
from services.incentive.awards.usecases.awards import AwardDetails, AwardUnknown, decided_award, has_part
from services.incentive.awards.usecases.nominations import FIND_APPROVER
from services.incentive.awards.usecases.proposals import adopted
from services.incentive.awards.usecases.questions import Asked, question_about
from services.incentive.awards.usecases.spending import spending_of
from services.incentive.budgets.domain.spending import AWARD as AWARD_SPENDING
from services.incentive.budgets.usecases import commitments
from services.incentive.claims.usecases.claims import Origin, state_claims, withdraw_claims
from services.incentive.clients.approval import ApprovalAnswer, Colleague
from services.incentive.clients.org import OrgClient
from services.incentive.currencies import amount_text
from services.incentive.journal.domain.journal import Source, drawdown
from services.incentive.plans.domain.rules.special_award import SpecialAward
from services.incentive.plans.store import plans as plan_store
from services.kit.database.sessions import ReadSession
from services.kit.errors import Stale, Text, existing
from services.kit.identity import Role
from services.kit.jobs.queue import defer
from services.kit.release import Signature
from services.kit.work.history import Trail, advance, trail_of
from services.kit.work.refusal_notices import refused, tell_refusal
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import SystemWork, UnitOfWork
from services.kit.workflow import Transition

Move = Transition[AwardState, AwardAction]
MOST_ASKED = 20
"""So many people up the line are asked for before the executives are."""


async def approve_award(uow: UnitOfWork, *, award_id: UUID, revision: int, asked: Asked | None) -> AwardDetails:
    """Approve what was seen. The last approval needed pays from the fund, and claims state what each nominee is owed.

    Raises:
        AwardUnknown, TransitionNotPossible, TransitionForbidden, Stale, NomineeDecides, ApprovedAlready,
        AuthorityInsufficient, AuthorityUsed, FundOverdrawn, BudgetExceeded, MonthClosed.
    """
    record, move = await _decided(uow, award_id, AwardAction.APPROVE, revision, asked)
    caller = uow.caller
    if asked is None or caller.employee_id is None or asked.question != question_about(record, caller.employee_id):
        raise Stale
    _require_authority(record, asked.answer)
    _require_other_authority(record, caller.employee_id, asked.answer)
    giver = asked.answer.acting_for
    await store.add_approval(uow, award_id=award_id, person=caller.employee_id, revision=revision, acting_for=giver)
    await close_tasks(uow, store.APPROVE, subject=("award", award_id))
    if not asked.answer.complete:
        await store.set_values(
            uow.session,
            award_id,
            revision=AwardRow.revision + 1,
            approvers_needed=asked.answer.needed,
            next_approver_id=None,
        )
        await uow.record(
            "incentive.award.partly_approved",
            subject=("award", award_id),
            **_trail(record, AwardState.NOMINATED, acting_for=giver),
        )
        await defer(uow.session, FIND_APPROVER, award_id=str(award_id), revision=revision + 1)
        return await decided_award(uow.session, award_id)
    values = {"approvers_needed": asked.answer.needed, "next_approver_id": None}
    await advance(uow, AwardRow, award_id, move, values=values)
    await _pay(uow, record)
    await commitments.commit_spending(uow, await spending_of(uow.session, record.row))
    await uow.record(
        "incentive.award.approved",
        subject=("award", award_id),
        **_trail(record, move.target, acting_for=giver),
        data={"code": record.row.code},
    )
    return await decided_award(uow.session, award_id)


async def refuse_award(
    uow: UnitOfWork, *, award_id: UUID, revision: int, reason: str, asked: Asked | None
) -> AwardDetails:
    """Refuse what was seen, by a person who could approve it or is asked to; nominators withdraw in the same way.

    Executives are asked about what exceeds everybody's authority: they cannot approve it, but it must not wait
    for ever.

    Raises:
        AwardUnknown, TransitionNotPossible, TransitionForbidden, Stale, NomineeDecides, AuthorityInsufficient.
    """
    record, move = await _decided(uow, award_id, AwardAction.REFUSE, revision, asked)
    giver, own = None, record.row.nominated_by_person == uow.caller.employee_id
    if not own and not await store.waits_for(uow.session, uow.caller, award_id):
        if asked is None:
            raise Stale
        _require_authority(record, asked.answer)
        giver = asked.answer.acting_for
    await advance(uow, AwardRow, award_id, move, note=reason, values={"decision": reason, "next_approver_id": None})
    await close_tasks(uow, store.APPROVE, subject=("award", award_id))
    nominator, origin = Signature(record.row.nominated_by, record.row.nominated_by_person), _origin(record.row)
    await tell_refusal(
        uow, subject=("award", award_id), proposer=nominator, title=refused(origin.name), link=origin.link
    )
    await commitments.release_spending(uow, AWARD_SPENDING, award_id)
    await uow.record(
        "incentive.award.refused",
        subject=("award", award_id),
        **_trail(record, move.target, acting_for=giver, reason=reason),
    )
    return await decided_award(uow.session, award_id)


async def revoke_award(uow: UnitOfWork, *, award_id: UUID, revision: int, reason: str) -> AwardDetails:
    """Undo an approval: nothing is claimed any more, the fund has its money again, the next run takes back the rest.

    Raises:
        AwardUnknown, TransitionNotPossible, TransitionForbidden, Stale, NomineeDecides, MonthClosed.
    """
    record, move = await _decided(uow, award_id, AwardAction.REVOKE, revision, None)
    row = record.row
    await advance(uow, AwardRow, award_id, move, note=reason, values={"decision": reason})
    fund = await fund_store.locked(uow.session, row.fund_id)
    await fund_store.refund(uow, fund, Source("award", award_id), reason)
    await withdraw_claims(
        uow, source_type="award", source_id=award_id, reason=Text(reason, reason), origin=_origin(row)
    )
    await commitments.release_spending(uow, AWARD_SPENDING, award_id)
    await uow.record(
        "incentive.award.revoked", subject=("award", award_id), **_trail(record, move.target, reason=reason)
    )
    return await decided_award(uow.session, award_id)


async def find_approver(system: SystemWork, *, org: OrgClient, award_id: UUID, revision: int) -> None:
    """Ask org who may approve an award next, before any transaction opens, and let it wait for them.

    Nominees, and those on whose authority it is approved already, are passed over. Where nobody is left up the line it
    waits for the executives.

    Raises:
        NeighbourAway.
    """
    async with system.sessions.read() as session:
        record = await store.one(session, award_id)
    if record is None or not _waits(record, revision):
        return
    barred = {each.employee_id for each in record.members} | {each.employee_id for each in record.approvals}
    barred |= _authorities(record)
    person, needed = record.row.nominated_by_person, 1
    found = None
    for _ in range(MOST_ASKED):
        answer = await org.check_approval(question_about(record, person))
        found, needed = answer.next, answer.needed
        if found is None or found.id not in barred:
            break
        person = found.id
    chosen = None if found is None or found.id in barred else found.id
    async with system.begin() as uow:
        await store.lock(uow.session, award_id)
        now = await store.one(uow.session, award_id)
        if now is None or not _waits(now, revision):
            return
        await store.set_values(uow.session, award_id, next_approver_id=chosen, approvers_needed=needed)
        await _await_approval(uow, now, chosen, barred)


async def _decided(
    uow: UnitOfWork, award_id: UUID, action: AwardAction, revision: int, asked: Asked | None
) -> tuple[AwardRecord, Move]:
    """The award, locked, and its move, if the caller may decide and saw it as it is."""
    await store.lock(uow.session, award_id)
    record = existing(await store.one(uow.session, award_id), AwardUnknown)
    caller = uow.caller
    if not (asked is not None and asked.answer.allowed) and not await has_part(uow.session, record, caller):
        raise AwardUnknown
    move = AWARD.next(AwardState(record.row.state), action, caller.roles)
    if record.row.revision != revision:
        raise Stale
    own = record.row.nominated_by_person == caller.employee_id and action is AwardAction.REFUSE
    if not own and any(each.employee_id == caller.employee_id for each in record.members):
        raise NomineeDecides
    if any(each.employee_id == caller.employee_id for each in record.approvals) and action is AwardAction.APPROVE:
        raise ApprovedAlready
    return record, move


def _require_authority(record: AwardRecord, answer: ApprovalAnswer) -> None:
    if answer.allowed:
        return
    who = Text("", "")
    if answer.next is not None:
        who = Text(f"可由 {answer.next.name} 审批。", f"{answer.next.name} may approve it.")
    amount = amount_text(record.row.amount, record.row.currency)
    raise AuthorityInsufficient(amount=amount, reason=answer.reason, who=who)


def _require_other_authority(record: AwardRecord, person: UUID, answer: ApprovalAnswer) -> None:
    source = person if answer.acting_for is None else answer.acting_for.id
    if source in _authorities(record) and not answer.complete:
        raise AuthorityUsed


def _authorities(record: AwardRecord) -> set[UUID]:
    """On whose authority it has been approved so far."""
    return {each.acting_for_id or each.employee_id for each in record.approvals}


def _trail(
    record: AwardRecord, state: AwardState, *, acting_for: Colleague | None = None, reason: str | None = None
) -> Trail:
    """What a decision says in the audit trail: about what, on whose authority, and why."""
    row = record.row
    giver = None if acting_for is None else vars(acting_for)
    about = {"code": row.code, "amount": row.amount, "acting_for": giver, "reason": reason}
    return trail_of(row.state, state.value, revision=row.revision, **about)


def _waits(record: AwardRecord, revision: int) -> bool:
    return record.row.state == AwardState.NOMINATED and record.row.revision == revision


async def _pay(uow: UnitOfWork, record: AwardRecord) -> None:
    """The fund is charged under its lock, and every nominee's share is owed from today on."""
    row = record.row
    fund = await fund_store.locked(uow.session, row.fund_id)
    entry = drawdown(fund.code, fund.cost_centre, fund.currency, row.amount)
    await fund_store.spend(uow, fund, Source("award", row.id), entry)
    award = await _award(uow.session, record)
    await state_claims(uow, award.claims(uow.today), _origin(row))


async def _award(session: ReadSession, record: AwardRecord) -> Award:
    row = record.row
    ground = None
    if row.plan_version_id is not None and row.rule is not None:
        kept = await plan_store.one(session, row.plan_version_id)
        rule = kept.version.rule.award(row.rule) if kept and isinstance(kept.version.rule, SpecialAward) else None
        ground = None if kept is None or rule is None else Ground(rule, kept.version.source)
    innovation = None if row.proposal_id is None else await adopted(session, row.proposal_id)
    return store.award_of(record, fund_store.fund_of(record.fund), ground, innovation)


async def _await_approval(uow: UnitOfWork, record: AwardRecord, person: UUID | None, barred: set[UUID]) -> None:
    row = record.row
    who = Assignee(employee_id=person) if person else Assignee(role=Role.EXECUTIVE, excluded_ids=barred)
    subject = ("award", row.id)
    await close_tasks(uow, store.APPROVE, subject=subject)
    amount = amount_text(row.amount, row.currency)
    title = Text(
        f"审批专项奖励“{row.title}”（{row.code}，{amount.zh}）",
        f"Approve the special award '{row.title}' ({row.code}, {amount.en})",
    )
    await open_task(
        uow, store.APPROVE, subject=subject, assignee=who, title=title, link=f"/v1/incentive/awards/{row.id}"
    )


def _origin(row: AwardRow) -> Origin:
    name = Text(f"专项奖励“{row.title}”（{row.code}）", f"the special award '{row.title}' ({row.code})")
    return Origin(name, f"/v1/incentive/awards/{row.id}")
