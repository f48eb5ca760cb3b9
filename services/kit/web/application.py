"""A service as an application: its context, its dependencies, its answers to everything that goes wrong."""

import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError

from services.kit import errors, problem
from services.kit.access.callers import own_session, write_session
from services.kit.access.revocations import NotBefore, Revocations, stored
from services.kit.access.tokens import LEEWAY, LIFETIME, Keys, Verifier
from services.kit.clock import Clock, business_date
from services.kit.database.pages import MAX_LIMIT, Paging
from services.kit.database.sessions import ReadSession, Sessions, WriteSession
from services.kit.encryption import Cipher
from services.kit.errors import FieldError, Invalid, PreconditionRequired, Text
from services.kit.jobs.dead_letters import job_counts
from services.kit.observation.telemetry import Metrics, Observed
from services.kit.polled import Polled, kept_current
from services.kit.web.dispatch import Dispatch
from services.kit.web.error_answers import answer_errors
from services.kit.web.health import health_router
from services.kit.web.load import REQUESTS_AT_ONCE, Bounded
from services.kit.web.requests import Marked

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AppContext:
    """The context of a running service; tests supply their own. ``name`` is its audience in tokens.

    ``event_secrets`` are those that events from our other services may be signed with, the present one first;
    ``token_lifetime`` is how long a token may be made to be good for; ``cipher`` seals what
    must not be read in the database. ``polled`` is kept current while the service
    runs; ``revoked`` are where revocations are read: none means this service's own table, at every request.
    ``at_once`` is how many requests one process works on together.
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
    cipher: Cipher = field(default_factory=Cipher)
    revoked: Sequence[Polled[NotBefore]] = ()
    polled: Sequence[Polled[Any]] = ()
    at_once: int = REQUESTS_AT_ONCE

    @cached_property
    def verifier(self) -> Verifier:
        """Checks the access tokens that are sent to this service."""
        return Verifier(self.keys, issuer=self.issuer, audience=self.name, lifetime=self.token_lifetime)

    @cached_property
    def revocations(self) -> Revocations:
        """Which tokens were withdrawn."""
        own = Polled(stored(self.sessions, self.token_lifetime + LEEWAY), reread=0, oldest=0)
        return Revocations(self.revoked or (own,))


async def _app_context(request: Request) -> AppContext:
    return app_context(request)


def app_context(request: Request) -> AppContext:
    """The context of this service."""
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
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Number of items per page.")] = 50,
    cursor: Annotated[
        str | None,
        Query(max_length=2000, description="Value of `next` on the previous page; omitted for the first page."),
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
        Header(
            description="ETag received when the record was read; the request is refused if the record has changed "
            "since."
        ),
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
    accept_language: Annotated[
        str | None, Header(description="Language of texts: zh (default) or en.", examples=["zh"])
    ] = None,
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
    """Name the version that an edit must give in If-Match, where the answer's own ``revision`` does not say it."""
    response.headers["ETag"] = f'"{version}"'


def create_app(
    *,
    title: str,
    context: AppContext | None,
    routers: Sequence[APIRouter],
    tags: Mapping[str, errors.Text] | None = None,
    lifespan: Callable[[], AbstractAsyncContextManager[None]] | None = None,
    patient: Mapping[str, float] | None = None,
) -> FastAPI:
    """A service's application. ``context`` None is for writing openapi.json, which needs no context.

    ``patient`` are the paths whose requests take turns among themselves, with the seconds that one waits for its turn.
    """

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        # What is there now stays as long as the process: the collector need not look through it time and again.
        gc.collect()
        gc.freeze()
        async with kept_current(context.polled if context else ()), lifespan() if lifespan else nullcontext():
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
    answer_errors(app)
    app.add_middleware(Bounded, at_once=context.at_once if context else REQUESTS_AT_ONCE, patient=patient or {})
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
