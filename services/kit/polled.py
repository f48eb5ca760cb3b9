"""A value kept by another service, read repeatedly: never older than a few seconds while its source answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from math import inf
from time import monotonic
from typing import Any, Final, Generic, TypeVar

import structlog

from services.kit.errors import Unavailable

log = structlog.get_logger(__name__)

REREAD: Final = 2.0
"""Seconds after which a value is read again in the background."""
OLDEST: Final = 4.0
"""Seconds after which those who want the value wait for the reading."""

Value = TypeVar("Value")


class Polled(Generic[Value]):
    """What ``read`` gives, kept for a moment; of a crowd that wants it one reads.

    While the source does not answer, nobody waits for it: what it said last counts for ``patience`` seconds.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Value]],
        *,
        patience: float = inf,
        reread: float = REREAD,
        oldest: float = OLDEST,
    ) -> None:
        self._read = read
        self._patience = max(patience, oldest)
        self._reread = reread
        self._oldest = oldest
        self._value: Value | None = None
        self._read_at = self._tried_at = -inf
        self._failed = False
        self._reading: asyncio.Task[None] | None = None

    async def value(self, *, oldest: float | None = None) -> Value:
        """The value, not older than ``oldest`` seconds (usually four) if the source answers.

        Raises:
            Unavailable: it was never read, or the source has been silent for too long.
        """
        limit = self._oldest if oldest is None else oldest
        if self._age() >= self._reread and monotonic() - self._tried_at >= self._reread and self._reading is None:
            self._tried_at = monotonic()
            self._reading = asyncio.create_task(self._renew())
        if self._reading is not None and self._age() >= limit and not (self._failed and self._value is not None):
            await asyncio.shield(self._reading)
        if self._value is None or self._age() > self._patience:
            raise Unavailable(retry_after=2)
        return self._value

    def _age(self) -> float:
        return monotonic() - self._read_at

    async def _renew(self) -> None:
        begun = monotonic()
        try:
            self._value = await self._read()
        except Unavailable as silent:
            self._failed = True
            log.warning("not_read_again", error=silent.code)
        else:
            self._failed, self._read_at = False, begun
        finally:
            self._reading = None


@asynccontextmanager
async def kept_current(polled: Sequence[Polled[Any]]) -> AsyncIterator[None]:
    """Read these values every two seconds, whether they are needed or not, until the block ends."""
    keeping = asyncio.create_task(_keep(polled))
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def _keep(polled: Sequence[Polled[Any]]) -> None:
    while True:
        for each in polled:
            with suppress(Unavailable):
                await each.value()
        await asyncio.sleep(REREAD)
