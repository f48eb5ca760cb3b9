"""The application under /v1: finds the route, counts, forwards, and says no in problem+json where it must (PLT-08).

A raw ASGI application, since the framework's own request handling would cost as much again as the forwarding.
"""

from starlette.types import Receive, Scope, Send
from uuid_utils import uuid4

from gateway import composed
from gateway.admission import CallerTurns, SigningIn, caller_of
from gateway.authentication import CREDENTIAL_BYTES, CREDENTIALS, NO_STORE, operation_path
from gateway.bodies import Bodies, announced
from gateway.headers import Crossing, towards_service
from gateway.limits import Limits
from gateway.observation import Call, Observer
from gateway.presence import ClientGone, presence_of
from gateway.proxy import AnswerBroken, Outgoing, Proxy
from gateway.refusals import NOSNIFF, refusal
from gateway.routes import Routes
from gateway.settings import GatewaySettings
from services.kit import problem
from services.kit.errors import DomainError, Malformed
from services.kit.senders import sender_of

# What the figures count where no status was sent: nginx's number for the one, that of a bad gateway for the other.
_CLIENT_GONE, _ANSWER_BROKEN = 499, 502

# An unread body up to this size is taken so that the connection can be kept; beyond, the connection is closed.
_TAKEN_BYTES = 64 * 1024


class QueryBroken(Malformed):
    """The query holds raw bytes beyond ASCII, which two readers may read in two ways."""

    code = "query_broken"
    zh = "查询参数须采用百分号编码。"
    en = "The query must be percent-encoded."


class Forwarding:
    """One request in, one answer out."""

    def __init__(
        self, settings: GatewaySettings, *, proxy: Proxy, routes: Routes, limits: Limits, observer: Observer
    ) -> None:
        """``proxy`` must be open before the first request."""
        self._settings = settings
        self._proxy = proxy
        self._routes = routes
        self._limits = limits
        self._observer = observer
        self._bodies = Bodies(settings)
        self._callers = CallerTurns(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under /v1."""
        call = Call(scope["method"])

        try:
            await self._carry(call, scope, receive, send)
        except DomainError as error:
            await _refuse(call, error, scope, send)
        except ClientGone:
            call.status, call.broken = _CLIENT_GONE, "client_gone"
        except AnswerBroken:
            # Half an answer is out: returning without its end closes the connection, which is all that can be said.
            call.status, call.broken = _ANSWER_BROKEN, "answer_broken"
        finally:
            self._observer.end(call)

    async def _carry(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        address = scope["client"][0] if scope["client"] else ""
        sender = sender_of(address)
        crossing = towards_service(scope["headers"], address=address, scheme=scope["scheme"])
        call.request_id = crossing.request_id
        authorization = crossing.headers.get("authorization")
        self._limits.request(sender, authorization)
        caller, presence = caller_of(authorization, sender), presence_of(scope)

        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"]
        if not query.isascii():
            raise QueryBroken
        if path == composed.TASKS:
            call.route = composed.ROUTE
            async with self._callers.turn(caller, patience=self._settings.wait_seconds, presence=presence):
                await self._compose(call, scope, query.decode(), crossing, send)
            return
        target = operation_path(path)
        has_credentials = target in CREDENTIALS
        call.route = self._routes.find(scope["method"], target)
        self._observer.begin(call, crossing.headers)
        signing_in = SigningIn(sender) if has_credentials else None
        with self._bodies.kept() as body:
            limit = CREDENTIAL_BYTES if has_credentials else self._settings.max_body_bytes
            await self._bodies.read(body, receive, length=announced(scope["headers"]), limit=limit, caller=caller)
            outgoing = Outgoing(
                call.route.service,
                scope["method"],
                f"{target}?{query.decode()}" if query else target,
                crossing.headers,
                seconds=call.route.answer_seconds or self._settings.answer_seconds,
                signing_in=signing_in,
            )
            patience = outgoing.seconds if signing_in else self._settings.wait_seconds
            added = dict([NOSNIFF, (b"x-request-id", crossing.request_id.encode())])
            if has_credentials:
                added |= [NO_STORE]
            async with self._callers.turn(signing_in or caller, patience=patience, presence=presence):
                call.status = await self._proxy.forward(outgoing, body, presence, send, added=added)

    async def _compose(self, call: Call, scope: Scope, query: str, crossing: Crossing, send: Send) -> None:
        language = problem.language(crossing.headers.get("accept-language"))
        body = await composed.my_tasks(
            self._proxy,
            list(self._settings.upstreams),
            method=scope["method"],
            query=query,
            headers=crossing.headers,
            language=language,
        )
        call.status = 200
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "content-language": language,
            "cache-control": "private, no-cache",
            "vary": "Authorization, Accept-Language",
            "x-request-id": crossing.request_id,
        }
        raw = [NOSNIFF, *((name.encode(), value.encode()) for name, value in headers.items())]
        await send({"type": "http.response.start", "status": call.status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _refuse(call: Call, error: DomainError, scope: Scope, send: Send) -> None:
    sent = {name: value.decode("latin-1") for name, value in scope["headers"]}
    request_id = call.request_id or uuid4().hex
    call.request_id, call.refused = request_id, error.code
    call.status, headers, body = refusal(error, accept_language=sent.get(b"accept-language"), request_id=request_id)
    headers["Content-Length"] = str(len(body))
    length = sent.get(b"content-length", "0")
    if b"transfer-encoding" in sent or not length.isdigit() or int(length) > _TAKEN_BYTES:
        headers["Connection"] = "close"
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": call.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
