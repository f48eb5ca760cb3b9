"""Results: immutable versions. Every change creates the next version, with its reason and who decided."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.appraisal.cycles.domain.cycle import RESULTS_PUBLIC, CycleState
from services.appraisal.cycles.domain.form_role import FormRole, form_roles
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import ownership
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.scoring.domain.decision import Decision, NothingChanges, computed_part, without_groups
from services.appraisal.scoring.domain.form_score import find_missing_inputs, missing_in_words
from services.appraisal.scoring.domain.replay import Replay, compared
from services.appraisal.scoring.domain.result import Cause, regraded, rescored, score_subject
from services.appraisal.scoring.store import results as store
from services.appraisal.scoring.store.inputs import read_inputs
from services.appraisal.scoring.store.results import FinalResult, ResultFilter, StoredResult
from services.appraisal.scoring.store.tables import ResultRow
from services.appraisal.scoring.usecases.inputs import collect
from services.appraisal.scoring.usecases.scoring import values_of
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Conflict, FieldError, NotFound, Text, existing, joined
from services.kit.explanation import Step, canonical, digest, from_json
from services.kit.identity import Caller, Role
from services.kit.money import plain
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["FinalResult", "ResultFilter", "StoredResult"]

_READERS = (Role.HR, Role.AUDITOR)
_PUBLIC = {state.value for state in RESULTS_PUBLIC}


class NoResult(NotFound):
    """There is no such result, or none that the caller may know of yet."""

    code = "no_result"
    zh = "找不到该绩效结果，或您无权查看。"
    en = "There is no such result, or you may not see it."


class ResultChanged(Conflict):
    """The result has a newer version than the one that the caller saw."""

    code = "result_changed"
    zh = "结果已有新版本，请核对后再决定。"
    en = "The result has changed since you read it; check it and decide again."


class StillMissing(Conflict):
    """A new computation is not possible: an input is missing."""

    code = "still_missing"
    zh = "重新计算还缺：{what}。请补录后再试。"
    en = "The calculation still needs {what}; add it and try again."


@dataclass(frozen=True)
class VisibleResult:
    """A version of a result with the reader's capacities."""

    result: ResultRow
    form: FormRow
    cycle: CycleRow
    roles: frozenset[FormRole]

    @property
    def closed(self) -> bool:
        """Whether the cycle is closed, and with it everything about 360 that is ever shown may be."""
        return self.cycle.state == CycleState.CLOSED.value

    @property
    def explanation(self) -> Step:
        """The explanation as this viewer may see it now."""
        step = from_json(json.loads(self.result.explanation))
        return step if self.closed else without_groups(step)

    def demand_version(self, version: int) -> None:
        """Refuse a decision about another version than the newest.

        Raises:
            ResultChanged: the result has changed since it was read.
        """
        if version != self.result.version:
            expected = Text(f"第 {self.result.version} 版", f"version {self.result.version}")
            raise ResultChanged(field_errors=[FieldError("/result_version", str(version), expected)])


async def get_visible(
    session: ReadSession, *, caller: Caller, result_id: UUID, version: int | None = None
) -> VisibleResult:
    """A result that the caller may see: their own once public, those below them and in their scope once scored.

    Raises:
        NoResult: there is none, or not for them, or not yet.
    """
    found = existing(await store.find(session, result_id, version), NoResult)
    capacities = form_roles(caller, ownership(found.form))
    if not capacities or (capacities == {FormRole.OWNER} and found.cycle.state not in _PUBLIC):
        raise NoResult
    return VisibleResult(found.result, found.form, found.cycle, capacities)


async def get_newest(session: ReadSession, result_id: UUID) -> VisibleResult:
    """The newest version of a result for a decision that another record already entitles the caller to.

    Raises:
        NoResult: there is none.
    """
    found = existing(await store.find(session, result_id), NoResult)
    return VisibleResult(found.result, found.form, found.cycle, frozenset())


async def list_results(
    session: ReadSession, *, caller: Caller, paging: Paging, chosen: ResultFilter
) -> Rows[StoredResult]:
    """The newest results that the caller may see: superiors and HR once scored, everyone their own once published."""
    units = caller.units_of(*_READERS)
    return await store.listed(session, paging, units=units, employee_id=caller.employee_id, chosen=chosen)


def stream_visible_results(
    session: ReadSession, *, caller: Caller, chosen: ResultFilter
) -> AsyncIterator[list[StoredResult]]:
    """The same as ``list_results``, all of them, many at a time; ``session`` must see one moment throughout."""
    units = caller.units_of(*_READERS)
    return store.stream_visible(session, units=units, employee_id=caller.employee_id, chosen=chosen)


async def list_own_results(session: ReadSession, *, caller: Caller, paging: Paging) -> Rows[StoredResult]:
    """The caller's own public results and those of units that they head."""
    if caller.employee_id is None:
        return Rows([], None)
    return await store.own(session, caller.employee_id, paging)


async def list_versions(session: ReadSession, *, caller: Caller, result_id: UUID) -> list[StoredResult]:
    """Every version of a result that the caller may see, oldest first.

    Raises:
        NoResult: see ``get_visible``.
    """
    found = await get_visible(session, caller=caller, result_id=result_id)
    return [StoredResult(row, found.form, found.cycle) for row in await store.versions(session, result_id)]


async def final_cycle(session: ReadSession, cycle_id: UUID) -> CycleRow:
    """A cycle whose results are final.

    Raises:
        NoCycle: there is none of that id.
        NotNow: it is not closed.
    """
    cycle = await cycle_store.find(session, cycle_id)
    demand_state(cycle.state, CycleState.CLOSED)
    return cycle


def stream_results(session: ReadSession, *, caller: Caller, cycle_id: UUID) -> AsyncIterator[FinalResult]:
    """Every newest result of a cycle, for a service with the scope, or in the caller's HR or auditor scope."""
    units = None if "results" in caller.scopes else caller.units_of(*_READERS)
    return store.stream(session, cycle_id, units)


async def replay(session: ReadSession, *, caller: Caller, result_id: UUID) -> tuple[int, Replay]:
    """Compute a result again from its stored inputs and compare; with the version that was compared (APR-11).

    Raises:
        NoResult: see ``get_visible``; before closing the hashes would betray the 360 groups, so there is none either.
    """
    found = await get_visible(session, caller=caller, result_id=result_id)
    if not found.closed:
        raise NoResult
    stored = computed_part(from_json(json.loads(found.result.explanation)))
    forms = read_inputs(found.result.inputs)
    schemes = await scheme_store.find_all(session, [UUID(form.scheme_id) for form in forms])
    again = score_subject([(schemes[UUID(form.scheme_id)], form) for form in forms])
    return found.result.version, compared(stored, found.result.attainment, again, rules=found.result.rules)


async def decide(
    uow: UnitOfWork,
    *,
    found: VisibleResult,
    decision: Decision,
    cause: Cause,
    reason: str,
    source: str,
) -> ResultRow:
    """Make the next version of a result as decided.

    Raises:
        NothingChanges: the decision leaves it as it is.
        StillMissing: computing anew is not possible.
    """
    values = await _decided(uow.session, found, decision, cause, reason, source)
    before = found.result
    if values["grade"] == before.grade and values["total"] == before.total:
        expected = Text("与现有结果不同的等级或总分", "a grade or total other than the present one")
        fault = FieldError("", f"{before.grade} {plain(before.total)}", expected)
        raise NothingChanges(grade=before.grade, total=plain(before.total), field_errors=[fault])
    place = {
        "id": before.id,
        "version": before.version + 1,
        "cycle_id": before.cycle_id,
        "form_id": before.form_id,
        "subject_kind": before.subject_kind,
        "subject_id": before.subject_id,
        "cause": cause.value,
        "reason": reason,
        "decided_by": uow.caller.account_id,
        "decided_by_name": uow.caller.name,
        "created_at": uow.now,
    }
    row = await store.add(uow.session, {**place, **values})
    await cycle_store.revise(uow.session, before.cycle_id)
    await _report(uow, before, row)
    return row


async def _decided(
    session: WriteSession, found: VisibleResult, decision: Decision, cause: Cause, reason: str, source: str
) -> dict[str, Any]:
    before = found.result
    previous = from_json(json.loads(before.explanation))
    if decision.rescore:
        return await _rescored(session, found, previous, cause, reason, source)
    scheme = await scheme_store.find(session, found.form.scheme_id)
    total = before.total if decision.total is None else decision.total
    grade = scheme.grades.of(total) if decision.grade is None else decision.grade
    step = regraded(previous, cause=cause, grade=grade, total=total, reason=reason, source=source)
    return {
        "total": total,
        "attainment": before.attainment,
        "computed_grade": before.computed_grade if decision.grade else grade.value,
        "grade": grade.value,
        "inputs": before.inputs,
        "explanation": canonical(step).decode(),
        "hash": digest(step),
        "rules": before.rules,
    }


async def _rescored(
    session: WriteSession, found: VisibleResult, previous: Step, cause: Cause, reason: str, source: str
) -> dict[str, Any]:
    before = found.result
    earlier = read_inputs(before.inputs)
    schemes = await scheme_store.find_all(session, [UUID(inputs.scheme_id) for inputs in earlier])
    subject = (before.subject_kind, before.subject_id)
    groups = {inputs.form_id: inputs.groups for inputs in earlier}
    collected = await collect(session, before.cycle_id, [subject], schemes, groups=groups)
    _, scored = collected[subject]
    missing = [
        missing_in_words(scheme, lack) for scheme, inputs in scored for lack in find_missing_inputs(scheme, inputs)
    ]
    if missing:
        raise StillMissing(what=joined(dict.fromkeys(missing)))
    fresh = score_subject(scored)
    step = rescored(previous, fresh.step, cause=cause, reason=reason, source=source)
    return {**values_of(fresh, scored), "explanation": canonical(step).decode(), "hash": digest(step)}


async def _report(uow: UnitOfWork, before: ResultRow, after: ResultRow) -> None:
    data = {
        "version": after.version,
        "cycle_id": after.cycle_id,
        "subject_kind": after.subject_kind,
        "subject_id": after.subject_id,
        "cause": after.cause,
    }
    await uow.record(
        "appraisal.result.changed",
        subject=("result", after.id),
        before=_facts(before),
        after={**_facts(after), "cause": after.cause, "reason": after.reason},
        data=data,
    )


def _facts(row: ResultRow) -> Mapping[str, Any]:
    return {"version": row.version, "total": plain(row.total), "grade": Grade(row.grade).value}
