"""What every route does in addition to its own work: strict JSON, idempotent POSTs, entity tags."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, get_args, get_origin

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope

from services.kit.access.callers import authenticate, permission_of
from services.kit.database import idempotency
from services.kit.database.idempotency import Answer
from services.kit.errors import FieldError, Invalid, Malformed, Text, TooLarge, UnsupportedMedia
from services.kit.web.answers import AsyncEndpoint, naming_version

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
MAX_BODY = 1024 * 1024
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_KEPT_HEADERS = ("content-type", "location", "etag")


class JsonBroken(Malformed):
    """The body is not JSON, repeats a key, or holds NaN or an infinity."""

    code = "json_broken"
    zh = "请求内容不是有效的 JSON：{reason}。"
    en = "The body is not valid JSON: {reason}."


def strict_json(raw: bytes) -> Any:
    """Read JSON, refusing what other readers let pass: repeated keys, NaN, infinities, broken UTF-8, half characters.

    Halves of surrogate pairs are in no text that could be stored or answered; only UTF-8 is read (RFC 8259).

    Raises:
        JsonBroken: saying what is wrong.
    """
    try:
        written = raw.decode()
        value = json.loads(written, object_pairs_hook=_unique, parse_constant=_refuse)
        if _ESCAPED_SURROGATE.search(written):
            json.dumps(value, ensure_ascii=False).encode()  # fails on a half without its other half
    except RecursionError as fault:
        raise JsonBroken(reason=Text("嵌套层数过多", "it is nested too deeply")) from fault
    except ValueError as fault:
        raise JsonBroken(reason=Text("格式有误", str(fault)[:200])) from fault
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            expected = Text("每个字段只出现一次", "each field once")
            raise JsonBroken(
                reason=Text(f"字段“{key[:40]}”重复", f"duplicate key {key[:40]!r}"),
                field_errors=[FieldError(f"/{key[:40]}", None, expected)],
            )
        seen[key] = value
    return seen


def _refuse(constant: str) -> Any:
    expected = Text("有限的数", "a finite number")
    raise JsonBroken(
        reason=Text(f"{constant} 不是有限的数", f"{constant} is not a number"),
        field_errors=[FieldError("", constant, expected)],
    )


class StrictRequest(Request):
    """A request whose JSON is read strictly and whose body ends at the route's limit, in bytes."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        super().__init__(scope, receive)
        self._limit = limit
        self._parsed: Any = None
        self._is_parsed = False

    async def json(self) -> Any:
        """The body as JSON, read once. Raises JsonBroken or TooLarge."""
        if not self._is_parsed:
            self._parsed = strict_json(await self.body())
            self._is_parsed = True
        return self._parsed

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives.

        Raises:
            TooLarge: at once by Content-Length, or when the limit is passed.
        """
        announced = self.headers.get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced) > self._limit:
            raise TooLarge(limit=self._limit)
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > self._limit:
                raise TooLarge(limit=self._limit)
            yield chunk


class Route(APIRoute):
    """A route of a service. Flags are set by the ``mark`` decorators below."""

    def __init__(self, path: str, endpoint: AsyncEndpoint, *, status_code: int | None = None, **options: Any) -> None:
        endpoint = naming_version(endpoint, path=path, status=status_code)
        super().__init__(path, endpoint, status_code=status_code, **options)

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, wrapped."""
        handler = super().get_route_handler()
        wants_json = self.body_field is not None and not getattr(self.endpoint, "reads_raw_body", False)
        needs_key = getattr(self.endpoint, "needs_key", False)
        keeps_no_body = getattr(self.endpoint, "keeps_no_body", False) or getattr(self.endpoint, "asks_first", False)
        limit = getattr(self.endpoint, "body_limit", MAX_BODY)
        permission = permission_of(self.dependant)
        parameters = _query_parameters(self.dependant)

        async def handle(request: Request) -> Response:
            request = StrictRequest(request.scope, request.receive, limit)
            if request.scope["query_string"]:
                _check_query(request, parameters)
            if permission is not None:
                await permission.checked(request)  # before a stranger's body is read
            if wants_json:
                if _media_type(request) != "application/json":
                    raise UnsupportedMedia(expected="application/json")
                # Read here: FastAPI would turn what it raises into a bare 400.
                request.state.sent = await request.json()
            key = None
            if request.method == "POST":
                key = idempotency.checked(request.headers.get("idempotency-key"), required=needs_key)
            if key is not None and not keeps_no_body and permission is not None:
                return await _once(request, key, handler)
            return _tagged(request, await handler(request))

        return handle


def _query_parameters(dependant: Dependant) -> dict[str, bool]:
    """The query parameters that a route reads, its dependencies included, and whether each may come several times."""
    found = {field.alias: _is_list(field.field_info.annotation) for field in dependant.query_params}
    for child in dependant.dependencies:
        found |= _query_parameters(child)
    return found


def _is_list(annotation: object) -> bool:
    return get_origin(annotation) in {list, set, tuple} or any(_is_list(part) for part in get_args(annotation))


def _check_query(request: Request, parameters: Mapping[str, bool]) -> None:
    """Refuse what would be passed over in silence: a filter that is misspelt filters nothing.

    Raises:
        Invalid: naming each parameter that is unknown, or that came more often than once.
    """
    counts = Counter(name for name, _ in request.query_params.multi_items())
    unknown = [name for name in counts if name not in parameters]
    repeated = [name for name, times in counts.items() if times > 1 and parameters.get(name) is False]
    if not unknown and not repeated:
        return
    names = sorted(parameters)
    known = Text(f"以下参数之一：{'、'.join(names)}", f"one of these parameters: {', '.join(names)}")
    if not names:
        known = Text("不带查询参数的地址", "an address without query parameters")
    wrong = [FieldError(f"query/{name[:80]}", None, known) for name in unknown]
    wrong += [FieldError(f"query/{name}", None, Text("至多一次", "at most once")) for name in repeated]
    raise Invalid(field_errors=wrong)


async def _once(request: Request, key: str, handler: Handler) -> Response:
    """Run the handler in a transaction that also stores its answer, or give the stored answer again."""
    caller = await authenticate(request)
    target = f"{request.url.path}?{request.url.query}"
    print_ = idempotency.fingerprint(request.method, target, await request.body())
    async with request.app.state.app_context.sessions.write() as session:
        stored = await idempotency.begin(session, account_id=caller.account_id, key=key, print_=print_)
        if stored is not None:
            return Response(stored.body, stored.status, {**stored.headers, "Idempotency-Replayed": "true"})
        request.state.session = session
        response = await handler(request)
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        answer = Answer(response.status_code, headers, bytes(response.body))
        await idempotency.finish(
            session, account_id=caller.account_id, key=key, print_=print_, answer=answer, at=datetime.now(UTC)
        )
    return response


def _tagged(request: Request, response: Response) -> Response:
    """Give a successful GET an entity tag that varies with what this viewer sees; answer 304 where they have it."""
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or isinstance(response, StreamingResponse):  # noqa: PLR2004 - OK
        return response
    seen = hashlib.sha256(bytes(response.body)).hexdigest()[:16]
    version = response.headers.get("etag", "").strip('"')
    tag = f'"{version}.{seen}"' if version else f'"{seen}"'
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", "private, no-cache")  # files are not to be kept at all
    response.headers["Vary"] = "Authorization, Accept-Language"
    wanted = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in wanted:
        return Response(
            status_code=304, headers={name: response.headers[name] for name in ("etag", "cache-control", "vary")}
        )
    return response


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def _marked(endpoint: Endpoint, **flags: object) -> Endpoint:
    """The endpoint with flags that ``Route``, ``kit.web.openapi`` and ``kit.observation.telemetry`` read."""
    vars(endpoint).update(flags)
    return endpoint


def moves_money(endpoint: Endpoint) -> Endpoint:
    """Mark a route that posts or pays: it requires an Idempotency-Key. Use it below the route decorator."""
    return _marked(endpoint, needs_key=True)


def keeps_no_body(endpoint: Endpoint) -> Endpoint:
    """Mark a route whose request must leave no trace that names its sender (design §7): its key is not stored."""
    return _marked(endpoint, keeps_no_body=True)


def asks_first(endpoint: Endpoint) -> Endpoint:
    """Mark a route that asks a neighbour before its transaction opens: its key is not stored, which would open one.

    Such a route is a transition with If-Match, so that a repetition is refused and nothing happens twice.
    """
    return _marked(endpoint, asks_first=True)


def leaves_no_figure(endpoint: Endpoint) -> Endpoint:
    """Mark a route whose use must not be seen as it happens (design §7): neither counted nor logged nor traced.

    Only its failures are counted. Otherwise the figures would reveal when an anonymous answer was given.
    """
    return _marked(endpoint, leaves_no_figure=True)


def reads_raw_body(endpoint: Endpoint) -> Endpoint:
    """Mark a route that reads the body itself (a file, JSON lines)."""
    return _marked(endpoint, reads_raw_body=True)


def takes_up_to(limit: int) -> Callable[[Endpoint], Endpoint]:
    """Mark a route whose body may be ``limit`` bytes long instead of one MiB."""

    return partial(_marked, body_limit=limit)


def answers_with(**fields: object) -> Callable[[Endpoint], Endpoint]:
    """Mark a route whose answer differs in these fields from the usual example of the record: the state that it leaves.

    Only the description of the API reads it. Use it below the route decorator.
    """
    return partial(_marked, answers_with=fields)


def located(template: str) -> Callable[[Endpoint], Endpoint]:
    """Mark a route whose new record does not lie beneath the path to which it was posted.

    ``template`` is the record's path, with parameters of the route and fields of the answer in braces.
    """
    return partial(_marked, location=template)


def router(prefix: str, *, tag: str) -> APIRouter:
    """A router whose routes are ``Route``; ``prefix`` begins with /v1/."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=Route, generate_unique_id_function=operation_id)


def operation_id(route: APIRoute) -> str:
    """The name of a route in the API's description: that of its function, verb_noun, unless it gives one itself."""
    return route.name
