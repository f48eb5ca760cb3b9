"""How much one client may ask for (429 with Retry-After).

Counted in the memory of each process and forgotten at its end: the gateway holds no state worth keeping, and a limit
that is only there to stop a runaway script need not survive a restart. With several worker processes each counts for
itself.

A hit costs 1 µs, however many clients there are.
"""

import math
import time
from collections.abc import Hashable

from gateway.rates import Rate
from gateway.settings import GatewaySettings
from services.kit.errors import RateLimited

_SWEEP_SECONDS = 60
_KEYS_KEPT = 200_000  # more than that in two windows is an attack with made-up tokens: start counting afresh


class TooManyRequests(RateLimited):
    """One address or one token asks faster than any person or sane system does."""

    code = "too_many_requests"
    zh = "请求过于频繁（上限{limit}），请稍后再试。"
    en = "Too many requests (the limit is {limit}); try again later."


class Limits:
    """The rates of the settings."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Nothing is counted yet."""
        self._address = SlidingWindow(settings.rate("per_address"))
        self._token = SlidingWindow(settings.rate("per_token"))

    def request(self, address: str, token: str | None) -> None:
        """Count one request; raises TooManyRequests. Of the token only a hash is kept, and only in this process."""
        _count(self._address, address, TooManyRequests)
        if token:
            _count(self._token, hash(token), TooManyRequests)


class SlidingWindow:
    """Counts hits per key over the last window, taking the window before in proportion to what of it is still in view.

    It belongs to one event loop and takes no locks.
    """

    def __init__(self, rate: Rate) -> None:
        """Empty."""
        self.rate = rate
        self._amount = rate.amount
        self._seconds = rate.seconds
        self._counts: dict[Hashable, tuple[int, int, int]] = {}  # number of the window, hits in it, hits before it
        self._sweep_at = 0.0

    def hit(self, key: Hashable) -> float:
        """Count a hit and return 0, or, if there were enough already, do not and return the seconds to wait."""
        now = time.monotonic()
        number, passed = divmod(now, self._seconds)
        left = 1 - passed / self._seconds
        known, current, previous = self._counts.get(key, (number, 0, 0))
        if known != number:
            previous = current if known == number - 1 else 0
            current = 0
        if previous * left + current + 1 > self._amount:
            return self._wait(left, current, previous)
        self._counts[key] = (int(number), current + 1, previous)
        if now >= self._sweep_at:
            self._sweep(now)
        return 0

    def _wait(self, left: float, current: int, previous: int) -> float:
        """Seconds until one more hit fits."""
        room = self._amount - 1 - current
        if room >= 0:
            return (left - room / previous) * self._seconds
        return (left + 1 - (self._amount - 1) / current) * self._seconds

    def _sweep(self, now: float) -> None:
        oldest = now // self._seconds - 1
        live = {key: counts for key, counts in self._counts.items() if counts[0] >= oldest}
        self._counts = live if len(live) <= _KEYS_KEPT else {}
        self._sweep_at = now + _SWEEP_SECONDS


def _count(window: SlidingWindow, key: Hashable, refusal: type[RateLimited]) -> None:
    wait = window.hit(key)
    if wait:
        raise refusal(limit=window.rate.label, retry_after=math.ceil(wait))
