"""The organisation of a period as one consistent stream (design §6)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

from fastapi import Header, Query
from fastapi.responses import StreamingResponse

from services.kit import json_lines
from services.kit.errors import FieldError, Invalid, Text
from services.kit.fields import Day
from services.kit.periods import Period
from services.kit.web.application import Context, Now
from services.kit.web.routing import router
from services.org.exchange.usecases import snapshots
from services.org.permissions import SnapshotReader

routes = router("/v1/org/snapshot", tag="snapshot")

LONGEST = timedelta(days=3 * 366)


class SnapshotTooLong(Invalid):
    """A snapshot covers three years at most."""

    code = "snapshot_too_long"
    zh = "快照期间不能超过 3 年，请缩短期间。"
    en = "A snapshot can cover at most three years."


@routes.get(
    "",
    summary="Stream the organisation of a period",
    response_class=StreamingResponse,
    responses={200: {"content": {json_lines.MEDIA_TYPE: {}}}},
)
async def get_snapshot(
    context: Context,
    _caller: SnapshotReader,
    now: Now,
    valid_from: Annotated[Day, Query(description="First day of the span.")],
    valid_to: Annotated[Day, Query(description="Last day of the span, included.")],
    absences: Annotated[
        bool,
        Query(
            description="Include the days on which people are absent, with the reasons; leave it out unless you "
            "need them."
        ),
    ] = False,
    people: Annotated[
        bool, Query(description="Include people and assignments; without them, units name no heads.")
    ] = True,
    accept_encoding: Annotated[str, Header(description="Compression of the stream; `gzip` is supported.")] = "",
) -> StreamingResponse:
    """Units, positions, people and assignments over a span of days, with managers, and absences if requested.

    The last line proves completeness. The stream is compressed if the caller accepts gzip.
    """
    span = Period.closed(valid_from, valid_to)
    if valid_to - valid_from > LONGEST:
        raise SnapshotTooLong(
            field_errors=[
                FieldError("query/valid_to", str(valid_to), Text("三年（含）以内的日期", "a day within three years"))
            ]
        )
    async with context.sessions.snapshot() as session:
        organisation = await snapshots.load(session, span=span, last=valid_to, absences=absences, people=people)
    chunks: AsyncIterator[bytes] = json_lines.written(snapshots.lines(organisation, taken_at=now))
    headers = {"Cache-Control": "no-store"}
    if "gzip" in accept_encoding:
        chunks = json_lines.gzipped(chunks)
        headers["Content-Encoding"] = "gzip"
    return StreamingResponse(chunks, media_type=json_lines.MEDIA_TYPE, headers=headers)
