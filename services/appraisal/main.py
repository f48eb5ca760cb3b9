"""The composition of appraisal: its context, its routes, its worker."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from fastapi import FastAPI

from services.appraisal import inbox
from services.appraisal.alignment.api import bulk_goals, cascade, goal_files
from services.appraisal.clients.org import OrgClient
from services.appraisal.cycles.api import cycle_editing, cycles, forms, goals, scheme_replacement
from services.appraisal.decisions.api import appeals, calibrations, corrections, public_notice, publication, readiness
from services.appraisal.feedback.api import evaluation, nominations, raters, ratings
from services.appraisal.jobs import JOBS, Resources
from services.appraisal.library.api import coverage, indicator_files, indicators, schemes, scoring_rules, templates
from services.appraisal.participants.api import exclusions
from services.appraisal.reports.api import progress, reports
from services.appraisal.scoring.api import feedback, result_streams, results, scoring
from services.appraisal.scoring.api import forms as scored_forms
from services.appraisal.settings import AppraisalSettings
from services.appraisal.tags import TAGS
from services.appraisal.tracking.api import measurements, proposals
from services.kit.audit_routes import audit_router
from services.kit.clients import ServiceClient, ServiceTokens, http_client
from services.kit.database import Database, Sessions
from services.kit.event_routes import event_router
from services.kit.job_worker import work
from services.kit.polled import Polled
from services.kit.revocations import stored, told_by_org
from services.kit.subscriptions import subscribe
from services.kit.task_routes import task_router
from services.kit.tokens import LEEWAY, FetchedKeys
from services.kit.unit_of_work import SystemWork
from services.kit.web import AppContext, create_app
from services.kit.webhooks import Deliverer

COLLECT_AFTER: Final = 50_000
"""New objects between two looks of the garbage collector in a worker; the usual 700 suits small programs."""

TOLD: Final = ("appraisal.result.changed",)
"""The events that incentive must hear of."""

ROUTERS: Final = (
    templates.indicator_templates,
    templates.scheme_templates,
    templates.of_indicators,
    templates.of_schemes,
    indicators.routes,
    indicator_files.routes,
    scoring_rules.routes,
    schemes.routes,
    coverage.routes,
    scheme_replacement.routes,
    cycles.routes,
    cycle_editing.routes,
    exclusions.routes,
    evaluation.routes,
    scoring.routes,
    publication.routes,
    progress.routes,
    reports.routes,
    readiness.routes,
    forms.routes,
    scored_forms.routes,
    measurements.routes,
    proposals.routes,
    ratings.routes,
    raters.routes,
    nominations.routes,
    feedback.routes,
    calibrations.routes,
    result_streams.routes,  # before the routes of one result, whose ids "all" is none of
    results.routes,
    public_notice.routes,
    goals.routes,
    bulk_goals.routes,
    cascade.routes,
    goal_files.routes,
    appeals.routes,
    corrections.routes,
    inbox.routes,
    event_router("appraisal"),
    audit_router("appraisal"),
    task_router("appraisal"),
)


def build(context: AppContext | None, *, closing: Mapping[str, Callable[[], Awaitable[None]]] | None = None) -> FastAPI:
    """The application in a given context; ``closing`` is called when it stops."""

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        for close in (closing or {}).values():
            await close()

    return create_app(title="appraisal", tags=TAGS, context=context, routers=ROUTERS, lifespan=lifespan)


def app_of(settings: AppraisalSettings) -> FastAPI:
    """The application as it runs."""
    database = Database(settings.database_url.get_secret_value(), pool_size=settings.pool_size)
    http = http_client()
    silence = settings.org_silence_seconds
    keys = FetchedKeys(f"{settings.org_url.rstrip('/')}/v1/org/jwks", http, patience=silence)
    told = told_by_org(http, settings.org_url, settings.event_secret.get_secret_value())
    longest = settings.token_lifetime + LEEWAY
    revoked = (Polled(told, patience=silence), Polled(stored(database, longest)))
    context = AppContext(
        name="appraisal",
        issuer=settings.issuer,
        sessions=database,
        keys=keys,
        clock=settings.clock,
        zone=settings.zone,
        cursor_key=settings.cursor_key.get_secret_value().encode(),
        event_secrets=(settings.event_secret.get_secret_value(),),
        token_lifetime=settings.token_lifetime,
        cipher=settings.cipher,
        revoked=revoked,
        polled=(keys.polled, *revoked),
        at_once=settings.requests_at_once,
    )
    return build(context, closing={"database": database.close, "http": http.aclose})


def settle() -> None:
    """Spare the garbage collector what was imported: it stays anyway, and a long scoring made it look each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


async def tell_incentive(sessions: Sessions, address: str, *, now: datetime) -> None:
    """Have incentive, reached at ``address``, told of results that change after they were paid by (INC-13)."""
    inbox_url = f"{address.rstrip('/')}/v1/incentive/inbox"
    async with sessions.write() as session:
        await subscribe(session, name="incentive", url=inbox_url, types=TOLD, now=now, internal=True)


async def run_worker(settings: AppraisalSettings) -> None:
    """Run the service's jobs until stopped."""
    settle()
    url = settings.database_url.get_secret_value()
    database = Database(url, pool_size=settings.pool_size)
    http = http_client()
    secret = settings.client_secret.get_secret_value()
    tokens = ServiceTokens(http, settings.org_url, client_id="appraisal", client_secret=secret)
    organisation = OrgClient(ServiceClient("org", settings.org_url, http=http, tokens=tokens))
    deliverer = Deliverer(
        database, http, settings.event_secret.get_secret_value(), settings.subscriber_networks, settings.cipher
    )
    try:
        resources = Resources(
            SystemWork(database, settings.clock, settings.zone, settings.cipher), organisation, deliverer
        )
        await tell_incentive(database, settings.incentive_url, now=settings.clock.now())
        await work(JOBS, url, resources, health_file=settings.worker_health_file)
    finally:
        await http.aclose()
        await database.close()
