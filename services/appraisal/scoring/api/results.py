"""Results and their explanations, my own among them (APR-11, APR-13, APR-14)."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from services.appraisal.cycles.domain.cycle import RESULTS_PUBLIC, CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller, ResultReader
from services.appraisal.scoring.domain.result import Cause
from services.appraisal.scoring.store import results as store
from services.appraisal.scoring.store.tables import ResultRow
from services.appraisal.scoring.usecases import results
from services.kit import json_lines
from services.kit.explanation import as_json, narrate
from services.kit.fields import ExactDecimal, Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, Context, PageAsked, Read, tag

routes = router("/v1/appraisal", tag="results")


class Result(Model):
    """A version of a subject's result. ``hash`` proves the explanation; it is told once the cycle is closed.

    ``rules`` is the version of the rules that computed it, below what people decided.
    """

    id: UUID
    version: int
    cycle_id: UUID
    cycle_code: str
    cycle_state: CycleState
    form_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    subject_code: str
    subject_name: str
    unit_id: UUID
    unit_name: str
    total: ExactDecimal
    attainment: ExactDecimal | None
    computed_grade: Grade
    grade: Grade
    cause: Cause
    reason: str | None
    decided_by: str | None
    at: datetime
    hash: str | None
    rules: int


class Versions(Model):
    """All versions of a result, oldest first."""

    items: list[Result]


class Explanation(Model):
    """Why the result is what it is: the tree, and the same as lines of text in the reader's language."""

    result_id: UUID
    version: int
    hash: str | None
    tree: dict[str, Any]
    text: str


class Difference(Model):
    """A figure that came out otherwise."""

    field: Literal["total", "attainment", "grade"]
    stored: str | None
    replayed: str | None


class Replayed(Model):
    """The result computed again from its stored inputs.

    Bytes are compared where it was written by the present rules, values where by others; ``note`` says so then.
    """

    result_id: UUID
    version: int
    rules: int
    present_rules: int
    compared: Literal["bytes", "values"]
    same: bool
    differing: list[Difference]
    stored_hash: str
    replayed_hash: str
    note: str | None


@routes.get("/results/{result_id}")
async def read_result(
    result_id: UUID,
    caller: AnyCaller,
    session: Read,
    response: Response,
    version: Annotated[int | None, Query(ge=1)] = None,
) -> Result:
    """The newest version, or the one asked for: for those above and HR once scored, for its owner once published."""
    found = await results.seen(session, caller=caller, result_id=result_id, version=version)
    tag(response, found.result.version)
    return _written(found.result, found.form, found.cycle)


@routes.get("/results/{result_id}/versions")
async def list_versions(result_id: UUID, caller: AnyCaller, session: Read) -> Versions:
    """Every version with its cause and reason."""
    found = await results.seen(session, caller=caller, result_id=result_id)
    rows = await store.versions(session, result_id)
    return Versions(items=[_written(row, found.form, found.cycle) for row in rows])


@routes.get("/results/{result_id}/explanation")
async def explain_result(
    result_id: UUID,
    caller: AnyCaller,
    session: Read,
    language: AcceptedLanguage,
    version: Annotated[int | None, Query(ge=1)] = None,
) -> Explanation:
    """Each step with its formula, inputs and their sources. Groups of the 360 score appear at close."""
    found = await results.seen(session, caller=caller, result_id=result_id, version=version)
    step = found.explanation
    return Explanation(
        result_id=result_id,
        version=found.result.version,
        hash=found.result.hash if found.closed else None,
        tree=as_json(step),
        text=narrate(step, language),
    )


@routes.get("/results/{result_id}/replay")
async def replay_result(result_id: UUID, caller: AnyCaller, session: Read, language: AcceptedLanguage) -> Replayed:
    """Compute the newest version again from its stored inputs and compare; once the cycle is closed."""
    version, again = await results.replay(session, caller=caller, result_id=result_id)
    note = again.note.in_language(language) if again.note else None
    return Replayed.model_validate({**vars(again), "result_id": result_id, "version": version, "note": note})


@routes.get("/cycles/{cycle_id}/subjects")
async def list_results(cycle_id: UUID, caller: AnyCaller, session: Read, paging: PageAsked) -> Page[Result]:
    """The newest results that the caller may see: above and HR once scored, everybody his own once published."""
    cycle = await cycle_store.find(session, cycle_id)
    public = CycleState(cycle.state) in RESULTS_PUBLIC
    found = await store.listed(session, caller, paging, cycle_id=cycle_id, public=public)
    return Page[Result].model_validate(found.written(lambda row: _written(row[0], row[1], row[2])))


@routes.get("/my/results")
async def list_my_results(caller: AnyCaller, session: Read, paging: PageAsked) -> Page[Result]:
    """My published results, and those of units that I head."""
    if caller.employee_id is None:
        return Page[Result](items=[])
    found = await store.own(session, caller.employee_id, paging)
    return Page[Result].model_validate(found.written(lambda row: _written(row[0], row[1], row[2])))


@routes.get("/cycles/{cycle_id}/results", response_class=StreamingResponse)
async def stream_results(cycle_id: UUID, caller: ResultReader, session: Read, context: Context) -> StreamingResponse:
    """A closed cycle and every subject's newest result in it as JSON lines, for other services.

    The first line names the cycle, its state and its days; the last line proves those before it.
    """
    cycle = await cycle_store.find(session, cycle_id)
    demand_state(cycle.state, CycleState.CLOSED)

    async def lines() -> AsyncIterator[dict[str, Any]]:
        async with context.sessions.snapshot() as own:
            async for line in store.stream(own, caller, cycle_id):
                yield line

    return StreamingResponse(json_lines.written(lines()), media_type=json_lines.MEDIA_TYPE)


def _written(row: ResultRow, form: FormRow, cycle: CycleRow) -> Result:
    of_form = {
        name: getattr(form, name)
        for name in ("subject_kind", "subject_id", "subject_code", "subject_name", "unit_id", "unit_name")
    }
    of_row = {
        name: getattr(row, name)
        for name in (
            "id", "version", "cycle_id", "form_id", "total", "attainment", "computed_grade", "grade", "cause", "reason",
            "at", "rules",
        )
    }  # fmt: skip
    closed = cycle.state == CycleState.CLOSED.value
    return Result.model_validate(
        {
            **of_form,
            **of_row,
            "cycle_code": cycle.code,
            "cycle_state": cycle.state,
            "decided_by": row.decided_by_name,
            "hash": row.hash if closed else None,
        }
    )
