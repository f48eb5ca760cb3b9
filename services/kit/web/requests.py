"""The request's id and origin: taken from the gateway or made here, for problems, logs and the audit trail."""

from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.audit import trail

MAX_ID = 64


class Marked:
    """ASGI middleware that gives each request its id and each answer the headers that all answers carry."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, marked."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if 0 < len(given) <= MAX_ID and given.isascii() and given.isprintable() else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        trail.request_id.set(request_id)
        trail.remote_address.set(scope["client"][0] if scope.get("client") else None)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self.app(scope, receive, send_marked)
