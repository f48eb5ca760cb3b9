"""Results: immutable versions. Whatever changes one makes the next version, with its reason and who decided."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.appraisal.cycles.domain.cycle import RESULTS_PUBLIC, CycleState
from services.appraisal.cycles.domain.form_role import Standing, standings
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import ownership
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.scoring.domain.decision import Decision, NothingChanges, computed_part, without_groups
from services.appraisal.scoring.domain.form_score import find_missing, missing_in_words
from services.appraisal.scoring.domain.inputs import from_json as inputs_from_json
from services.appraisal.scoring.domain.replay import Replay, compared
from services.appraisal.scoring.domain.result import Cause, regraded, rescored, score_subject
from services.appraisal.scoring.store import results as store
from services.appraisal.scoring.store.tables import ResultRow
from services.appraisal.scoring.usecases.scoring import collect, values_of
from services.kit.database import ReadSession, WriteSession
from services.kit.errors import Conflict, FieldError, NotFound, Text, joined
from services.kit.explanation import Step, canonical, digest, from_json
from services.kit.identity import Caller
from services.kit.money import plain
from services.kit.unit_of_work import UnitOfWork

_PUBLIC = {state.value for state in RESULTS_PUBLIC}


class NoResult(NotFound):
    """There is no such result, or none that the caller may know of yet."""

    code = "no_result"
    zh = "找不到该绩效结果，或您无权查看。"
    en = "There is no such result, or you may not see it."


class StillMissing(Conflict):
    """Computing anew is not possible: something is missing."""

    code = "still_missing"
    zh = "重新计算还缺：{what}。请补录后再试。"
    en = "The calculation still needs {what}; add it and try again."


@dataclass(frozen=True)
class Seen:
    """A version of a result with the capacities of whoever looks at it."""

    result: ResultRow
    form: FormRow
    cycle: CycleRow
    standings: frozenset[Standing]

    @property
    def closed(self) -> bool:
        """Whether the cycle is closed, and with it everything about 360 that is ever shown may be."""
        return self.cycle.state == CycleState.CLOSED.value

    @property
    def explanation(self) -> Step:
        """The explanation as this viewer may see it now."""
        step = from_json(json.loads(self.result.explanation))
        return step if self.closed else without_groups(step)


async def seen(session: ReadSession, *, caller: Caller, result_id: UUID, version: int | None = None) -> Seen:
    """A result that the caller may see: his own once it is public, those below him and in his scope once scored.

    Raises:
        NoResult: there is none, or not for him, or not yet.
    """
    found = await store.find(session, result_id, version)
    if found is None:
        raise NoResult
    result, form, cycle = found
    capacities = standings(caller, ownership(form))
    if not capacities or (capacities == {Standing.OWNER} and cycle.state not in _PUBLIC):
        raise NoResult
    return Seen(result, form, cycle, capacities)


async def replay(session: ReadSession, *, caller: Caller, result_id: UUID) -> tuple[int, Replay]:
    """Compute a result again from its stored inputs and compare; with the version that was compared (APR-11).

    Raises:
        NoResult: see ``seen``; before closing the hashes would betray the 360 groups, so there is none either.
    """
    found = await seen(session, caller=caller, result_id=result_id)
    if not found.closed:
        raise NoResult
    stored = computed_part(from_json(json.loads(found.result.explanation)))
    trees = json.loads(found.result.inputs)["forms"]
    schemes = await scheme_store.find_all(session, [UUID(tree["scheme"]) for tree in trees])
    again = score_subject([(schemes[UUID(tree["scheme"])], inputs_from_json(tree)) for tree in trees])
    return found.result.version, compared(stored, found.result.attainment, again, rules=found.result.rules)


async def decide(
    uow: UnitOfWork,
    *,
    found: Seen,
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
        "at": uow.now,
    }
    row = await store.add(uow.session, {**place, **values})
    await _report(uow, before, row)
    return row


async def _decided(
    session: WriteSession, found: Seen, decision: Decision, cause: Cause, reason: str, source: str
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
    session: WriteSession, found: Seen, previous: Step, cause: Cause, reason: str, source: str
) -> dict[str, Any]:
    before = found.result
    earlier = [inputs_from_json(tree) for tree in json.loads(before.inputs)["forms"]]
    schemes = await scheme_store.find_all(session, [UUID(inputs.scheme) for inputs in earlier])
    subject = (before.subject_kind, before.subject_id)
    groups = {inputs.form_id: inputs.groups for inputs in earlier}
    collected = await collect(session, before.cycle_id, [subject], schemes, groups=groups)
    _, scored = collected[subject]
    missing = [missing_in_words(scheme, lack) for scheme, inputs in scored for lack in find_missing(scheme, inputs)]
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
