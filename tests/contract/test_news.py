"""What a service does upon news of another is told to it: no effect waits for an event that never arrives."""

import pytest

from services.appraisal import inbox as appraisal
from services.appraisal.main import TOLD, tell_incentive
from services.incentive import inbox as incentive
from services.kit.subscriptions import subscriptions
from services.org.identity.usecases.bootstrap import FOLLOWED
from tests.databases import RolledBack
from tests.identities import SetClock

pytestmark = pytest.mark.req("PLT-05", "INC-13")


def test_every_event_that_has_an_effect_is_followed() -> None:
    assert set(appraisal.EFFECTS) <= set(FOLLOWED)
    assert set(incentive.EFFECTS) <= {*FOLLOWED, *TOLD}
    assert set(FOLLOWED) <= {*appraisal.EFFECTS, *incentive.EFFECTS}


async def test_appraisal_tells_incentive_of_corrected_results(appraisal_sessions: RolledBack, clock: SetClock) -> None:
    for _ in range(2):
        await tell_incentive(appraisal_sessions, "http://incentive.test:8003/", now=clock.now())
    async with appraisal_sessions.read() as session:
        found = {each.name: each for each in await subscriptions(session)}
    assert found["incentive"].url == "http://incentive.test:8003/v1/incentive/inbox"
    assert set(found["incentive"].types) == set(TOLD)
