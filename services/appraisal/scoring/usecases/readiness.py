"""Whether a cycle can be scored, and what it lacks: asked at any time, and before scoring starts (APR-04, APR-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store import snapshots as snapshot_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.feedback.store import raters as rater_store
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.scoring.domain.readiness import FormPeople, Gap, gaps_of
from services.appraisal.scoring.store import scoring as store
from services.appraisal.scoring.usecases.inputs import collect
from services.kit.database import ReadSession

EXAMINED: Final = 2000
"""Subjects that are looked at before somebody gets their answer; the job that scores looks at all of them."""


@dataclass(frozen=True)
class Readiness:
    """What a cycle lacks. ``is_complete``: whether every subject was looked at, or only the first ``EXAMINED``."""

    state: CycleState
    gaps: list[Gap]
    is_complete: bool


async def find_gaps(session: ReadSession, cycle: CycleRow, units: tuple[UUID, ...] | None) -> Readiness:
    """What the forms in the subtrees of ``units`` (None: all) lack, the first subjects first."""
    schemes = await scheme_store.find_all(session, await form_store.scheme_ids(session, cycle.id))
    gaps: list[Gap] = []
    after, examined = None, 0
    while subjects := await store.subjects_after(session, cycle.id, after, units=units):
        if examined >= EXAMINED:
            break
        after, examined = subjects[-1], examined + len(subjects)
        batch = await collect(session, cycle.id, subjects, schemes)
        forms = [form for each in (await store.forms_of(session, cycle.id, subjects)).values() for form in each]
        people = await _people(session, cycle.id, forms)
        for _, scored in batch.values():
            for scheme, inputs in scored:
                known = people[UUID(inputs.form_id)]
                gaps.extend(gaps_of(scheme, inputs, known, answers_known=cycle.ratings_closed))
    return Readiness(CycleState(cycle.state), gaps, not subjects)


async def _people(session: ReadSession, cycle_id: UUID, forms: Sequence[FormRow]) -> dict[UUID, FormPeople]:
    ids = {person for form in forms for person in (form.owner_id, form.manager_id) if person}
    names = await snapshot_store.names(session, cycle_id, sorted(ids))
    raters = await rater_store.open_superiors(session, [form.id for form in forms])
    return {
        form.id: FormPeople(
            form_id=form.id,
            subject_code=form.subject_code,
            subject_name=form.subject_name,
            owner=names.get(form.owner_id) if form.owner_id else None,
            manager=names.get(form.manager_id) if form.manager_id else None,
            raters=raters.get(form.id, ()),
        )
        for form in forms
    }
