"""The composition of org: its context, its routes, its worker, its first steps."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from fastapi import FastAPI

from services.kit.access.tokens import FixedKeys
from services.kit.database.sessions import Database
from services.kit.errors import existing
from services.kit.jobs.worker import work
from services.kit.routes.audit import audit_router
from services.kit.routes.events import event_router
from services.kit.routes.labels import label_router
from services.kit.routes.tasks import task_router
from services.kit.routes.workflows import workflow_router
from services.kit.startup.composition import closes, context_of, database_of, worker_parts
from services.kit.web.application import AppContext, create_app
from services.org.authority.api import (
    approval_checks,
    authorities,
    authority_limit_changes,
    authority_policies,
    delegations,
)
from services.org.calendar.api import working_days
from services.org.charts.api import headcount, org_charts
from services.org.documents.api import amendments, document_reviews, reorganisations, role_document_life, role_documents
from services.org.employment.api import hiring, probation_reviews, terminations
from services.org.exchange.api import account_files, imports, snapshots
from services.org.handover.api import handover
from services.org.identity.api import accounts, me, revocations, role_assignments, service_clients, sign_ins
from services.org.identity.usecases import bootstrap
from services.org.identity.usecases.accounts import AccountUnknown
from services.org.identity.usecases.narrow_sessions import NarrowSessions
from services.org.identity.usecases.signing import SigningKey
from services.org.jobs import JOBS, Resources
from services.org.labels import LABELS
from services.org.ladders.api import career_ladders, eligibility
from services.org.people.api import absences, assignments, dotted_lines, employees, reporting
from services.org.settings import BootstrapSettings, OrgSettings
from services.org.structure.api import positions, units
from services.org.tags import TAGS
from services.org.templates.api import templates
from services.org.workflows import WORKFLOWS

ROUTERS: Final = (
    sign_ins.routes,
    me.routes,
    account_files.routes,
    accounts.routes,
    role_assignments.of_accounts,
    role_assignments.routes,
    service_clients.routes,
    revocations.routes,
    units.routes,
    reorganisations.routes,
    positions.routes,
    headcount.routes,
    employees.routes,
    hiring.routes,
    probation_reviews.routes,
    assignments.transfers,
    terminations.routes,
    handover.routes,
    absences.routes,
    dotted_lines.routes,
    reporting.routes,
    reporting.unit_heads,
    assignments.routes,
    imports.routes,
    imports.exports,
    snapshots.routes,
    role_documents.routes,
    role_document_life.routes,
    amendments.routes,
    document_reviews.routes,
    templates.routes,
    templates.ladder_templates,
    templates.of_units,
    templates.of_limits,
    templates.of_ladders,
    authorities.limits,
    authority_limit_changes.routes,
    authority_policies.policies,
    authority_policies.changes,
    approval_checks.routes,
    delegations.routes,
    career_ladders.routes,
    eligibility.routes,
    org_charts.routes,
    working_days.routes,
    event_router("org"),
    audit_router("org"),
    task_router("org"),
    workflow_router("org", WORKFLOWS),
    label_router("org", LABELS),
)


def build(
    context: AppContext | None,
    *,
    signing_key: SigningKey | None = None,
    closing: Sequence[Callable[[], Awaitable[None]]] = (),
) -> FastAPI:
    """The application in a given context. Without a signing key it checks tokens but issues none."""
    app = create_app(
        title="org", tags=TAGS, context=context, routers=ROUTERS, lifespan=closes(*closing), patient=sign_ins.PATIENT
    )
    app.state.signing_key = signing_key
    app.state.sign_in_sessions = NarrowSessions(context.sessions) if context else None
    return app


def app_of(settings: OrgSettings) -> FastAPI:
    """The application as it runs."""
    key = SigningKey.of_pem(settings.signing_key.get_secret_value(), settings.issuer)
    database = database_of(settings)
    context = context_of("org", settings, database, FixedKeys(key.public_set))
    return build(context, signing_key=key, closing=[database.close])


async def run_worker(settings: OrgSettings) -> None:
    """Run the service's jobs until stopped."""
    async with worker_parts(settings) as parts:
        resources = Resources(parts.deliverer, parts.system, settings.probation_review_days)
        await work(JOBS, settings.database_url.get_secret_value(), resources, health_file=settings.worker_health_file)


async def run_bootstrap(settings: BootstrapSettings, *, reset: str | None = None) -> None:
    """Make the first accounts, register our services as clients and as listeners; ``reset`` lets one of them in again.

    Raises:
        AccountUnknown: no password is set for the account to be let in again, or it was never made.
    """
    database = Database(settings.database_url.get_secret_value(), pool_size=1)
    now = datetime.now(UTC)
    clients = [
        bootstrap.Client(
            "appraisal", settings.appraisal_client_secret.get_secret_value(), ["org"], ["snapshot", "directory"]
        ),
        bootstrap.Client(
            "incentive",
            settings.incentive_client_secret.get_secret_value(),
            ["org", "appraisal"],
            ["snapshot", "results", "directory"],
        ),
    ]
    passwords = {bootstrap.ADMINISTRATOR: settings.bootstrap_password.get_secret_value()}
    if settings.bootstrap_second_password is not None:
        passwords[bootstrap.SECOND_ADMINISTRATOR] = settings.bootstrap_second_password.get_secret_value()
    inboxes = {
        "appraisal": f"{settings.appraisal_url.rstrip('/')}/v1/appraisal/inbox",
        "incentive": f"{settings.incentive_url.rstrip('/')}/v1/incentive/inbox",
    }
    try:
        async with database.write() as session:
            for login, password in passwords.items():
                await bootstrap.administrator(session, login=login, password=password, now=now)
            if reset is not None:
                password = existing(passwords.get(reset), AccountUnknown)
                await bootstrap.reset(session, login=reset, password=password, now=now)
            await bootstrap.clients(session, wanted=clients, now=now)
            await bootstrap.subscriptions(session, addresses=inboxes, now=now)
    finally:
        await database.close()
