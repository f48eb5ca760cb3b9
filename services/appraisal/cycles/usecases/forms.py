"""Finding forms (APR-04, PLT-03)."""

from uuid import UUID

from services.appraisal.cycles.domain.form import FormFilter, FormScope, FormSummary
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.identity import Caller


async def list_forms(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, wanted: FormFilter, paging: Paging
) -> Rows[FormSummary]:
    """The forms of a cycle that the caller may see: their own, their people's, those in the scope of their role.

    Raises:
        NoCycle: there is none of that id.
    """
    await cycle_store.find(session, cycle_id)
    return await store.listed(session, paging, wanted=wanted, scope=FormScope.of(caller))


async def list_own(session: ReadSession, *, caller: Caller, paging: Paging) -> Rows[FormSummary]:
    """The forms of the caller and of the units that they head."""
    if caller.employee_id is None:
        return Rows([], None)
    scope = FormScope((), caller.employee_id)
    return await store.listed(session, paging, wanted=FormFilter(owner_id=caller.employee_id), scope=scope)
