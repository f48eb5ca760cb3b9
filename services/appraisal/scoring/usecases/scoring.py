"""Scoring a whole cycle: everything or nothing, batch by batch in one transaction (APR-11)."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete

from services.appraisal.cycles.domain.cycle import CYCLE, CycleAction, CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import demand_cycle, demand_revision, locked_cycle
from services.appraisal.feedback.store import rating_tasks
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.scoring.domain.form_score import find_missing_inputs
from services.appraisal.scoring.domain.readiness import require_nothing_missing
from services.appraisal.scoring.domain.result import RULES, Cause, Result, score_subject
from services.appraisal.scoring.store import scoring as store
from services.appraisal.scoring.store.inputs import inputs_text
from services.appraisal.scoring.store.scoring import MissingInput, Subject
from services.appraisal.scoring.store.tables import MissingInputRow, ResultRow
from services.appraisal.scoring.usecases.inputs import Schemes, Scored, collect
from services.appraisal.scoring.usecases.readiness import find_gaps
from services.kit.database.bulk import copy_rows
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.explanation import canonical
from services.kit.identity import Caller, Role
from services.kit.jobs.queue import defer
from services.kit.work.history import advance, trail_of
from services.kit.work.unit_of_work import UnitOfWork

SCORE_CYCLE: Final = "score_cycle"
RESULT_COLUMNS = (
    "id", "version", "cycle_id", "form_id", "subject_kind", "subject_id", "total", "attainment", "computed_grade",
    "grade", "cause", "reason", "decided_by", "decided_by_name", "created_at", "inputs", "explanation", "hash",
    "rules",
)  # fmt: skip
MISSING_INPUT_COLUMNS = ("id", "cycle_id", "form_id", "item", "what")


async def start_scoring(uow: UnitOfWork, *, cycle_id: UUID, revision: int) -> CycleRow:
    """Have a job score the whole cycle. From here on no anonymous answer is taken (APR-10).

    Raises:
        NoCycle, CycleNotYours, Stale, TransitionNotPossible: as they say.
        InputsMissing: the errors name what is missing and whose it is; nothing was changed.
    """
    seen = await cycle_store.find(uow.session, cycle_id)
    demand_cycle(uow.caller, seen)
    demand_revision(seen.revision, revision)
    CYCLE.next(CycleState(seen.state), CycleAction.SCORE, uow.caller.roles)
    found = await find_gaps(uow.session, seen, None, uow.today)  # before the lock: raters go on meanwhile
    require_nothing_missing(found.gaps)
    cycle = await locked_cycle(uow, cycle_id, revision)
    move = CYCLE.next(CycleState(cycle.state), CycleAction.SCORE, uow.caller.roles)
    await advance(uow, CycleRow, cycle_id, move, values={"ratings_closed": True, "failure": None})
    trail = trail_of(move.source.value, move.target.value, revision=revision)
    await uow.audit("appraisal.cycle.scoring_started", subject=("cycle", cycle_id), **trail)
    await rating_tasks.close_rating_tasks(uow, cycle_id)
    await defer(uow.session, SCORE_CYCLE, lock=f"cycle:{cycle_id}", cycle_id=str(cycle_id))
    return await cycle_store.find(uow.session, cycle_id)


async def score_cycle(uow: UnitOfWork, *, cycle_id: UUID) -> None:
    """Score every subject of a cycle that is being scored; if anything is missing, say what and store no result.

    The cycle's state protects what is being scored, so its row is locked only for the transition at the end.
    """
    session = uow.session
    cycle = await cycle_store.hold_job(session, cycle_id)
    if cycle.state != CycleState.SCORING.value:
        return
    ratings_due_on = cycle.ratings_due_on
    schemes = await scheme_store.find_all(session, await form_store.scheme_ids(session, cycle_id))
    await session.execute(delete(MissingInputRow).where(MissingInputRow.cycle_id == cycle_id))
    attempt = await session.begin_nested()
    missing = await _score_all(session, cycle_id, schemes, uow.now)
    cycle = await cycle_store.locked(session, cycle_id)
    if cycle.state != CycleState.SCORING.value:
        await attempt.rollback()  # it was cancelled meanwhile
        return
    revision = cycle.revision
    if missing:
        await attempt.rollback()
        await copy_rows(session, MissingInputRow.__tablename__, MISSING_INPUT_COLUMNS, missing)
    else:
        await attempt.commit()
    action = CycleAction.BLOCK if missing else CycleAction.COMPLETE_SCORING
    move = CYCLE.next(CycleState.SCORING, action, {Role.SERVICE})
    await advance(uow, CycleRow, cycle_id, move)
    if missing:
        # ratings that bear a name may be what is missing
        await rating_tasks.open_rating_tasks(uow, cycle_id, due_on=ratings_due_on)
    data = {"state": move.target.value, "missing": str(len(missing))}
    trail = trail_of(move.source.value, move.target.value, revision=revision, missing=len(missing))
    await uow.record("appraisal.cycle.scored", subject=("cycle", cycle_id), data=data, **trail)


async def _score_all(session: WriteSession, cycle_id: UUID, schemes: Schemes, now: datetime) -> list[Sequence[Any]]:
    missing: list[Sequence[Any]] = []
    after: Subject | None = None
    while subjects := await store.subjects_after(session, cycle_id, after):
        after = subjects[-1]
        batch = await collect(session, cycle_id, subjects, schemes)
        existing = await store.existing(session, cycle_id, subjects)
        rows = []
        for subject, (form, scored) in batch.items():
            lacking = [(UUID(i.form_id), lack) for scheme, i in scored for lack in find_missing_inputs(scheme, i)]
            missing.extend((new_id(), cycle_id, form_id, lack.item, lack.what) for form_id, lack in lacking)
            if not missing:
                result_id, version = existing.get(subject, (new_id(), 0))
                rows.append(_row(form, score_subject(scored), scored, result_id, version + 1, now))
        if not missing:
            await copy_rows(session, ResultRow.__tablename__, RESULT_COLUMNS, rows)
        session.expunge_all()  # memory stays flat in the number of forms
        await asyncio.sleep(0)  # lets the worker keep its heartbeat
    return missing


async def list_missing_inputs(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, paging: Paging
) -> Rows[MissingInput]:
    """What kept the last scoring from happening.

    Raises:
        NoCycle: there is none of that id.
    """
    await cycle_store.find(session, cycle_id)
    units = caller.units_of(Role.HR, Role.AUDITOR)
    return await store.missing_inputs(session, cycle_id, units, paging)


def values_of(result: Result, scored: Sequence[Scored]) -> dict[str, Any]:
    """What is stored of a computed result apart from its place and cause."""
    explanation = canonical(result.step)
    return {
        "total": result.total,
        "attainment": result.attainment,
        "computed_grade": result.grade.value,
        "grade": result.grade.value,
        "inputs": inputs_text(tuple(inputs for _, inputs in scored)),
        "explanation": explanation.decode(),
        "hash": hashlib.sha256(explanation).hexdigest(),
        "rules": RULES,
    }


def _row(
    form: FormRow, result: Result, scored: Sequence[Scored], result_id: UUID, version: int, now: datetime
) -> Sequence[Any]:
    place = {
        "id": result_id, "version": version, "cycle_id": form.cycle_id, "form_id": form.id,
        "subject_kind": form.subject_kind, "subject_id": form.subject_id, "cause": Cause.SCORED.value,
        "created_at": now,
    }  # fmt: skip
    values = place | values_of(result, scored)
    return [values.get(column) for column in RESULT_COLUMNS]
