"""The goals of many forms as one person sees them (APR-05, PLT-03)."""

from collections.abc import Collection

from services.appraisal.alignment.domain.goal_loading import GoalSheet
from services.appraisal.alignment.store import sheets as store
from services.appraisal.cycles.domain.form import FormScope
from services.appraisal.cycles.domain.form_role import FormRole, form_roles
from services.appraisal.cycles.domain.goal import GoalState, Side
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import ownership
from services.appraisal.library.store import schemes as scheme_store
from services.kit.database.sessions import ReadSession
from services.kit.database.sessions import period as stored_period
from services.kit.identity import Caller


async def visible_sheets(
    session: ReadSession,
    caller: Caller,
    cycle: CycleRow,
    *,
    codes: Collection[str] | None = None,
    position: str | None = None,
) -> list[GoalSheet]:
    """The goals of the forms of a cycle that the caller may see, of some subjects or of one position."""
    scope = FormScope.of(caller)
    found = await store.forms_with_goals(session, cycle.id, scope, codes=codes, position=position)
    schemes = await scheme_store.find_all(session, list({form.scheme_id for form, _, _ in found}))
    return [
        GoalSheet(
            form_id=form.id,
            subject_code=form.subject_code,
            subject_name=form.subject_name,
            subject_name_en=form.subject_name_en,
            days=stored_period(form.days),
            cycle=stored_period(cycle.period),
            scheme=schemes[form.scheme_id],
            state=GoalState(form.state),
            revision=form.revision,
            goal_revision=form.goal_revision,
            side=_side(caller, form),
            last_side=last_side,
            goals=goals,
        )
        for form, last_side, goals in found
    ]


def _side(caller: Caller, form: FormRow) -> Side | None:
    roles = form_roles(caller, ownership(form))
    if FormRole.OWNER in roles:
        return "subject"
    is_superior = FormRole.MANAGER in roles or (form.manager_id is None and FormRole.HR in roles)
    return "superior" if is_superior else None
