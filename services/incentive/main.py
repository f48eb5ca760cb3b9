"""The composition of incentive: its context, its routes, its worker."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from services.incentive import inbox
from services.incentive.awards.api import awards, funds, proposals
from services.incentive.budgets.api import budgets, commitments, explanations
from services.incentive.claims.api import claims
from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.org import OrgClient
from services.incentive.jobs import JOBS, Resources
from services.incentive.journal.api import journal, month_closings
from services.incentive.pay.api import pay_changes, pay_profiles
from services.incentive.payroll.api import exports, payments, payroll, reversals
from services.incentive.plans.api import plans
from services.incentive.pools.api import pools
from services.incentive.recognition.api import recognitions, team_budgets
from services.incentive.referrals.api import referrals
from services.incentive.runs.api import lines, replays, runs
from services.incentive.runs.usecases.snapshot_taking import Neighbours
from services.incentive.settings import IncentiveSettings
from services.incentive.shares.api import share_dividends, share_grants
from services.incentive.simulations.api import simulations
from services.incentive.statements.api import statement_pages, statements
from services.incentive.tags import TAGS
from services.kit.audit_routes import audit_router
from services.kit.clients import ServiceClient, ServiceTokens, http_client
from services.kit.database import Database
from services.kit.event_routes import event_router
from services.kit.job_worker import work
from services.kit.polled import Polled
from services.kit.revocations import stored, told_by_org
from services.kit.task_routes import task_router
from services.kit.tokens import LEEWAY, FetchedKeys
from services.kit.unit_of_work import SystemWork
from services.kit.web import AppContext, create_app
from services.kit.webhooks import Deliverer

COLLECT_AFTER: Final = 50_000
"""New objects between two looks of the garbage collector: a calculation makes many, and none of them in circles."""

ROUTERS: Final = (
    pay_profiles.routes,
    pay_changes.routes,
    plans.routes,
    budgets.routes,
    commitments.routes,
    explanations.routes,
    claims.routes,
    funds.routes,
    proposals.routes,
    awards.routes,
    referrals.routes,
    pools.routes,
    share_grants.routes,
    share_dividends.routes,
    recognitions.routes,
    team_budgets.routes,
    runs.routes,
    replays.routes,
    simulations.routes,
    lines.routes,
    payroll.routes,
    exports.routes,
    payments.routes,
    statements.routes,
    statement_pages.routes,
    journal.routes,
    month_closings.routes,
    reversals.routes,
    inbox.routes,
    event_router("incentive"),
    audit_router("incentive"),
    task_router("incentive"),
)


def build(
    context: AppContext | None,
    *,
    closing: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
    org: OrgClient | None = None,
) -> FastAPI:
    """The application in a given context; ``closing`` is called when it stops, ``org`` answers who may approve."""

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        for close in (closing or {}).values():
            await close()

    app = create_app(title="incentive", tags=TAGS, context=context, routers=ROUTERS, lifespan=lifespan)
    app.state.org = org
    return app


def app_of(settings: IncentiveSettings) -> FastAPI:
    """The application as it runs."""
    database = Database(settings.database_url.get_secret_value(), pool_size=settings.pool_size)
    http = http_client()
    silence = settings.org_silence_seconds
    keys = FetchedKeys(f"{settings.org_url.rstrip('/')}/v1/org/jwks", http, patience=silence)
    told = told_by_org(http, settings.org_url, settings.event_secret.get_secret_value())
    longest = settings.token_lifetime + LEEWAY
    revoked = (Polled(told, patience=silence), Polled(stored(database, longest)))
    context = AppContext(
        name="incentive",
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
    secret = settings.client_secret.get_secret_value()
    tokens = ServiceTokens(http, settings.org_url, client_id="incentive", client_secret=secret)
    org = OrgClient(ServiceClient("org", settings.org_url, http=http, tokens=tokens))
    return build(context, closing={"database": database.close, "http": http.aclose}, org=org)


def settle() -> None:
    """Spare the garbage collector what was imported: it stays anyway, and a long calculation made it look each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


async def run_worker(settings: IncentiveSettings) -> None:
    """Run the service's jobs until stopped."""
    settle()
    url = settings.database_url.get_secret_value()
    database = Database(url, pool_size=settings.pool_size)
    http = http_client()
    secret = settings.client_secret.get_secret_value()
    tokens = ServiceTokens(http, settings.org_url, client_id="incentive", client_secret=secret)
    neighbours = Neighbours(
        OrgClient(ServiceClient("org", settings.org_url, http=http, tokens=tokens)),
        AppraisalClient(ServiceClient("appraisal", settings.appraisal_url, http=http, tokens=tokens)),
    )
    deliverer = Deliverer(
        database, http, settings.event_secret.get_secret_value(), settings.subscriber_networks, settings.cipher
    )
    try:
        resources = Resources(
            SystemWork(database, settings.clock, settings.zone, settings.cipher), neighbours, deliverer
        )
        await work(JOBS, url, resources, health_file=settings.worker_health_file)
    finally:
        await http.aclose()
        await database.close()
