"""The composition of appraisal: its context, its routes, its worker."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from fastapi import FastAPI

from services.appraisal import inbox
from services.appraisal.alignment.api import bulk_goals, cascade, goal_files
from services.appraisal.briefs.api import brief_pages, briefs
from services.appraisal.clients.org import OrgClient
from services.appraisal.cycles.api import cycle_editing, cycles, forms, goals, scheme_replacement
from services.appraisal.decisions.api import appeals, calibrations, corrections, public_notice, publication, readiness
from services.appraisal.feedback.api import evaluation, nominations, raters, ratings
from services.appraisal.incidents.api import incident_policy, incidents
from services.appraisal.jobs import JOBS, Resources
from services.appraisal.labels import LABELS
from services.appraisal.library.api import coverage, indicators, schemes, scoring_rules, templates
from services.appraisal.participants.api import exclusions
from services.appraisal.reports.api import progress, reports
from services.appraisal.scoring.api import feedback, result_streams, results, scoring
from services.appraisal.scoring.api import forms as scored_forms
from services.appraisal.settings import AppraisalSettings
from services.appraisal.suppliers.api import (
    late_suppliers,
    supplier_agreements,
    supplier_classifications,
    supplier_eliminations,
    supplier_policies,
    suppliers,
)
from services.appraisal.tags import TAGS
from services.appraisal.tracking.api import alert_rules, measurements, obligations, proposals, work_standards
from services.appraisal.workbooks.api import indicator_files, scheme_files
from services.appraisal.workflows import WORKFLOWS
from services.kit.access.clients import ServiceClient, http_client
from services.kit.database.sessions import Sessions
from services.kit.events.subscriptions import subscribe
from services.kit.jobs.worker import work
from services.kit.routes.audit import audit_router
from services.kit.routes.events import event_router
from services.kit.routes.labels import label_router
from services.kit.routes.tasks import task_router
from services.kit.routes.workflows import workflow_router
from services.kit.startup.composition import closes, context_beside_org, database_of, settle, tokens_of, worker_parts
from services.kit.web.application import AppContext, create_app

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
    scheme_files.routes,
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
    alert_rules.routes,
    obligations.routes,
    work_standards.routes,
    incident_policy.routes,
    incidents.routes,
    briefs.routes,
    brief_pages.routes,
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
    suppliers.routes,
    supplier_classifications.routes,
    supplier_agreements.routes,
    supplier_agreements.of_agreements,
    late_suppliers.routes,
    supplier_policies.routes,
    supplier_eliminations.routes,
    inbox.routes,
    event_router("appraisal"),
    audit_router("appraisal"),
    task_router("appraisal"),
    workflow_router("appraisal", WORKFLOWS),
    label_router("appraisal", LABELS),
)


def build(context: AppContext | None, *, closing: Sequence[Callable[[], Awaitable[None]]] = ()) -> FastAPI:
    """The application in a given context; ``closing`` is called when it stops."""
    return create_app(title="appraisal", tags=TAGS, context=context, routers=ROUTERS, lifespan=closes(*closing))


def app_of(settings: AppraisalSettings) -> FastAPI:
    """The application as it runs."""
    database, http = database_of(settings), http_client()
    context = context_beside_org("appraisal", settings, database, http)
    return build(context, closing=[database.close, http.aclose])


async def tell_incentive(sessions: Sessions, address: str, *, now: datetime) -> None:
    """Inform incentive, reached at ``address``, of results that change after they were paid by (INC-13)."""
    inbox_url = f"{address.rstrip('/')}/v1/incentive/inbox"
    async with sessions.write() as session:
        await subscribe(session, name="incentive", url=inbox_url, types=TOLD, now=now, internal=True)


async def run_worker(settings: AppraisalSettings) -> None:
    """Run the service's jobs until stopped."""
    settle()
    async with worker_parts(settings) as parts:
        tokens = tokens_of("appraisal", settings, parts.http)
        org = OrgClient(ServiceClient("org", settings.org_url, http=parts.http, tokens=tokens))
        resources = Resources(parts.system, org, parts.deliverer)
        await tell_incentive(parts.system.sessions, settings.incentive_url, now=settings.clock.now())
        await work(JOBS, settings.database_url.get_secret_value(), resources, health_file=settings.worker_health_file)
