"""Whether the client of a request is still there; work for one who has left is dropped at once (PLT-01)."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from starlette.types import Scope

EXTENSION: Final = "merit"
PRESENCE: Final = "presence"


class ClientGone(Exception):
    """The client hung up; there is nobody left to answer."""


class Presence:
    """The client's end of one connection. Requests on a connection are answered one after the other."""

    __slots__ = ("_on_leaving", "gone")

    def __init__(self) -> None:
        self.gone = False
        self._on_leaving: Callable[[], object] | None = None

    def leave(self) -> None:
        """The client has hung up: do what was to happen then."""
        self.gone = True
        if self._on_leaving is not None:
            self._on_leaving()

    @contextmanager
    def on_leaving(self, act: Callable[[], object]) -> Iterator[None]:
        """Have ``act`` called if the client leaves within the block, or has left already."""
        if self.gone:
            act()
        self._on_leaving = act
        try:
            yield
        finally:
            self._on_leaving = None

    @contextmanager
    def ending(self, clock: asyncio.Timeout) -> Iterator[None]:
        """Let ``clock`` run out when the client leaves; the TimeoutError then is a ClientGone."""
        try:
            with self.on_leaving(lambda: end(clock)):
                yield
        except asyncio.CancelledError:
            if self.gone and clock.expired():
                raise ClientGone from None
            raise


def end(clock: asyncio.Timeout) -> None:
    """Let a clock run out now, if it has not yet."""
    if not clock.expired():
        clock.reschedule(asyncio.get_running_loop().time())


def presence_of(scope: Scope) -> Presence:
    """The presence that our own connections tell of; under another server one that never leaves."""
    extensions: dict[str, Any] = scope.get("extensions") or {}
    presence: Presence = extensions.get(EXTENSION, {}).get(PRESENCE) or Presence()
    return presence
