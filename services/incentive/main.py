"""The composition of incentive: its context, its routes, its worker."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import httpx2
from fastapi import FastAPI

from services.incentive import inbox
from services.incentive.awards.api import awards, choices, funds, proposals
from services.incentive.budgets.api import budgets, commitments, explanations
from services.incentive.claims.api import claims
from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.org import OrgClient
from services.incentive.jobs import JOBS, Resources
from services.incentive.journal.api import journal, month_closings
from services.incentive.labels import LABELS
from services.incentive.pay.api import pay_changes, pay_profiles
from services.incentive.payroll.api import exports, payments, payroll, reversals
from services.incentive.payroll.store.entry_names import names_of
from services.incentive.plans.api import plans
from services.incentive.pools.api import pools
from services.incentive.recognition.api import recognitions, team_budgets
from services.incentive.referrals.api import referrals
from services.incentive.runs.api import lines, replays, runs
from services.incentive.runs.usecases.snapshot_taking import Neighbours
from services.incentive.settings import IncentiveSettings
from services.incentive.shares.api import share_dividends, share_grants, share_revocations
from services.incentive.simulations.api import simulations
from services.incentive.statements.api import statement_pages, statements
from services.incentive.tags import TAGS
from services.incentive.workflows import WORKFLOWS
from services.kit.access.clients import ServiceClient, http_client
from services.kit.jobs.worker import work
from services.kit.routes.audit import audit_router
from services.kit.routes.events import event_router
from services.kit.routes.labels import label_router
from services.kit.routes.tasks import task_router
from services.kit.routes.workflows import workflow_router
from services.kit.startup.composition import closes, context_beside_org, database_of, settle, tokens_of, worker_parts
from services.kit.web.application import AppContext, create_app

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
    choices.routes,
    referrals.routes,
    pools.routes,
    share_grants.routes,
    share_revocations.routes,
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
    workflow_router("incentive", WORKFLOWS),
    label_router("incentive", LABELS),
)


def build(
    context: AppContext | None,
    *,
    closing: Sequence[Callable[[], Awaitable[None]]] = (),
    org: OrgClient | None = None,
) -> FastAPI:
    """The application in a given context; ``closing`` is called when it stops, ``org`` answers who may approve."""
    app = create_app(title="incentive", tags=TAGS, context=context, routers=ROUTERS, lifespan=closes(*closing))
    app.state.org = org
    app.state.entry_names = names_of
    return app


def app_of(settings: IncentiveSettings) -> FastAPI:
    """The application as it runs."""
    database, http = database_of(settings), http_client()
    context = context_beside_org("incentive", settings, database, http)
    return build(context, closing=[database.close, http.aclose], org=_neighbours(settings, http).org)


def _neighbours(settings: IncentiveSettings, http: httpx2.AsyncClient) -> Neighbours:
    tokens = tokens_of("incentive", settings, http)
    return Neighbours(
        OrgClient(ServiceClient("org", settings.org_url, http=http, tokens=tokens)),
        AppraisalClient(ServiceClient("appraisal", settings.appraisal_url, http=http, tokens=tokens)),
    )


async def run_worker(settings: IncentiveSettings) -> None:
    """Run the service's jobs until stopped."""
    settle()
    async with worker_parts(settings) as parts:
        resources = Resources(parts.system, _neighbours(settings, parts.http), parts.deliverer)
        await work(JOBS, settings.database_url.get_secret_value(), resources, health_file=settings.worker_health_file)
