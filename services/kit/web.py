"""A service as an application: its context, its dependencies, its answers to everything that goes wrong."""

import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from services.kit import errors, problem
from services.kit.callers import own_session, write_session
from services.kit.clock import Clock, business_date
from services.kit.codec import domain_refusal, place_in
from services.kit.database import ReadSession, Sessions, WriteSession
from services.kit.dead_letters import job_counts
from services.kit.dispatch import Dispatch
from services.kit.errors import DomainError, FieldError, Invalid, PreconditionRequired, Text
from services.kit.health import health_router
from services.kit.out_of_range_values import out_of_range_values
from services.kit.pages import MAX_LIMIT, Paging
from services.kit.requests import Marked
from services.kit.telemetry import Metrics, Observed
from services.kit.tokens import LIFETIME, Keys, Verifier

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AppContext:
    """What a running service stands on; tests put in their own. ``name`` is its audience in tokens.

    ``event_secrets`` are those that events from our other services may be signed with, the present one first;
    ``token_lifetime`` is how long a token may be made to be good for.
    """

    name: str
    issuer: str
    sessions: Sessions
    keys: Keys
    clock: Clock
    zone: ZoneInfo
    cursor_key: bytes
    event_secrets: Sequence[str] = ()
    token_lifetime: timedelta = LIFETIME

    @cached_property
    def verifier(self) -> Verifier:
        """Checks the access tokens that are sent to this service."""
        return Verifier(self.keys, issuer=self.issuer, audience=self.name, lifetime=self.token_lifetime)


async def _app_context(request: Request) -> AppContext:
    return app_context(request)


def app_context(request: Request) -> AppContext:
    """What this service stands on."""
    context: AppContext = request.app.state.app_context
    return context


async def _read(request: Request) -> AsyncIterator[ReadSession]:
    opened = own_session(request)
    if opened is not None:
        yield opened
        return
    async with app_context(request).sessions.read() as session:
        yield session


async def _write(request: Request) -> AsyncIterator[WriteSession]:
    async with write_session(request) as session:
        yield session


async def _now(request: Request) -> datetime:
    return app_context(request).clock.now()


async def _today(request: Request) -> date:
    context = app_context(request)
    return business_date(context.clock.now(), context.zone)


async def _paging(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items on a page.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=2000, description="`next` of the page before; left out for the first page.")
    ] = None,
) -> Paging:
    others = sorted(
        (name, value) for name, value in request.query_params.multi_items() if name not in {"limit", "cursor"}
    )
    context = f"{request.url.path}?{others}".encode()
    return Paging(limit, cursor, context, app_context(request).cursor_key)


async def _if_match(
    if_match: Annotated[
        str | None,
        Header(description="The ETag with which the record was read: the edit is refused if it has changed since."),
    ] = None,
) -> int:
    expected = Text('读取时得到的 ETag，例如 "3.1f0c…"', 'the ETag that was read, for example "3.1f0c…"')
    if if_match is None:
        raise PreconditionRequired(field_errors=[FieldError("header/If-Match", None, expected)])
    version = if_match.strip().strip('"').partition(".")[0]
    if not (version.isascii() and version.isdigit()) or len(version) > 9:  # noqa: PLR2004 - fits a version number
        raise Invalid(field_errors=[FieldError("header/If-Match", if_match[:40], expected)])
    return int(version)


async def _language(
    accept_language: Annotated[str | None, Header(description="Language of texts: zh (usual) or en.")] = None,
) -> errors.Language:
    return problem.language(accept_language)


# scope="function": the transaction ends before the answer leaves, so that a failed commit never answers 200.
Read = Annotated[ReadSession, Depends(_read, scope="function")]
Write = Annotated[WriteSession, Depends(_write, scope="function")]
Context = Annotated[AppContext, Depends(_app_context)]
Now = Annotated[datetime, Depends(_now)]
Today = Annotated[date, Depends(_today)]
PageAsked = Annotated[Paging, Depends(_paging)]
IfMatch = Annotated[int, Depends(_if_match)]
AcceptedLanguage = Annotated[errors.Language, Depends(_language)]


def tag(response: Response, version: int) -> None:
    """Name the version that an edit of this resource must give in If-Match."""
    response.headers["ETag"] = str(version)


def create_app(
    *,
    title: str,
    context: AppContext | None,
    routers: Sequence[APIRouter],
    tags: Mapping[str, errors.Text] | None = None,
    lifespan: Callable[[], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """A service's application. ``context`` None is for writing openapi.json, which needs no context."""

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        # What is there now stays as long as the process: the collector need not look through it time and again.
        gc.collect()
        gc.freeze()
        if lifespan is None:
            yield
            return
        async with lifespan():
            yield

    metrics = Metrics(context.name if context else title)
    health = health_router({} if context is None else {"database": _database_answers(context)})
    measured = metrics.router(None if context is None else _jobs_of(context))
    used = sorted({str(tag) for each in routers for tag in each.tags} | {"health"})
    described = [{"name": name, "description": " · ".join(tags[name])} for name in used if tags and name in tags]
    app = FastAPI(
        title=title,
        openapi_tags=described,
        version="1",
        routes=[route for each in (*routers, health, measured) for route in each.routes],
        openapi_url=None,
        lifespan=alive,
        separate_input_output_schemas=False,
        telemetry={"metrics": False, "logs": False, "operation_spans": False},  # kit.telemetry and kit.logs do that
    )
    app.router.middleware_stack = Dispatch(app.router)
    app.state.app_context = context
    app.add_exception_handler(DomainError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_shape)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(OperationalError, _refuse_unavailable)
    app.add_exception_handler(InterfaceError, _refuse_unavailable)
    app.add_exception_handler(PoolExhausted, _refuse_unavailable)
    app.add_exception_handler(DataError, _refuse_value)
    app.add_exception_handler(OverflowError, _refuse_overflow)
    app.add_exception_handler(IntegrityError, _refuse_clash)
    app.add_exception_handler(Exception, _fail)
    app.add_middleware(Observed, metrics=metrics)
    app.add_middleware(Marked)  # outermost: what it marks is there for all that stands inside
    return app


def _database_answers(context: AppContext) -> Callable[[], Awaitable[object]]:
    async def answer() -> object:
        async with context.sessions.read() as session:
            return await session.scalar(text("SELECT 1"))

    return answer


def _jobs_of(context: AppContext) -> Callable[[], Awaitable[dict[str, int]]]:
    async def counts() -> dict[str, int]:
        try:
            async with context.sessions.read() as session:
                return await job_counts(session)
        except (OperationalError, InterfaceError):
            return {}  # the rest of the metrics is wanted most when the database is away

    return counts


def _answer(request: Request, error: DomainError) -> Response:
    language = problem.language(request.headers.get("accept-language"))
    trace_id = getattr(request.state, "request_id", None)
    status, headers, body = problem.render(error, language=language, trace_id=trace_id)
    return Response(body, status, headers)


async def _refuse(request: Request, error: Exception) -> Response:
    if not isinstance(error, DomainError):
        raise error
    return _answer(request, error)


async def _refuse_shape(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    in_body = [{**fault, "loc": fault["loc"][1:]} for fault in found if fault["loc"][:1] == ("body",)]
    refused = domain_refusal(in_body, error.body)
    if refused is not None:
        return _answer(request, refused)
    placed = [
        {**fault, "loc": ("body", *place_in(fault["loc"][1:], error.body))} if fault["loc"][:1] == ("body",) else fault
        for fault in found
    ]
    return _answer(request, Invalid(field_errors=problem.field_errors_of(placed)))


class RouteUnknown(errors.NotFound):
    """No route has this path."""

    code = "route_unknown"
    zh = "没有此地址，请查阅接口文档（/docs）。"
    en = "There is no such address; see /docs."


async def _refuse_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (unknown path or method) in our form."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    ours: dict[int, DomainError] = {404: RouteUnknown(), 405: errors.MethodNotAllowed()}
    response = _answer(request, ours.get(status, errors.Malformed()))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


async def _refuse_unavailable(request: Request, error: Exception) -> Response:
    log.warning("database unavailable", exc_info=error)
    return _answer(request, errors.Unavailable(retry_after=2))


async def _refuse_value(request: Request, error: Exception) -> Response:
    """A value that PostgreSQL cannot hold and no field type caught (a NUL character, a number out of range)."""
    log.warning("value refused by the database", exc_info=error)
    return _answer(request, Invalid())


class BeyondCalendar(Invalid):
    """A date from which nothing can be counted on or back, such as 9999-12-31, which has no day after it.

    The field_errors name what was sent that lies too far out.
    """

    code = "beyond_calendar"
    zh = "日期或数值超出可计算的范围；长期有效的，结束日期请留空。"
    en = "A date or number is out of range; leave the end date empty if there is no end."


async def _refuse_overflow(request: Request, error: Exception) -> Response:
    log.warning("value too far out", exc_info=error)
    sent = getattr(request.state, "sent", None)
    return _answer(
        request, BeyondCalendar(field_errors=out_of_range_values(sent, request.query_params, request.path_params))
    )


async def _refuse_clash(request: Request, error: Exception) -> Response:
    """Two writes met in a constraint; whoever loses is told so. Use cases name the foreseeable cases themselves."""
    log.warning("constraint violated", exc_info=error)
    return _answer(request, errors.Conflict())


class Defect(DomainError):
    """A fault of ours. The log has the rest; the answer tells only where to look."""

    code = "defect"
    zh = "系统出错，问题已记录。请把编号 trace_id 告诉系统管理员。"
    en = "Something went wrong on our side, and it has been logged. Give the trace_id to your administrator."


async def _fail(request: Request, error: Exception) -> Response:
    log.error("unhandled %s", type(error).__name__, exc_info=error)
    return _answer(request, Defect())
