"""A person who restarts or abandons a failed job is recorded in the audit trail of its service."""

import pytest
from sqlalchemy import text

from services.kit.identity import Role
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import person

FAILED = text(
    "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status) "
    """VALUES (:service, 'carry', 'a lock', '{"id": "7"}', 'failed') RETURNING id"""
)
TRAIL = text("SELECT actor_id, action, before FROM audit WHERE resource = 'dead_letter' AND resource_id = :job")


Opened = dict[str, tuple[Clients, RolledBack]]


@pytest.fixture
def services(
    org: Clients,
    org_sessions: RolledBack,
    appraisal: Clients,
    appraisal_sessions: RolledBack,
    incentive: Clients,
    incentive_sessions: RolledBack,
) -> Opened:
    """The clients and the database of all three."""
    return {
        "org": (org, org_sessions),
        "appraisal": (appraisal, appraisal_sessions),
        "incentive": (incentive, incentive_sessions),
    }


PAST = {"replay": "replayed", "discard": "discarded"}


@pytest.mark.req("PLT-04", "PLT-05")
@pytest.mark.parametrize("service", ["org", "appraisal", "incentive"])
@pytest.mark.parametrize("action", PAST)
async def test_a_dead_letter_leaves_a_line_in_the_trail(service: str, action: str, services: Opened) -> None:
    clients, sessions = services[service]
    async with sessions.write() as session:
        job = (await session.execute(FAILED, {"service": service})).scalar_one()
    caller = person(Role.ADMINISTRATOR)
    path = f"/v1/{service}/dead_letters/{job}/{action}"
    answers = [(await clients(caller).post(path)).status_code for _ in range(2)]
    assert answers == [204, 404]
    async with sessions.read() as session:
        [line] = (await session.execute(TRAIL, {"job": f"{job:032x}"})).all()
    assert (line.actor_id, line.action) == (caller.account_id, f"{service}.dead_letter.{PAST[action]}")
    assert line.before == {"job": job, "task": "carry", "lock": "a lock", "arguments": {"id": "7"}}
