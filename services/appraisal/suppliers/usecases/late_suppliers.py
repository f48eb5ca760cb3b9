"""Suppliers that were registered, classified or put under agreement after a cycle had opened (APR-03, APR-04)."""

from uuid import UUID

from services.appraisal.cycles.domain.cycle import EXCLUSION_NAMES
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases.access import OwnMatter, demand_revision, form_for
from services.appraisal.cycles.usecases.goal_tasks import ask_for_proposals
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.feedback.usecases.evaluation import ask_raters
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.store import exclusions as exclusion_store
from services.appraisal.participants.usecases.exclusions import RUNNING, AlreadyExcluded, SubjectNotInCycle
from services.appraisal.participants.usecases.headed_forms import add_supplier_form
from services.appraisal.participants.usecases.late_records import NotAppraisable
from services.appraisal.suppliers.store import suppliers as store
from services.appraisal.suppliers.usecases.suppliers import NoSupplier
from services.kit.database.sessions import period as stored_period
from services.kit.errors import Conflict, Text, existing
from services.kit.identity import Role
from services.kit.work.unit_of_work import UnitOfWork

_DECIDED = frozenset({exclusion_store.TAKEN_OUT})


class SupplierInCycle(Conflict):
    """The supplier has a form in the cycle."""

    code = "supplier_in_cycle"
    zh = "供应商“{name}”在本考核周期已有考核表。"
    en = "The supplier '{name}' has a form in the cycle already."


async def add_supplier(uow: UnitOfWork, *, cycle_id: UUID, revision: int, supplier_id: UUID, reason: str) -> UUID:
    """Appraise a supplier in a cycle that is open already; its raters are asked, at once if evaluation is running.

    Raises:
        NoSupplier, SupplierInCycle, AlreadyExcluded: it was taken out by a decision.
        SubjectNotInCycle: the unit that works with it lies outside the caller's scope or the cycle.
        NotAppraisable: it is eliminated, or lacks an agreement in the period, a class or a scheme.
        OwnMatter: the caller answers for it.
        NotNow, Stale, NoCycle: as they say.
    """
    cycle = await cycle_store.locked(uow.session, cycle_id)
    demand_revision(cycle.revision, revision)
    demand_state(cycle.state, *RUNNING)
    supplier = existing(await store.locked(uow.session, supplier_id), NoSupplier)
    path = await store.unit_path(uow.session, supplier_id) or ()
    if not uow.caller.has_over(path, Role.HR) or (cycle.unit_id is not None and cycle.unit_id not in path):
        raise SubjectNotInCycle
    subject = (cycle_id, SubjectKind.SUPPLIER, supplier_id)
    listed = await exclusion_store.find(uow.session, *subject)
    if listed is not None and listed.reason in _DECIDED:
        raise AlreadyExcluded(name=supplier.name)
    if await exclusion_store.forms_of_subject(uow.session, *subject):
        raise SupplierInCycle(name=supplier.name)
    parties = await store.parties(uow.session, stored_period(cycle.period), supplier_id)
    if not parties:
        raise NotAppraisable(
            reason=Text("已淘汰，或考核期内没有框架协议", "eliminated, or without an agreement in the period")
        )
    made = await add_supplier_form(uow, cycle, parties[0])
    if isinstance(made, str):
        raise NotAppraisable(reason=EXCLUSION_NAMES[made])
    if listed is not None:
        await uow.session.delete(listed)
        await uow.session.flush()
    form = (await form_for(uow.session, uow.caller, made)).form
    if uow.caller.employee_id is not None and uow.caller.employee_id == form.owner_id:
        raise OwnMatter
    await ask_for_proposals(uow, cycle, form_ids=[made])
    await ask_raters(uow, cycle_id=cycle_id, form_ids=[made])
    after = {"subject_id": supplier_id, "name": supplier.name, "reason": reason, "form_ids": [made]}
    data = {"subject_kind": SubjectKind.SUPPLIER, "subject_id": supplier_id}
    await uow.record("appraisal.cycle.subject_added", subject=("cycle", cycle_id), after=after, data=data)
    return made
