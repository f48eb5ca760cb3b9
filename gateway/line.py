"""A number of places and the line before them (PLT-01, PLT-08).

Whoever finds no place stands in line for a moment. By then it shows how fast the line moves: those who can expect a
place soon enough stay until it comes, all others are refused. So a crowd that asks again the moment it has been refused
is answered in turn instead of being refused time and again, and nobody waits for a place that does not come.
"""

import asyncio
from typing import Final

from gateway.presence import ClientGone, Presence

_SMOOTHING: Final = 16
"""Over about so many places given back the pace of a line is averaged."""
_SLACK: Final = 1.5
"""So many times as long as was expected at most somebody stays; the pace may change."""


class _Waiting:
    """Somebody in line. ``stays``: a place can be expected soon enough."""

    __slots__ = ("answer", "stays", "timer", "until")

    def __init__(self, answer: asyncio.Future[bool], timer: asyncio.TimerHandle | None, until: float) -> None:
        self.answer = answer
        self.timer = timer
        self.until = until
        self.stays = False


class Line:
    """Places, and those who wait for one, the first first."""

    def __init__(self, places: int) -> None:
        """All are free."""
        self._free = places
        self._waiting: dict[_Waiting, None] = {}
        self._staying = 0
        self._moved_at = 0.0
        self._pace = 0.0  # seconds from one place given back to the next, while somebody waits
        self._measured = 0
        self.users = 0

    async def take(self, patience: float, presence: Presence, *, longest: float = 0.0) -> bool:
        """Take a place; False if there is none by then.

        After ``patience`` seconds those stay who can expect a place within ``longest``, as long as the line moves.

        Raises:
            ClientGone: the client left the line.
        """
        if self._free:
            self._free -= 1
            return True
        loop = asyncio.get_running_loop()
        now = loop.time()
        if not self._waiting:
            self._moved_at = now
        one = _Waiting(loop.create_future(), None, now + longest * _SLACK)
        self._waiting[one] = None
        one.timer = loop.call_later(patience, self._judge, one, patience, longest)
        try:
            with presence.on_leaving(lambda: self._settle(one, has_place=False)):
                has_place = await one.answer
        except asyncio.CancelledError:
            if one.answer.done() and not one.answer.cancelled() and one.answer.result():
                self.give_back()
            raise
        finally:
            self._settle(one, has_place=False)
        if presence.gone and not has_place:
            raise ClientGone
        return has_place

    def give_back(self) -> None:
        """Let the next one have the place."""
        if not self._waiting:
            self._free += 1
            return
        now = asyncio.get_running_loop().time()
        passed, self._moved_at = now - self._moved_at, now
        self._measured = min(self._measured + 1, _SMOOTHING)
        self._pace += (passed - self._pace) / self._measured
        self._settle(next(iter(self._waiting)), has_place=True)

    def _judge(self, one: _Waiting, patience: float, longest: float) -> None:
        """Refuse somebody who has waited, or let them stay and look again."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        is_soon = one.stays or (self._staying + 1) * self._pace < longest
        if not is_soon or now >= one.until or now - self._moved_at >= patience:
            self._settle(one, has_place=False)
            return
        self._staying += not one.stays
        one.stays = True
        one.timer = loop.call_later(patience, self._judge, one, patience, longest)

    def _settle(self, one: _Waiting, *, has_place: bool) -> None:
        """Out of the line, with a place or without."""
        if one not in self._waiting:
            return
        del self._waiting[one]
        self._staying -= one.stays
        if one.timer is not None:
            one.timer.cancel()
        if not one.answer.done():
            one.answer.set_result(has_place)
