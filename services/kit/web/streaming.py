"""Complete sets in one answer: all records of a kind as JSON lines, read and sent piece by piece."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

from fastapi.responses import StreamingResponse

from services.kit import json_lines
from services.kit.database.sessions import ReadSession, Sessions

Item = TypeVar("Item")


async def stream(
    sessions: Sessions,
    read: Callable[[ReadSession], AsyncIterator[Sequence[Item]]],
    write: Callable[[Item], bytes],
) -> StreamingResponse:
    """What ``read`` finds, piece by piece, each item as the line of JSON that ``write`` makes of it; then the end line.

    All is read in one session that sees one moment throughout. The first chunk is made before the answer begins, so
    that what ``read`` refuses is answered as any refusal.
    """

    async def lines() -> AsyncIterator[bytes]:
        async with sessions.snapshot() as session:
            async for piece in read(session):
                for item in piece:
                    yield write(item) + b"\n"

    async def chunks() -> AsyncIterator[bytes]:
        yield first
        async with aclosing(rest):
            async for chunk in rest:
                yield chunk

    rest = json_lines.proved(lines())
    first = await anext(rest)
    return StreamingResponse(chunks(), media_type=json_lines.MEDIA_TYPE, headers={"Cache-Control": "no-store"})
