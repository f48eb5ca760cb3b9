"""The register of innovation proposals (INC-04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.incentive.awards.domain.award import Innovation
from services.incentive.awards.domain.proposal import PROPOSAL, ProposalAction, ProposalState, improvement, in_percent
from services.incentive.awards.store import proposals as store
from services.incentive.awards.store.tables import InnovationProposalRow
from services.incentive.pay.store import pay_profiles as people_store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Forbidden, NotFound, Stale, Text, existing
from services.kit.identity import Caller, Role
from services.kit.money import FEN
from services.kit.release import Signature, require_second_person
from services.kit.work.assignees import whoever_may
from services.kit.work.history import Decision, actors_of, advance, last_decisions, trail_of
from services.kit.work.refusal_notices import refused, tell_refusal
from services.kit.work.tasks import close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

READERS: Final = (Role.FINANCE, Role.EXECUTIVE, Role.COMPENSATION, Role.HR, Role.TALENT, Role.AUDITOR)


class ProposalUnknown(NotFound):
    """No such proposal, or none that the caller may see."""

    code = "innovation_proposal_unknown"
    zh = "找不到该创新提案，或您无权查看。"
    en = "There is no such innovation proposal, or you may not see it."


class NobodyKnown(Forbidden):
    """The account is of nobody of whom org has spoken."""

    code = "nobody_known"
    zh = "您的账号未关联在册员工，不能办理此事项。"
    en = "Your account is not linked to a known employee, so you cannot do this; ask your administrator."


@dataclass(frozen=True)
class ProposalDetails:
    """A proposal with the reduction that was measured, None before that, and the decision on it."""

    row: InnovationProposalRow
    improvement: str | None
    decision: Decision | None


async def submit_proposal(uow: UnitOfWork, *, title: str, description: str) -> ProposalDetails:
    """An idea of the caller's, which waits to be measured.

    Raises:
        NobodyKnown.
    """
    caller = uow.caller
    if caller.employee_id is None:
        raise NobodyKnown
    known = (await people_store.people_by_id(uow.session, [caller.employee_id])).get(caller.employee_id)
    if known is None:
        raise NobodyKnown
    row = InnovationProposalRow(
        id=new_id(),
        title=title,
        description=description,
        unit_path=list(known.unit_path),
        state=ProposalState.SUBMITTED.value,
        revision=1,
        submitted_at=uow.now,
        submitted_by=caller.account_id,
        submitted_by_person=caller.employee_id,
        submitted_by_name=caller.name,
    )
    await store.add(uow.session, row)
    about = {"title": title, "description": description}
    await uow.record("incentive.innovation_proposal.submitted", subject=("innovation_proposal", row.id), after=about)
    await _await(uow, row, ProposalState.SUBMITTED)
    return (await _details(uow.session, [row]))[0]


async def assess_proposal(
    uow: UnitOfWork, *, proposal_id: UUID, revision: int, before: Decimal, after: Decimal, text: str
) -> ProposalDetails:
    """Note what acquiring a customer cost before and costs now, in yuan.

    Raises:
        ProposalUnknown, Stale, TransitionNotPossible, TransitionForbidden, SecondPersonNeeded, CostBeforeMissing.
    """
    improvement(before, after)
    measured = {"cost_before": before.quantize(FEN), "cost_after": after.quantize(FEN), "assessment": text}
    return await _move(uow, proposal_id, ProposalAction.ASSESS, revision, measured)


async def decide_proposal(
    uow: UnitOfWork, *, proposal_id: UUID, action: ProposalAction, revision: int, reason: str
) -> ProposalDetails:
    """Adopt or refuse; by a person who neither submitted nor measured it.

    Raises:
        ProposalUnknown, Stale, TransitionNotPossible, TransitionForbidden, SecondPersonNeeded.
    """
    return await _move(uow, proposal_id, action, revision, {"decision": reason})


async def read_proposal(session: ReadSession, *, caller: Caller, proposal_id: UUID) -> ProposalDetails:
    """A proposal; adopted ones are for everyone, others for the person who submitted them and those who decide.

    Raises:
        ProposalUnknown.
    """
    row = existing(await store.one(session, proposal_id), ProposalUnknown)
    own = row.submitted_by_person == caller.employee_id
    if not own and row.state != ProposalState.ADOPTED and not caller.has_over(row.unit_path, *READERS):
        raise ProposalUnknown
    return (await _details(session, [row]))[0]


async def list_proposals(
    session: ReadSession, *, caller: Caller, state: ProposalState | None, paging: Paging
) -> Rows[ProposalDetails]:
    """All for those who decide over the whole organisation; otherwise one's own and the adopted ones."""
    of_person = None if caller.has_over((), *READERS) else caller.employee_id or caller.account_id
    rows = await store.listed(session, of_person=of_person, state=state, paging=paging)
    return Rows(await _details(session, rows.items), rows.next)


async def adopted(session: ReadSession, proposal_id: UUID) -> Innovation | None:
    """An adopted proposal as the ground of an award; None: there is none."""
    row = await store.one(session, proposal_id)
    if row is None or row.state != ProposalState.ADOPTED or row.cost_before is None or row.cost_after is None:
        return None
    return Innovation(row.id, row.revision, row.title, improvement(row.cost_before, row.cost_after))


async def _move(
    uow: UnitOfWork, proposal_id: UUID, action: ProposalAction, revision: int, values: Mapping[str, Any]
) -> ProposalDetails:
    row = existing(await store.one(uow.session, proposal_id, lock=True), ProposalUnknown)
    move = PROPOSAL.next(ProposalState(row.state), action, uow.caller.whole_roles)
    if row.revision != revision:
        raise Stale
    signed = [Signature(row.submitted_by, row.submitted_by_person)]
    if action is not ProposalAction.ASSESS:
        signed += await actors_of(uow.session, InnovationProposalRow, proposal_id, ProposalAction.ASSESS)
    require_second_person(signed, uow.caller)
    await advance(uow, InnovationProposalRow, proposal_id, move, values=values)
    await uow.record(
        f"incentive.innovation_proposal.{move.target.value}",
        subject=("innovation_proposal", proposal_id),
        **trail_of(move.source.value, move.target.value, revision=revision, **values),
    )
    after = existing(await store.one(uow.session, proposal_id), ProposalUnknown)
    await _await(uow, after, move.target)
    if action is ProposalAction.REFUSE:
        await _tell_refusal(uow, after)
    return (await _details(uow.session, [after]))[0]


_STEPS: Final = {
    ProposalState.SUBMITTED: ("innovation_proposal.assess", ProposalAction.ASSESS, Text("评估", "Assess")),
    ProposalState.ASSESSED: ("innovation_proposal.decide", ProposalAction.ADOPT, Text("决定是否采纳", "Decide about")),
}
"""By the state that waits: the task, the transition that does it, and what is to be done."""


async def _await(uow: UnitOfWork, row: InnovationProposalRow, state: ProposalState) -> None:
    subject = ("innovation_proposal", row.id)
    await close_tasks(uow, subject=subject)
    step = _STEPS.get(state)
    if step is None:
        return
    kind, action, verb = step
    excluded = {row.submitted_by, row.submitted_by_person}
    if state is ProposalState.ASSESSED:
        excluded |= set(Signature.of(uow.caller).ids)
    title = Text(f"{verb.zh}创新提案“{row.title}”", f"{verb.en} the innovation proposal '{row.title}'")
    able = whoever_may(PROPOSAL, action, excluded_ids=excluded)
    await open_task(uow, kind, subject=subject, assignee=able, title=title, link=_link(row))


async def _tell_refusal(uow: UnitOfWork, row: InnovationProposalRow) -> None:
    author = Signature(row.submitted_by, row.submitted_by_person)
    title = refused(Text(f"创新提案“{row.title}”", f"the innovation proposal '{row.title}'"))
    await tell_refusal(uow, subject=("innovation_proposal", row.id), proposer=author, title=title, link=_link(row))


def _link(row: InnovationProposalRow) -> str:
    return f"/v1/incentive/innovation_proposals/{row.id}"


async def _details(session: ReadSession, rows: Sequence[InnovationProposalRow]) -> list[ProposalDetails]:
    decisions = await last_decisions(
        session, InnovationProposalRow, [row.id for row in rows], ProposalAction.ADOPT, ProposalAction.REFUSE
    )
    return [ProposalDetails(row, _measured(row), decisions.get(row.id)) for row in rows]


def _measured(row: InnovationProposalRow) -> str | None:
    if row.cost_before is None or row.cost_after is None:
        return None
    return in_percent(improvement(row.cost_before, row.cost_after))
