"""Where other services leave their events: signature first, then once-only, then the effect."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from services.kit.errors import UnsupportedMedia
from services.kit.events.outbox import CloudEvent
from services.kit.identity import SYSTEM
from services.kit.signatures import secrets_of, verify
from services.kit.web.application import Context, Now, Today, Write
from services.kit.web.routing import reads_raw_body, router, strict_json
from services.kit.work import inbox
from services.kit.work.inbox import Effect
from services.kit.work.unit_of_work import UnitOfWork

_MEDIA_TYPES = ("application/cloudevents+json", "application/json")
_BODY = {
    "required": True,
    "content": {
        _MEDIA_TYPES[0]: {
            "schema": {
                "type": "object",
                "description": "CloudEvents 1.0, structured JSON, with the headers of Standard Webhooks",
                "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
                "properties": {
                    **{name: {"type": "string"} for name in ("id", "source", "type", "subject")},
                    "specversion": {"const": "1.0"},
                    "time": {"type": "string", "format": "date-time"},
                    "data": {"type": "object"},
                },
            }
        }
    },
}


async def signed_body(request: Request, context: Context) -> bytes:
    """The body, proven by the signature of a service that shares our secret.

    Raises:
        SignatureInvalid: it is not.
    """
    body = await request.body()
    verify(
        request.headers, body, secrets_of(*context.event_secrets), datetime.now(UTC)
    )  # machine time, as the sender's
    return body


async def _signed(request: Request, context: Context) -> CloudEvent:
    """The event in the body, proven by its signature.

    Raises:
        UnsupportedMedia, SignatureInvalid, NotAnEvent: it is not an event of a system that shares a secret with us.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES:
        raise UnsupportedMedia(expected=_MEDIA_TYPES[0])
    return CloudEvent.from_json(strict_json(await signed_body(request, context)))


def inbox_router(service: str, effects: Mapping[str, Effect[Any]]) -> APIRouter:
    """``POST /v1/<service>/inbox``. ``effects`` says what an event of a type does here, by its type in full.

    Events of other types are taken and remembered without effect.
    """
    routes = router(f"/v1/{service}", tag="events")

    # The event is proven before the transaction is opened: parameters are resolved in this order.
    # x-internal: the services reach each other directly; the gateway neither shows nor forwards this route.
    @routes.post(
        "/inbox", status_code=204, response_class=Response, openapi_extra={"requestBody": _BODY, "x-internal": True}
    )
    @reads_raw_body
    async def receive_events(
        arrived: Annotated[CloudEvent, Depends(_signed)], context: Context, session: Write, now: Now, today: Today
    ) -> None:
        """Take a signed CloudEvent (structured JSON) of another service; a repetition changes nothing."""
        effect = effects.get(arrived.type)
        if await inbox.accept(session, arrived, now) and effect is not None:
            await effect.apply(UnitOfWork(session, SYSTEM, now, today, context.zone), arrived)

    return routes
