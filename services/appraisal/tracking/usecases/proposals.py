"""Deciding on actuals that affect the person who entered them: another person in HR does (APR-06)."""

from uuid import UUID

from services.appraisal.cycles.usecases.access import OwnMatter
from services.appraisal.tracking.domain.measurement import sort_out
from services.appraisal.tracking.domain.proposal import PROPOSAL, MeasurementProposal
from services.appraisal.tracking.store import measurements as measurement_store
from services.appraisal.tracking.store import proposals as store
from services.appraisal.tracking.store.tables import MeasurementProposalRow
from services.appraisal.tracking.usecases.alerts import ask_for_check
from services.appraisal.tracking.usecases.measurements import MOST_FAULTS, MeasurementsWrong
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound
from services.kit.identity import Caller, Role
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.work.releasing import decide, release_trail
from services.kit.work.unit_of_work import UnitOfWork


class ProposalUnknown(NotFound):
    """There is no such proposal, or none that the caller may know of."""

    code = "measurement_proposal_unknown"
    zh = "找不到该待确认的实绩，或您无权查看。"
    en = "There are no such measurements waiting for release, or you may not see them."


async def release(uow: UnitOfWork, *, proposal_id: UUID, revision: int) -> MeasurementProposal:
    """Let count what another person entered about themselves.

    Raises:
        ProposalUnknown, SecondPersonNeeded, OwnMatter, Stale, TransitionNotPossible.
        MeasurementsWrong: it does not fit any more to what was measured meanwhile.
    """
    row = await _to_decide(uow, proposal_id)
    state = await decide(uow, PROPOSAL, row, ReleaseAction.RELEASE, revision=revision)
    proposal = store.proposal_of(row)
    subject = (row.subject_kind, row.subject_code)
    person = uow.caller.employee_id
    if person is not None and await store.owned(uow.session, {subject}, person):
        raise OwnMatter
    lines = proposal.lines
    keys = [each.key for each in lines] + [(each.source, each.corrects) for each in lines if each.corrects]
    stored, ids = await measurement_store.known(uow.session, keys)
    sorting = sort_out(lines, stored, await measurement_store.indicator_codes(uow.session))
    if sorting.field_errors:
        raise MeasurementsWrong(count=len(sorting.field_errors), field_errors=sorting.field_errors[:MOST_FAULTS])
    added = await measurement_store.add(uow.session, sorting.fresh, ids, by=uow.caller, at=uow.now)
    await ask_for_check(uow, added, (each.indicator for each in sorting.fresh))
    trail = release_trail(state, revision=revision, subject_code=row.subject_code, accepted=len(added))
    await uow.audit("appraisal.measurement.released", subject=(PROPOSAL.name, proposal_id), **trail)
    return await read(uow.session, caller=uow.caller, proposal_id=proposal_id)


async def refuse(uow: UnitOfWork, *, proposal_id: UUID, revision: int, reason: str) -> MeasurementProposal:
    """Refuse another person's proposal about themselves, or withdraw one's own; refused values never count.

    Raises:
        ProposalUnknown, Stale, TransitionNotPossible.
    """
    row = await _to_decide(uow, proposal_id)
    state = await decide(uow, PROPOSAL, row, ReleaseAction.REFUSE, revision=revision, reason=reason)
    trail = release_trail(state, revision=revision, reason=reason)
    await uow.audit("appraisal.measurement.refused", subject=(PROPOSAL.name, proposal_id), **trail)
    return await read(uow.session, caller=uow.caller, proposal_id=proposal_id)


async def read(session: ReadSession, *, caller: Caller, proposal_id: UUID) -> MeasurementProposal:
    """A proposal, for HR and auditors of the subject's unit.

    Raises:
        ProposalUnknown.
    """
    found = await store.one(session, proposal_id)
    if found is None or not caller.has_over(found.unit_path, Role.HR, Role.AUDITOR):
        raise ProposalUnknown
    return found


async def list_proposals(
    session: ReadSession, *, caller: Caller, state: ReleaseState | None, paging: Paging
) -> Rows[MeasurementProposal]:
    """Proposals in the scope of the caller's HR or auditor role, in the order in which they were entered."""
    units = caller.units_of(Role.HR, Role.AUDITOR)
    return await store.listed(session, state=state, units=units, paging=paging)


async def _to_decide(uow: UnitOfWork, proposal_id: UUID) -> MeasurementProposalRow:
    row = await store.locked(uow.session, proposal_id)
    if row is None or not uow.caller.has_over(row.unit_path, Role.HR):
        raise ProposalUnknown
    return row
