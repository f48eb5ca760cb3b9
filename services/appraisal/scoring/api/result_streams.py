"""Results as streams of JSON lines: all that a person may see, and a closed cycle for other services (APR-14)."""

from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from services.appraisal.permissions import AnyCaller, ResultReader
from services.appraisal.schemas import CyclePath
from services.appraisal.scoring.api.results import ChosenResults, Result, result_shown
from services.appraisal.scoring.usecases import results
from services.kit import json_lines
from services.kit.database.sessions import period
from services.kit.web.application import Context, Read
from services.kit.web.routing import router
from services.kit.web.streaming import stream

routes = router("/v1/appraisal", tag="results")
_RESULT: Final = TypeAdapter(Result)


@routes.get(
    "/results/all",
    summary="Stream all results",
    response_class=StreamingResponse,
    responses={200: {"content": {json_lines.MEDIA_TYPE: {}}}},
)
async def stream_visible_results(caller: AnyCaller, context: Context, chosen: ChosenResults) -> StreamingResponse:
    """The newest results that the caller may see, as JSON lines in one response.

    Each line is a result in the form of `GET /v1/appraisal/results`, all read at one moment. The last line has
    `kind` "end", the number of lines before it and their SHA-256; without it the response is incomplete.
    """
    return await stream(
        context.sessions,
        lambda session: results.stream_visible_results(session, caller=caller, chosen=chosen),
        lambda found: _RESULT.dump_json(result_shown(found)),
    )


@routes.get(
    "/cycles/{cycle_id}/results", summary="Stream the results of a closed cycle", response_class=StreamingResponse
)
async def stream_results(
    cycle_id: CyclePath, caller: ResultReader, session: Read, context: Context
) -> StreamingResponse:
    """A closed cycle with the newest result of every subject as JSON lines, for other services.

    The first line names the cycle, its state and its days; the last line proves completeness.
    """
    cycle = await results.final_cycle(session, cycle_id)
    days = period(cycle.period)

    async def lines() -> AsyncIterator[dict[str, Any]]:
        yield {
            "kind": "cycle",
            "id": str(cycle.id),
            "code": cycle.code,
            "state": cycle.state,
            "valid_from": str(days.start),
            "valid_to": str(days.last),
        }
        async with context.sessions.snapshot() as own:
            async for found in results.stream_results(own, caller=caller, cycle_id=cycle_id):
                yield _line(found)

    return StreamingResponse(json_lines.written(lines()), media_type=json_lines.MEDIA_TYPE)


def _line(found: results.FinalResult) -> dict[str, Any]:
    return {
        "kind": "result",
        "id": str(found.id),
        "version": found.version,
        "subject_kind": found.subject_kind,
        "employee_id": str(found.subject_id) if found.subject_kind == "employee" else None,
        "subject_code": found.subject_code,
        "unit_id": str(found.unit_id),
        "unit_path": [str(unit) for unit in found.unit_path],
        "total": str(found.total),
        "grade": found.grade,
        "attainment": None if found.attainment is None else str(found.attainment),
        "hash": found.hash,
    }
