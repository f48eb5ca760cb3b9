"""Whether a cycle can be scored, and what it lacks: asked at any time, and before scoring starts (APR-04, APR-11)."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.absences import absences_until_rated
from services.appraisal.feedback.store import raters as rater_store
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.participants.store import snapshots as snapshot_store
from services.appraisal.scoring.domain.readiness import FormPeople, Gap, OpenRater, Unreleased, gaps_of
from services.appraisal.scoring.store import readiness as readiness_store
from services.appraisal.scoring.store import scoring as store
from services.appraisal.scoring.store.scoring import Subject
from services.appraisal.scoring.usecases.inputs import Schemes, collect
from services.appraisal.tracking.store import proposals as proposal_store
from services.kit.database.sessions import ReadSession
from services.kit.identity import Caller, Role

UNSCORED: Final = (CycleState.GOAL_SETTING, CycleState.EVALUATING)
DETAILED: Final = 2000
"""Subjects whose gaps the check reports; all are checked, those without gaps do not count, and a stream has all."""


@dataclass(frozen=True)
class Readiness:
    """What a cycle lacks. ``is_complete``: whether the gaps are all, or those of the first ``DETAILED`` subjects."""

    state: CycleState
    gaps: list[Gap]
    is_complete: bool


async def find_gaps(session: ReadSession, cycle: CycleRow, units: tuple[UUID, ...] | None, today: date) -> Readiness:
    """What the forms in the subtrees of ``units`` (None: all) lack, by subject."""
    schemes = await scheme_store.find_all(session, await form_store.scheme_ids(session, cycle.id))
    lacking = await readiness_store.may_lack(
        session, cycle.id, schemes, units=units, answers_known=cycle.ratings_closed, most=DETAILED + 1
    )
    gaps: list[Gap] = []
    async for piece in _pieces(session, cycle, schemes, lacking[:DETAILED], today):
        gaps.extend(piece)
    return Readiness(CycleState(cycle.state), gaps, len(lacking) <= DETAILED)


async def stream_gaps(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, today: date
) -> AsyncIterator[Sequence[Gap]]:
    """Everything that the forms in the units of HR and auditors lack until scoring begins, piece by piece.

    Raises:
        NoCycle: there is none of that id.
    """
    cycle = await cycle_store.find(session, cycle_id)
    if CycleState(cycle.state) not in UNSCORED:
        return
    schemes = await scheme_store.find_all(session, await form_store.scheme_ids(session, cycle.id))
    units = caller.units_of(Role.HR, Role.AUDITOR)
    lacking = await readiness_store.may_lack(
        session, cycle.id, schemes, units=units, answers_known=cycle.ratings_closed
    )
    async for piece in _pieces(session, cycle, schemes, lacking, today):
        yield piece
        session.expunge_all()  # memory stays flat in the number of forms


async def _pieces(
    session: ReadSession, cycle: CycleRow, schemes: Schemes, lacking: Sequence[Subject], today: date
) -> AsyncIterator[list[Gap]]:
    for start in range(0, len(lacking), store.BATCH):
        subjects = lacking[start : start + store.BATCH]
        batch = await collect(session, cycle.id, subjects, schemes)
        forms = [form for each in (await store.forms_of(session, cycle.id, subjects)).values() for form in each]
        people = await _people(session, cycle, forms, today)
        yield [
            gap
            for _, scored in batch.values()
            for scheme, inputs in scored
            for gap in gaps_of(
                scheme, inputs, people[UUID(inputs.form_id)], cycle.value.deadlines, answers_known=cycle.ratings_closed
            )
        ]


async def count_gaps(session: ReadSession, *, caller: Caller, cycle_id: UUID, today: date) -> dict[str, int]:
    """How many inputs of which kind the forms in the caller's units still need, until scoring begins.

    Raises:
        NoCycle: there is none of that id.
    """
    cycle = await cycle_store.find(session, cycle_id)
    if CycleState(cycle.state) not in UNSCORED:
        return {}
    found = await find_gaps(session, cycle, caller.units_of(Role.HR, Role.AUDITOR), today)
    return Counter(gap.kind for gap in found.gaps)


async def _people(
    session: ReadSession, cycle: CycleRow, forms: Sequence[FormRow], today: date
) -> dict[UUID, FormPeople]:
    ids = {person for form in forms for person in (form.owner_id, form.manager_id) if person}
    names = await snapshot_store.names(session, cycle.id, sorted(ids))
    raters = await rater_store.open_superiors(session, [form.id for form in forms])
    asked = {person for each in raters.values() for person, _ in each}
    absences = await absences_until_rated(session, cycle, asked, today)
    unreleased = await _unreleased(session, forms)
    return {
        form.id: FormPeople(
            form_id=form.id,
            subject_code=form.subject_code,
            subject_name=form.subject,
            owner=names.get(form.owner_id) if form.owner_id else None,
            manager=names.get(form.manager_id) if form.manager_id else None,
            raters=[OpenRater(name, absences.get(person)) for person, name in raters.get(form.id, ())],
            unreleased=unreleased.get((form.subject_kind, form.subject_code), ()),
        )
        for form in forms
    }


async def _unreleased(session: ReadSession, forms: Sequence[FormRow]) -> dict[tuple[str, str], list[Unreleased]]:
    subjects = {(form.subject_kind, form.subject_code) for form in forms}
    found: dict[tuple[str, str], list[Unreleased]] = {}
    for each in await proposal_store.unreleased(session, subjects):
        name = each.record.entered_by_name
        waiting = [Unreleased(line.indicator, line.measured_on, name) for line in each.lines]
        found.setdefault((each.subject_kind.value, each.subject_code), []).extend(waiting)
    return found
