"""The inbox of every service that listens to another: what cannot be read is a problem and never a defect (PLT-05)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.kit.events.outbox import CloudEvent
from services.kit.signatures import sign
from tests.clients import Clients, app_context_of, app_of
from tests.databases import RolledBack
from tests.identities import Issuer, SetClock

SECRET = "secret-of-the-installation-under-test"
MOMENT = "2026-04-01T00:00:00+00:00"


@pytest.mark.req("PLT-05", "PLT-08")
@pytest.mark.parametrize("service", ["appraisal", "incentive"])
async def test_signed_events_are_read_strictly_in_every_service(
    service: str, appraisal_sessions: RolledBack, incentive_sessions: RolledBack, issuer: Issuer, clock: SetClock
) -> None:
    sessions = {"appraisal": appraisal_sessions, "incentive": incentive_sessions}[service]
    context = replace(app_context_of(service, sessions, issuer, clock), event_secrets=(SECRET,))
    clients = Clients(app_of(context), issuer)
    other = await clients.stranger().post(f"/v1/{service}/inbox", content=b"{}", headers={"content-type": "text/plain"})
    assert (other.status_code, other.json()["code"]) == (415, "unsupported_media")
    answers = {}
    for name, data in {
        "empty": {},
        "no id": {"account_id": "7", "not_before": MOMENT},
        "no moment": {"account_id": str(uuid4()), "not_before": "soon"},
        "no zone": {"account_id": str(uuid4()), "not_before": "2026-04-01T00:00:00"},
        "null": {"account_id": None, "not_before": 1},
        "whole": {"account_id": str(uuid4()), "not_before": MOMENT, "unknown": 1},
    }.items():
        event = CloudEvent(name, "merit/org", "org.account.revoked", "account/1", datetime.now(UTC), data)
        body = event.as_json()
        headers = {"content-type": "application/cloudevents+json", **sign(name, body, [SECRET], datetime.now(UTC))}
        answers[name] = (
            await clients.stranger().post(f"/v1/{service}/inbox", content=body, headers=headers)
        ).status_code
    assert answers == {"empty": 400, "no id": 400, "no moment": 400, "no zone": 400, "null": 400, "whole": 204}
    day = {"day": "2026-07-09", "is_working": False}
    for data in (
        {"days": []},
        {"days": [day, {**day, "is_working": True}]},
        {"days": [{**day, "note": "\0"}]},
        {"days": [{**day, "day": "2026-02-30"}]},
        {"days": [{**day, "is_working": "perhaps"}]},
        {"days": {"2026-07-09": False}},
        {"days": [day] * 6_000},
    ):
        assert await told(clients, service, "org.calendar.changed", data) == 400, str(data)[:80]
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        far = {"account_id": str(uuid4()), "not_before": moment}
        assert await told(clients, service, "org.account.revoked", far) == 400
    for strange in ("a\0b", "a\nb", "\u202ea"):
        assert await told(clients, service, strange, {}) == 400
    assert await told(clients, service, "org.calendar.changed", {"days": [day, {**day, "day": "9999-12-31"}]}) == 204
    await clients.close()


async def told(clients: Clients, service: str, type_: str, data: dict[str, Any]) -> int:
    """What the inbox answers to a signed event."""
    event = CloudEvent(str(uuid4()), "merit/org", type_, "subject/1", datetime.now(UTC), data)
    body = event.as_json()
    headers = {"content-type": "application/cloudevents+json", **sign(event.id, body, [SECRET], datetime.now(UTC))}
    return (await clients.stranger().post(f"/v1/{service}/inbox", content=body, headers=headers)).status_code
