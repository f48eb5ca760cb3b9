"""How a stub of a neighbouring service answers; 503 while it is away."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse

from services.kit import json_lines


def listed(away: bool, items: list[dict[str, Any]]) -> Response:  # noqa: FBT001 - a stub's answer
    return answer(away, ()) if away else JSONResponse({"items": items[:2], "next": None})


def answer(away: bool, lines: Iterable[dict[str, Any]]) -> Response:  # noqa: FBT001 - a stub's answer
    if away:
        return JSONResponse({"code": "unavailable"}, 503, {"Retry-After": "7"})

    async def items() -> AsyncIterator[dict[str, Any]]:
        for line in lines:
            yield line

    return StreamingResponse(json_lines.written(items()), media_type=json_lines.MEDIA_TYPE)
