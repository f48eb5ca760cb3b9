"""Nobody exceeds their rate, and every refusal says when to try again (PLT-01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import limits
from gateway.limits import SlidingWindow
from gateway.rates import Rate
from gateway.settings import GatewaySettings
from tests.gateway.conftest import Start

pytestmark = pytest.mark.req("PLT-01")


def test_a_token_beyond_its_rate_is_429_with_retry_after_and_others_go_on(start: Start) -> None:
    client = start(rate_per_token="3/minute")
    mine = {"Authorization": "Bearer mine"}
    assert [client.get("/v1/org/echo", headers=mine).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = client.get("/v1/org/echo", headers=mine)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    assert refused.json()["title"] == "请求过于频繁（上限每分钟 3 次），请稍后再试。"
    in_english = client.get("/v1/org/echo", headers={**mine, "Accept-Language": "en"})
    assert in_english.json()["title"] == "Too many requests (the limit is 3 per minute); try again later."
    assert client.get("/v1/org/echo", headers={"Authorization": "Bearer other"}).status_code == 200


def test_an_address_beyond_its_rate_is_429_whatever_tokens_it_makes_up(start: Start) -> None:
    client = start(rate_per_address="4/minute")
    statuses = [
        client.get(
            "/v1/org/echo", headers={"Authorization": f"Bearer {n}", "X-Forwarded-For": f"9.9.9.{n}"}
        ).status_code
        for n in range(6)
    ]
    assert statuses == [200] * 4 + [429] * 2


def test_health_and_documentation_are_not_counted(start: Start) -> None:
    client = start(rate_per_address="1/minute")
    assert [client.get("/health/live").status_code for _ in range(3)] == [200] * 3


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def monotonic(self) -> float:
        return self.now


@given(gaps=st.lists(st.floats(min_value=0, max_value=40), max_size=60), amount=st.integers(1, 8))
def test_no_window_ever_holds_twice_the_rate_and_waiting_as_told_is_enough(gaps: list[float], amount: int) -> None:
    clock, window = Time(), SlidingWindow(Rate.parse(f"{amount}/minute"))
    taken = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "time", clock)
        for gap in gaps:
            clock.now += gap
            wait = window.hit("key")
            if wait:
                assert 0 < wait <= 120
                clock.now += wait + 0.001
                assert window.hit("key") == 0
            taken.append(clock.now)
    # The window before is taken in proportion, so a burst at its end can let through somewhat more, never the double.
    for moment in taken:
        assert sum(moment - 60 < other <= moment for other in taken) <= 2 * amount


def test_keys_do_not_disturb_each_other_and_old_ones_are_forgotten() -> None:
    clock, window = Time(), SlidingWindow(Rate.parse("1/minute"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "time", clock)
        for key in range(1000):
            assert window.hit(key) == 0
        assert window.hit(0) > 0
        clock.now += 200
        assert window.hit("new") == 0
    assert len(window._counts) == 1


@pytest.mark.parametrize(
    "written", ["", "3", "0/minute", "-1/minute", "3/fortnight", "3 / minute", "３/minute", "3/minute\n"]
)
def test_a_rate_that_cannot_be_read_stops_the_start(written: str) -> None:
    with pytest.raises(ValueError, match="expected a rate such as 300/minute"):
        GatewaySettings(rate_per_token=written)
