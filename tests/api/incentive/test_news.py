"""What incentive reports, what it keeps of who did what, and what news from org does to it (PLT-04, PLT-05)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.kit.events.outbox import CloudEvent
from services.kit.signatures import sign
from tests.builders.incentive import small_company
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients, app_context_of, app_of
from tests.databases import RolledBack
from tests.identities import Issuer, SetClock

SECRET = "secret-of-the-installation-under-test"
INBOX = "/v1/incentive/inbox"


@pytest.fixture
async def listening(incentive_sessions: RolledBack, issuer: Issuer, clock: SetClock) -> AsyncIterator[Quarter]:
    """A quarter in an installation that shares a secret for events."""
    clock.set(2026, 4, 22, 1)
    context = replace(app_context_of("incentive", incentive_sessions, issuer, clock), event_secrets=(SECRET,))
    clients = Clients(app_of(context), issuer)
    yield Quarter(clients, incentive_sessions, clock, small_company())
    await clients.close()


def revoked(quarter: Quarter) -> CloudEvent:
    """org says that the approver's roles were changed a moment from now."""
    not_before = datetime.now(UTC) + timedelta(seconds=1)
    data = {"account_id": str(quarter.approver.account_id), "not_before": not_before.isoformat()}
    return CloudEvent(str(uuid4()), "merit/org", "org.account.revoked", "account/1", quarter.clock.now(), data)


async def tell(quarter: Quarter, event: CloudEvent, secret: str = SECRET) -> int:
    """Delivers an event as org does; the status of the answer."""
    body = event.as_json()
    headers = {
        "content-type": "application/cloudevents+json",
        **sign(event.id, body, [secret], datetime.now(UTC)),
    }
    return (await quarter.clients.stranger().post(INBOX, content=body, headers=headers)).status_code


@pytest.mark.req("PLT-05", "INC-10")
async def test_every_move_of_a_run_is_reported_once_and_tells_no_amount(quarter: Quarter) -> None:
    await quarter.reach("paid")
    async with quarter.sessions.read() as session:
        found = (await session.execute(text("SELECT type, subject, data FROM event ORDER BY id"))).all()
    found = [row for row in found if row.type.startswith("incentive.run.") and row.type != "incentive.run.created"]
    states = ("calculating", "calculated", "reviewed", "approved", "posted", "paid")
    assert [row.type for row in found] == [f"incentive.run.{state}" for state in states]
    assert {row.subject for row in found} == {f"run/{quarter.run_id}"}
    assert [row.data for row in found] == [{"run_id": quarter.run_id, "state": state} for state in states]


@pytest.mark.req("PLT-04", "INC-10")
async def test_the_trail_names_who_did_what_to_the_run(quarter: Quarter) -> None:
    await quarter.reach("paid")
    async with quarter.sessions.read() as session:
        query = text("SELECT action, actor_name FROM audit WHERE resource = 'run' ORDER BY id")
        found = [tuple(row) for row in await session.execute(query)]
    assert found == [
        ("incentive.run.created", "核算"),
        ("incentive.run.calculating", "核算"),
        ("incentive.run.calculated", "Merit"),
        ("incentive.run.reviewed", "复核"),
        ("incentive.run.approved", "审批"),
        ("incentive.run.posted", "出纳"),
        ("incentive.run.paid", "出纳"),
    ]


@pytest.mark.req("PLT-03", "PLT-05")
async def test_whose_roles_org_withdrew_approves_nothing_more(listening: Quarter) -> None:
    await listening.reach("reviewed")
    event = revoked(listening)
    assert await tell(listening, event) == 204
    assert await tell(listening, event) == 204
    refused = await listening.act(listening.approver, "approve")
    assert (refused.status_code, refused.json()["code"]) == (401, "revoked")


@pytest.mark.req("PLT-05")
async def test_news_that_is_not_signed_by_our_own_is_not_heard(listening: Quarter) -> None:
    await listening.reach("reviewed")
    assert await tell(listening, revoked(listening), "another secret") == 401
    assert (await listening.act(listening.approver, "approve")).status_code == 200
