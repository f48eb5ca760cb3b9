"""Every event that a service reacts to is published to it: no effect waits for an event that never arrives."""

import pytest

from services.appraisal import inbox as appraisal
from services.appraisal.main import TOLD, tell_incentive
from services.incentive import inbox as incentive
from services.kit.events.subscriptions import subscriptions
from services.org.identity.usecases.bootstrap import FOLLOWED
from tests.databases import RolledBack
from tests.identities import SetClock

pytestmark = pytest.mark.req("PLT-05", "INC-13")


def test_every_event_that_has_an_effect_is_followed() -> None:
    assert set(appraisal.EFFECTS) <= set(FOLLOWED)
    assert set(incentive.EFFECTS) <= {*FOLLOWED, *TOLD}
    assert set(FOLLOWED) <= {*appraisal.EFFECTS, *incentive.EFFECTS}


@pytest.mark.req("APR-08", "ORG-09")
def test_whatever_begins_or_ends_a_delegation_lets_appraisal_ask_who_acts_for_whom() -> None:
    happens = {f"org.delegation.{what}" for what in ("created", "released", "revoked", "ended")}
    assert happens <= set(appraisal.EFFECTS)


async def test_appraisal_tells_incentive_of_corrected_results(appraisal_sessions: RolledBack, clock: SetClock) -> None:
    for _ in range(2):
        await tell_incentive(appraisal_sessions, "http://incentive.test:8003/", now=clock.now())
    async with appraisal_sessions.read() as session:
        found = {each.name: each for each in await subscriptions(session)}
    assert found["incentive"].url == "http://incentive.test:8003/v1/incentive/inbox"
    assert set(found["incentive"].types) == set(TOLD)
